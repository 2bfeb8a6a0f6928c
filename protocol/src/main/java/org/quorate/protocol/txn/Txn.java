package org.quorate.protocol.txn;

import org.quorate.protocol.jute.JuteOut;

/**
 * The record behind a {@link TxnHeader}, one class per shape (disk formats §3). Slices point into
 * the bytes read and live as long as they do.
 */
public sealed interface Txn
        permits CheckTxn,
                CloseSessionTxn,
                CreateSessionTxn,
                CreateTxn,
                DeleteTxn,
                ErrorTxn,
                MultiTxn,
                SetAclTxn,
                SetDataTxn {
    /** One of {@link org.quorate.protocol.OpCode}; stands in the header, not in the record. */
    int type();

    /** Writes the record. */
    void write(JuteOut out);
}

package org.quorate.zab;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/** What consensus must know of a transaction's content: that it can be read, and reconfigs. */
final class Txns {
    private static final int TYPE_OFFSET = 28;

    private final JuteIn in;
    private final TxnRecord record = new TxnRecord();

    Txns(int fieldBytesMax) {
        in = new JuteIn(fieldBytesMax);
    }

    /** The type that a header tells; {@link OpCode#ERROR} if there is none. */
    static int typeOf(byte[] txn, int from, int length) {
        if (length < TxnHeader.BYTES) {
            return OpCode.ERROR;
        }
        int at = from + TYPE_OFFSET;
        return txn[at] << 24
                | (txn[at + 1] & 0xff) << 16
                | (txn[at + 2] & 0xff) << 8
                | txn[at + 3] & 0xff;
    }

    /** The configuration that a reconfig brings. */
    static EnsembleConfig configIn(Slice txn) {
        JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(txn);
        in.skip(TxnHeader.BYTES);
        return EnsembleConfig.parse(new SetDataTxn().read(OpCode.RECONFIG, in).data.text());
    }

    /**
     * Checks a transaction before it goes into the log: once there, each server that starts must be
     * able to read it.
     *
     * @return its type
     * @throws JuteException if it cannot be read or is not the one it is said to be
     */
    int check(long zxid, Slice txn) {
        record.read(in.wrap(txn));
        if (record.header.zxid != zxid) {
            throw new JuteException(
                    "transaction 0x%s in the packet of 0x%s"
                            .formatted(Zxid.hex(record.header.zxid), Zxid.hex(zxid)));
        }
        return record.header.type;
    }
}

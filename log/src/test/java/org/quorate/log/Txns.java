package org.quorate.log;

import java.util.Random;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;

/** Encoded transactions for tests. */
final class Txns {
    private Txns() {}

    /** A setData whose content follows from the zxid, of about this many bytes. */
    static byte[] setData(long zxid, int dataBytes) {
        byte[] data = new byte[dataBytes];
        new Random(zxid).nextBytes(data);
        return setData(zxid, data);
    }

    static byte[] setData(long zxid, byte[] data) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(7, 3, zxid, 1000 + zxid, OpCode.SET_DATA).write(out);
        SetDataTxn txn = new SetDataTxn();
        txn.path.set(Slice.of("/n" + zxid));
        txn.data.set(Slice.of(data));
        txn.version = 1;
        txn.write(out);
        TxnDigest.write(out, TxnDigest.VERSION, zxid * 31);
        return out.copy();
    }
}

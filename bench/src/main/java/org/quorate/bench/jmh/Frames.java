package org.quorate.bench.jmh;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnHeader;

/** Bytes as clients send them and as logs hold them. Stateless. */
final class Frames {
    static final int DATA_BYTES = 100;
    private static final long SESSION = 0x1000_0000_0000_0001L;
    private static final long TIME_MILLIS = 1_795_345_671_621L;

    private Frames() {}

    static SetDataRequest setData(String path) {
        SetDataRequest set = new SetDataRequest();
        set.path.set(Slice.of(path));
        set.data.set(new byte[DATA_BYTES], 0, DATA_BYTES);
        set.version = -1;
        return set;
    }

    static ReadRequest getData(String path, boolean watch) {
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_DATA;
        get.path.set(Slice.of(path));
        get.watch = watch;
        return get;
    }

    static CreateRequest create(String path) {
        CreateRequest create = new CreateRequest();
        create.path.set(Slice.of(path));
        create.data.set(new byte[DATA_BYTES], 0, DATA_BYTES);
        create.acl.set(AclList.OPEN);
        return create;
    }

    /** Header and body, without the length. */
    static byte[] of(Request request) {
        JuteOut out = new JuteOut().writeInt(7).writeInt(request.type());
        request.write(out);
        return out.copy();
    }

    /** Header and record. */
    static byte[] of(Txn txn) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(SESSION, 7, 1, TIME_MILLIS, txn.type()).write(out);
        txn.write(out);
        return out.copy();
    }
}

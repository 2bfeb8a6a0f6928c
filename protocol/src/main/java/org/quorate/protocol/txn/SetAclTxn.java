package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** setACL. */
public final class SetAclTxn implements Txn {
    public final Slice path = new Slice();
    public final AclVector acl = new AclVector();

    /** The new aversion. */
    public int version;

    public SetAclTxn read(JuteIn in) {
        in.readText(path);
        acl.read(in);
        version = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.SET_ACL;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path);
        acl.write(out);
        out.writeInt(version);
    }
}

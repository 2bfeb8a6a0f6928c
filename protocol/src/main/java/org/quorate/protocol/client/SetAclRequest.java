package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** setACL. */
public final class SetAclRequest implements Request {
    public final Slice path = new Slice();
    public final AclVector acl = new AclVector();

    /** The expected version of the ACL; −1 = any. */
    public int version;

    public SetAclRequest read(JuteIn in) {
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

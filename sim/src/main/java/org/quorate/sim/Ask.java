package org.quorate.sim;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.ReconfigRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.client.SetWatchesRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** Makes the frames that clients send. Stateless. */
final class Ask {
    /** Length, xid and type. */
    private static final int HEADER_BYTES = 12;

    private Ask() {}

    static byte[] connect(long sessionId, byte[] password, int timeoutMillis, long lastZxidSeen) {
        ConnectRequest request = new ConnectRequest();
        request.sessionId = sessionId;
        request.password.set(password, 0, password.length);
        request.timeoutMillis = timeoutMillis;
        request.lastZxidSeen = lastZxidSeen;
        JuteOut out = new JuteOut().writeInt(0);
        request.write(out);
        out.setInt(0, out.size() - 4);
        return out.copy();
    }

    static byte[] frame(int xid, Request request) {
        JuteOut out = new JuteOut().writeInt(0).writeInt(xid).writeInt(request.type());
        request.write(out);
        out.setInt(0, out.size() - 4);
        return out.copy();
    }

    /**
     * A frame whose body nobody can decode: it ends too early, or its first field says that it is
     * longer than all there is.
     */
    static byte[] malformed(byte[] whole, Chance chance) {
        JuteOut out = new JuteOut();
        if (chance.oneIn(3)) {
            out.writeRaw(whole, 0, whole.length);
            out.setInt(HEADER_BYTES, Integer.MAX_VALUE);
        } else {
            out.writeRaw(whole, 0, HEADER_BYTES + chance.below(whole.length - HEADER_BYTES));
        }
        out.setInt(0, out.size() - 4);
        return out.copy();
    }

    /** A frame of a type that clients may not send, or that nobody knows. */
    static byte[] forbidden(int xid, int type) {
        return new JuteOut().writeInt(8).writeInt(xid).writeInt(type).copy();
    }

    static Request create(int type, String path, String data, int flags, long ttlMillis) {
        CreateRequest request = new CreateRequest();
        request.type = type;
        request.path.set(Slice.of(path));
        request.data.set(Slice.of(data));
        request.acl.set(access(data));
        request.flags = flags;
        request.ttlMillis = ttlMillis;
        return request;
    }

    /** Nobody is refused by it here; it must be the same on all servers. */
    private static AclList access(String data) {
        return AclList.of(new Acl(1 + Math.floorMod(data.hashCode(), Perms.ALL), Id.ANYONE));
    }

    static SetAclRequest setAcl(String path, String data) {
        SetAclRequest request = new SetAclRequest();
        request.path.set(Slice.of(path));
        request.acl.set(access(data));
        request.version = -1;
        return request;
    }

    static DeleteRequest delete(String path, int version) {
        DeleteRequest request = new DeleteRequest();
        request.path.set(Slice.of(path));
        request.version = version;
        return request;
    }

    static SetDataRequest setData(String path, String data, int version) {
        SetDataRequest request = new SetDataRequest();
        request.path.set(Slice.of(path));
        request.data.set(Slice.of(data));
        request.version = version;
        return request;
    }

    static CheckRequest check(String path, int version) {
        CheckRequest request = new CheckRequest();
        request.path.set(Slice.of(path));
        request.version = version;
        return request;
    }

    static Request read(int type, String path, boolean watch) {
        ReadRequest request = new ReadRequest();
        request.type = type;
        request.path.set(Slice.of(path));
        request.watch = watch;
        return request;
    }

    static Request sync(String path) {
        PathRequest request = new PathRequest();
        request.type = OpCode.SYNC;
        request.path.set(Slice.of(path));
        return request;
    }

    static Request empty(int type) {
        EmptyRequest request = new EmptyRequest();
        request.type = type;
        return request;
    }

    static Request addWatch(String path, boolean recursive) {
        AddWatchRequest request = new AddWatchRequest();
        request.path.set(Slice.of(path));
        request.mode =
                recursive ? AddWatchRequest.PERSISTENT_RECURSIVE : AddWatchRequest.PERSISTENT;
        return request;
    }

    static Request setWatches(
            long relativeZxid,
            Collection<String> data,
            Collection<String> exist,
            Collection<String> child,
            Collection<String> persistent,
            Collection<String> recursive) {
        SetWatchesRequest request = new SetWatchesRequest();
        request.type = OpCode.SET_WATCHES2;
        request.relativeZxid = relativeZxid;
        request.data.set(data);
        request.exist.set(exist);
        request.child.set(child);
        request.persistent.set(persistent);
        request.persistentRecursive.set(recursive);
        return request;
    }

    static Request reconfig(@Nullable String joining, @Nullable String leaving) {
        ReconfigRequest request = new ReconfigRequest();
        set(request.joiningServers, joining);
        set(request.leavingServers, leaving);
        request.newMembers.setNull();
        request.configVersion = -1;
        return request;
    }

    /** A reconfig that tells all members, groups and weights. */
    static Request newMembers(String text) {
        ReconfigRequest request = new ReconfigRequest();
        request.joiningServers.setNull();
        request.leavingServers.setNull();
        request.newMembers.set(Slice.of(text));
        request.configVersion = -1;
        return request;
    }

    private static void set(Slice slice, @Nullable String text) {
        if (text == null) {
            slice.setNull();
        } else {
            slice.set(Slice.of(text));
        }
    }

    /** A multi of these operations. */
    static byte[] multi(int xid, List<Request> operations) {
        JuteOut out = new JuteOut().writeInt(0).writeInt(xid).writeInt(OpCode.MULTI);
        for (Request operation : operations) {
            MultiFrame.beginRequest(out, operation.type());
            operation.write(out);
        }
        MultiFrame.end(out);
        out.setInt(0, out.size() - 4);
        return out.copy();
    }
}

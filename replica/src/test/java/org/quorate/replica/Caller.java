package org.quorate.replica;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.AuthRequest;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.client.WatcherEvent;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** A client for tests: sends requests and understands what comes back. */
final class Caller {
    final Host host;
    final Host.Client client;
    final ConnectResponse session = new ConnectResponse();
    final ReplyHeader header = new ReplyHeader();
    final Stat stat = new Stat();

    /** Events that came, as {@code type path}. */
    final List<String> events = new ArrayList<>();

    /** What stands behind the last reply's header. */
    JuteIn body = new JuteIn(Integer.MAX_VALUE);

    private int xid;

    private Caller(Host host, Host.Client client) {
        this.host = host;
        this.client = client;
    }

    static Caller open(Host host) {
        return open(host, 10_000);
    }

    static Caller open(Host host, int timeoutMillis) {
        Caller caller = new Caller(host, host.connect());
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = timeoutMillis;
        request.password.set(new byte[16], 0, 16);
        if (!caller.connect(request)) {
            throw new IllegalStateException("the handshake was not answered");
        }
        return caller;
    }

    /** Comes back with the session of another. */
    static Caller renew(Host host, Caller earlier) {
        Caller caller = returning(host, earlier);
        caller.welcomed();
        return caller;
    }

    /** The same without waiting for {@link #welcomed}. */
    static Caller returning(Host host, Caller earlier) {
        Caller caller = new Caller(host, host.connect());
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = earlier.session.timeoutMillis;
        request.sessionId = earlier.session.sessionId;
        request.password.set(earlier.session.password);
        caller.greet(request);
        return caller;
    }

    static Caller unconnected(Host host) {
        return new Caller(host, host.connect());
    }

    boolean connect(ConnectRequest request) {
        greet(request);
        return welcomed();
    }

    private void greet(ConnectRequest request) {
        JuteOut out = new JuteOut();
        out.writeInt(0);
        request.write(out);
        out.setInt(0, out.size() - 4);
        client.send(out.copy());
    }

    /** Takes the answer to the handshake in, if one comes. */
    boolean welcomed() {
        byte[] answer = client.receive();
        if (answer != null) {
            session.read(new JuteIn().wrap(answer, 4, answer.length));
        }
        return answer != null;
    }

    int create(String path, String data, int flags) {
        return create(OpCode.CREATE, path, data, flags, AclList.OPEN);
    }

    int create(int type, String path, String data, int flags, AclList acl) {
        return call(createRequest(type, path, data, flags, acl));
    }

    static CreateRequest createRequest(int type, String path, String data, int flags, AclList acl) {
        CreateRequest request = new CreateRequest();
        request.type = type;
        request.path.set(Slice.of(path));
        request.data.set(Slice.of(data));
        request.acl.set(acl);
        request.flags = flags;
        return request;
    }

    static DeleteRequest deleteRequest(String path, int version) {
        DeleteRequest request = new DeleteRequest();
        request.path.set(Slice.of(path));
        request.version = version;
        return request;
    }

    static SetDataRequest setDataRequest(String path, String data, int version) {
        SetDataRequest request = new SetDataRequest();
        request.path.set(Slice.of(path));
        request.data.set(Slice.of(data));
        request.version = version;
        return request;
    }

    int delete(String path) {
        return call(deleteRequest(path, -1));
    }

    int setData(String path, String data) {
        int err = call(setDataRequest(path, data, -1));
        if (err == 0) {
            stat.read(body);
        }
        return err;
    }

    int exists(String path, boolean watch) {
        int err = call(readRequest(OpCode.EXISTS, path, watch));
        if (err == 0) {
            stat.read(body);
        }
        return err;
    }

    static ReadRequest readRequest(int type, String path, boolean watch) {
        ReadRequest request = new ReadRequest();
        request.type = type;
        request.path.set(Slice.of(path));
        request.watch = watch;
        return request;
    }

    /** Null if there is an error, which the header says. */
    @Nullable String getData(String path) {
        if (call(readRequest(OpCode.GET_DATA, path, false)) != 0) {
            return null;
        }
        byte[] data = body.readBuffer();
        stat.read(body);
        return data == null ? null : new String(data, StandardCharsets.UTF_8);
    }

    int addWatch(String path, int mode) {
        AddWatchRequest request = new AddWatchRequest();
        request.path.set(Slice.of(path));
        request.mode = mode;
        return call(request);
    }

    long sessionId() {
        return session.sessionId;
    }

    int sync(String path) {
        PathRequest request = new PathRequest();
        request.type = OpCode.SYNC;
        request.path.set(Slice.of(path));
        return call(request);
    }

    int ping() {
        return call(empty(OpCode.PING));
    }

    int closeSession() {
        return call(empty(OpCode.CLOSE_SESSION));
    }

    static EmptyRequest empty(int type) {
        EmptyRequest request = new EmptyRequest();
        request.type = type;
        return request;
    }

    int auth(String scheme, String auth) {
        AuthRequest request = new AuthRequest();
        request.scheme.set(Slice.of(scheme));
        request.auth.set(Slice.of(auth));
        send(RequestHeader.XID_AUTH, request);
        return receive();
    }

    /** Sends a request and returns its xid. */
    int send(Request request) {
        xid++;
        send(xid, request);
        return xid;
    }

    void send(int withXid, Request request) {
        JuteOut out = new JuteOut();
        out.writeInt(0).writeInt(withXid).writeInt(request.type());
        request.write(out);
        out.setInt(0, out.size() - 4);
        client.send(out.copy());
    }

    int call(Request request) {
        int sent = send(request);
        int err = receive();
        if (header.xid != sent) {
            throw new IllegalStateException("reply to %d, expected %d".formatted(header.xid, sent));
        }
        return err;
    }

    /** Takes the next reply in, noting events before it; its error. */
    int receive() {
        while (true) {
            byte[] frame = client.receive();
            if (frame == null) {
                throw new IllegalStateException(client.closed ? "closed" : "no reply came");
            }
            header.read(body.wrap(frame, 4, frame.length));
            if (header.xid != ReplyHeader.XID_EVENT) {
                return header.err;
            }
            note();
        }
    }

    /** Takes in whatever has come. */
    void takeEvents() {
        host.settle();
        for (byte[] frame = client.frames.poll(); frame != null; frame = client.frames.poll()) {
            header.read(body.wrap(frame, 4, frame.length));
            if (header.xid != ReplyHeader.XID_EVENT) {
                throw new IllegalStateException("a reply to " + header.xid);
            }
            note();
        }
    }

    private void note() {
        WatcherEvent event = new WatcherEvent().read(body);
        events.add(event.type + " " + event.path.text());
    }
}

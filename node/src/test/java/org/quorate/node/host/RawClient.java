package org.quorate.node.host;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Consumer;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** A client that does nothing by itself: no pings, no reconnects. */
public final class RawClient implements AutoCloseable {
    /** A frame from the server, taken apart. */
    public record Reply(int xid, long zxid, int err, byte[] body) {
        public JuteIn in() {
            return new JuteIn().wrap(body);
        }
    }

    private static final int FLAG_EPHEMERAL = 1;

    public final long sessionId;
    public final int timeoutMillis;
    public final byte[] password;
    private final Socket socket;
    private final DataInputStream in;
    private int xid;

    public RawClient(int port, int wantedTimeoutMillis) throws IOException {
        this(port, wantedTimeoutMillis, 0, new byte[16], 0);
    }

    public RawClient(int port, int wantedTimeoutMillis, long session, byte[] passwd, long lastZxid)
            throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
        JuteOut out = new JuteOut();
        out.writeInt(0);
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = wantedTimeoutMillis;
        request.sessionId = session;
        request.lastZxidSeen = lastZxid;
        request.password.set(passwd, 0, passwd.length);
        request.hasReadOnly = true;
        request.write(out);
        flush(out);
        JuteIn response = new JuteIn().wrap(in.readNBytes(in.readInt()));
        response.readInt();
        timeoutMillis = response.readInt();
        sessionId = response.readLong();
        Slice secret = new Slice();
        response.readSlice(secret);
        password = secret.copy();
    }

    /** Sends a request; the body is what the consumer writes. */
    public int send(int type, Consumer<JuteOut> body) throws IOException {
        JuteOut out = new JuteOut();
        append(out, ++xid, type, body);
        write(out);
        return xid;
    }

    public static void append(JuteOut out, int xid, int type, Consumer<JuteOut> body) {
        int frame = out.reserve(4);
        out.writeInt(xid).writeInt(type);
        body.accept(out);
        out.setInt(frame, out.size() - frame - 4);
    }

    public void write(JuteOut out) throws IOException {
        socket.getOutputStream().write(out.array(), 0, out.size());
    }

    public Reply read() throws IOException {
        JuteIn frame = new JuteIn().wrap(in.readNBytes(in.readInt()));
        int replyXid = frame.readInt();
        long zxid = frame.readLong();
        int err = frame.readInt();
        byte[] body = new byte[frame.remaining()];
        System.arraycopy(frame.array(), frame.position(), body, 0, body.length);
        return new Reply(replyXid, zxid, err, body);
    }

    public Reply call(int type, Consumer<JuteOut> body) throws IOException {
        send(type, body);
        return read();
    }

    public Reply ping() throws IOException {
        JuteOut out = new JuteOut();
        append(out, -2, OpCode.PING, body -> {});
        write(out);
        return read();
    }

    public Reply create(String path, byte[] data, boolean ephemeral) throws IOException {
        return call(OpCode.CREATE, createBody(path, data, ephemeral ? FLAG_EPHEMERAL : 0));
    }

    public static Consumer<JuteOut> createBody(String path, byte[] data, int flags) {
        return out -> {
            out.writeString(path).writeBuffer(data);
            out.writeInt(1).writeInt(31).writeString("world").writeString("anyone");
            out.writeInt(flags);
        };
    }

    public static Consumer<JuteOut> readBody(String path, boolean watch) {
        return out -> out.writeString(path).writeBool(watch);
    }

    public static Consumer<JuteOut> setBody(String path, byte[] data, int version) {
        return out -> out.writeString(path).writeBuffer(data).writeInt(version);
    }

    public boolean isClosedByServer() {
        try {
            return in.read() == -1;
        } catch (IOException e) {
            return !(e instanceof java.net.SocketTimeoutException);
        }
    }

    private void flush(JuteOut out) throws IOException {
        out.setInt(0, out.size() - 4);
        write(out);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

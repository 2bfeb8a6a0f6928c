package org.quorate.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** A client that shows every frame as it is. Blocking; owned by one thread. */
public final class WireClient implements AutoCloseable {
    private static final int ANSWER_MILLIS_MAX = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final JuteOut out = new JuteOut(4096);

    public WireClient(int port) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS_MAX);
    }

    /**
     * @param answerMillisMax how long to wait for a connection and for each answer; past it an
     *     {@link IOException}
     */
    public WireClient(InetSocketAddress server, int answerMillisMax) throws IOException {
        socket = new Socket();
        try {
            socket.connect(server, answerMillisMax);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(answerMillisMax);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Null if the server closes instead of answering. */
    public @Nullable ConnectResponse connect(
            long sessionId, byte[] password, int timeoutMillis, long lastZxidSeen)
            throws IOException {
        ConnectRequest request = new ConnectRequest();
        request.sessionId = sessionId;
        request.password.set(password, 0, password.length);
        request.timeoutMillis = timeoutMillis;
        request.lastZxidSeen = lastZxidSeen;
        request.hasReadOnly = true;
        int length = out.reserve(4);
        request.write(out);
        out.setInt(length, out.size() - length - 4);
        flush();
        byte[] frame = readFrame();
        return frame == null ? null : new ConnectResponse().read(new JuteIn().wrap(frame));
    }

    /** Puts a request into the buffer. */
    public void put(int xid, Request request) {
        int length = out.reserve(4);
        out.writeInt(xid).writeInt(request.type());
        request.write(out);
        out.setInt(length, out.size() - length - 4);
    }

    /** Puts a request of raw bytes into the buffer. */
    public void put(int xid, int type, byte[] body) {
        out.writeInt(8 + body.length).writeInt(xid).writeInt(type);
        out.writeRaw(body, 0, body.length);
    }

    /** Sends what was put; a closed connection is found out by reading. */
    public void flush() throws IOException {
        try {
            socket.getOutputStream().write(out.array(), 0, out.size());
        } catch (SocketException e) {
            socket.shutdownInput();
        } finally {
            out.clear();
        }
    }

    /** The next frame without its length, or null if the server has closed. */
    public byte @Nullable [] readFrame() throws IOException {
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

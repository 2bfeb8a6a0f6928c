package org.quorate.node.hostile;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;

/** One hostile connection: bytes go out, frames must come back, or the end. One thread. */
final class Conversation implements AutoCloseable {
    /** Longer, and the answers could fill both sockets' buffers while nobody reads. */
    static final int BURST_BYTES_MAX = 64 << 10;

    private static final int ANSWER_MILLIS_MAX = 10_000;
    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int LAST_XID = 0x71717171;

    private final Socket socket;
    private final DataInputStream in;
    private final JuteOut burst = new JuteOut(BURST_BYTES_MAX);

    Conversation(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        socket.setSoLinger(true, 0); // ports are free again at once
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    void add(byte[] bytes) {
        burst.writeRaw(bytes, 0, bytes.length);
    }

    int bytesAdded() {
        return burst.size();
    }

    /** Sends all that was added and one good request; waits for its answer, or the end. */
    void sendAndAwaitAnswer() throws IOException {
        RawClient.append(burst, LAST_XID, OpCode.EXISTS, RawClient.readBody("/", false));
        if (send()) {
            readUntil(LAST_XID);
        }
    }

    /** Sends all that was added, and says no more; the server must close. */
    void sendAndAwaitEnd() throws IOException {
        if (send()) {
            try {
                socket.shutdownOutput();
            } catch (SocketException e) {
                return; // closed meanwhile
            }
            readUntil(0); // which is no answer's xid here, so: until the end
        }
    }

    /** Sends all that was added and hangs up. */
    void sendAndLeave() throws IOException {
        send();
    }

    /** False if the server had closed. */
    private boolean send() {
        try {
            socket.getOutputStream().write(burst.array(), 0, burst.size());
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            burst.clear();
        }
    }

    private void readUntil(int lastXid) throws IOException {
        try {
            while (true) {
                int length = in.readInt();
                if (length < 0 || length > ANSWER_BYTES_MAX) {
                    throw new AssertionError("an answer of %d bytes".formatted(length));
                }
                byte[] frame = in.readNBytes(length);
                if (frame.length < length) {
                    throw new AssertionError("%d of %d bytes".formatted(frame.length, length));
                }
                if (lastXid != 0 && length >= 4 && ByteBuffer.wrap(frame).getInt() == lastXid) {
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither an answer nor the end", e);
        } catch (EOFException | SocketException e) {
            return; // closed, which is an answer too
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package org.quorate.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** Takes a session over and closes it, which is what its expiry looks like to its client. */
final class SessionEnd {
    private static final int TIMEOUT_MILLIS = 4_000;
    private static final int ANSWER_MILLIS_MAX = 10_000;

    private SessionEnd() {}

    /** True when the session is over, also if it was before; false if this server cannot. */
    static boolean end(int port, long sessionId, byte[] password) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            send(socket, hello(sessionId, password));
            ConnectResponse welcome =
                    new ConnectResponse().read(new JuteIn().wrap(in.readNBytes(in.readInt())));
            if (welcome.sessionId != sessionId) {
                return welcome.timeoutMillis <= 0;
            }
            send(socket, new JuteOut().writeInt(1).writeInt(OpCode.CLOSE_SESSION));
            in.readNBytes(in.readInt());
            return true;
        }
    }

    private static JuteOut hello(long sessionId, byte[] password) {
        ConnectRequest hello = new ConnectRequest();
        hello.timeoutMillis = TIMEOUT_MILLIS;
        hello.lastZxidSeen = 0;
        hello.sessionId = sessionId;
        hello.password.set(password, 0, password.length);
        hello.hasReadOnly = true;
        JuteOut out = new JuteOut();
        hello.write(out);
        return out;
    }

    private static void send(Socket socket, JuteOut body) throws IOException {
        JuteOut frame = new JuteOut().writeInt(body.size());
        frame.writeRaw(body.array(), 0, body.size());
        socket.getOutputStream().write(frame.array(), 0, frame.size());
    }
}

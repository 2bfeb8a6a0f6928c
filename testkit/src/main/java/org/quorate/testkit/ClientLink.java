package org.quorate.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;

/**
 * One connection of a client to a server, frame by frame (client protocol §2). Each direction has a
 * thread that reads and one that writes, so that late frames do not make later ones later still.
 */
final class ClientLink {
    private static final int FRAME_BYTES_MAX = 64 << 20;
    private static final int FRAMES_MAX = 1_000;
    private static final int NOTIFICATION_XID = -1;

    /** A request that is not answered yet. */
    private record Asked(int xid, int opCode) {}

    /**
     * A frame and when it may go on.
     *
     * @param body without the length; null behind the last frame
     */
    private record Frame(@Nullable Slice body, long dueNanos) {}

    private final SessionBook sessions;
    private final Socket near;
    private final Socket far;
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private volatile long sessionId;

    ClientLink(SessionBook sessions, Socket near, Socket far) {
        this.sessions = sessions;
        this.near = near;
        this.far = far;
    }

    long sessionId() {
        return sessionId;
    }

    void cut() {
        Relay.close(near);
        Relay.close(far);
    }

    /** Carries until one side closes. */
    void carry() throws IOException, InterruptedException {
        DataInputStream fromClient = input(near);
        int first = fromClient.readInt();
        if (first < 0 || first > FRAME_BYTES_MAX) {
            carryWord(first);
            return;
        }
        Thread answers = Thread.ofVirtual().start(this::carryAnswers);
        try {
            byte[] hello = fromClient.readNBytes(first);
            sessionId = new ConnectRequest().read(new JuteIn().wrap(hello)).sessionId;
            if (sessions.isRefused(sessionId)) {
                return;
            }
            DataOutputStream toServer = output(far);
            write(toServer, hello);
            toServer.flush();
            carry(fromClient, toServer, this::passesRequest);
        } finally {
            cut();
            answers.join();
        }
    }

    /** A four-letter word: the server answers and closes. */
    private void carryWord(int word) throws IOException {
        DataOutputStream toServer = output(far);
        toServer.writeInt(word);
        toServer.flush();
        far.getInputStream().transferTo(near.getOutputStream());
    }

    private void carryAnswers() {
        try {
            DataInputStream fromServer = input(far);
            byte[] hello = fromServer.readNBytes(fromServer.readInt());
            ConnectResponse welcome = new ConnectResponse().read(new JuteIn().wrap(hello));
            if (welcome.timeoutMillis > 0) {
                sessionId = welcome.sessionId;
                sessions.learnt(welcome.sessionId, welcome.password.copy());
            }
            DataOutputStream toClient = output(near);
            write(toClient, hello);
            toClient.flush();
            carry(fromServer, toClient, this::passesAnswer);
        } catch (IOException e) {
            // Closed by one of them.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cut();
        }
    }

    /** May a frame go on? Waits if it must; false cuts the connection. */
    private interface Guard {
        boolean passes(JuteIn frame) throws InterruptedException;
    }

    private void carry(DataInputStream in, DataOutputStream out, Guard guard)
            throws IOException, InterruptedException {
        LinkedBlockingQueue<Frame> between = new LinkedBlockingQueue<>(FRAMES_MAX);
        Thread writer = Thread.ofVirtual().start(() -> write(between, out, guard));
        try {
            while (true) {
                Slice body = Slice.of(in.readNBytes(in.readInt()));
                between.put(new Frame(body, System.nanoTime() + delayNanos()));
            }
        } finally {
            between.put(new Frame(null, System.nanoTime()));
            writer.join();
        }
    }

    private long delayNanos() {
        long millis = 0;
        for (Clients clients : sessions.concerned(sessionId)) {
            millis += clients.delayMillis();
        }
        return millis * 1_000_000;
    }

    private void write(LinkedBlockingQueue<Frame> between, DataOutputStream out, Guard guard) {
        boolean broken = false;
        try {
            while (true) {
                Frame frame = between.take();
                Slice body = frame.body;
                if (body == null) {
                    return;
                }
                if (broken) {
                    continue; // the reader must not wait for room
                }
                sleepUntil(frame.dueNanos);
                if (guard.passes(new JuteIn().wrap(body))) {
                    write(out, body.array());
                    out.flush();
                } else {
                    cut();
                    broken = true;
                }
            }
        } catch (IOException e) {
            cut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut();
        }
    }

    private static void sleepUntil(long dueNanos) throws InterruptedException {
        long earlyNanos = dueNanos - System.nanoTime();
        if (earlyNanos > 0) {
            Thread.sleep(Duration.ofNanos(earlyNanos));
        }
    }

    private boolean passesRequest(JuteIn frame) throws InterruptedException {
        int xid = frame.readInt();
        int opCode = frame.readInt();
        for (Clients clients : sessions.concerned(sessionId)) {
            if (!clients.passesRequest(opCode)) {
                return false;
            }
        }
        if (xid >= 0) {
            asked.add(new Asked(xid, opCode));
        }
        return true;
    }

    private boolean passesAnswer(JuteIn frame) throws InterruptedException {
        int xid = frame.readInt();
        int opCode = xid >= 0 ? answered(xid) : 0;
        for (Clients clients : sessions.concerned(sessionId)) {
            if (xid == NOTIFICATION_XID) {
                clients.passEvent();
            } else if (!clients.passesAnswer(opCode)) {
                return false;
            }
        }
        return true;
    }

    private int answered(int xid) {
        Iterator<Asked> all = asked.iterator();
        while (all.hasNext()) {
            Asked one = all.next();
            if (one.xid == xid) {
                all.remove();
                return one.opCode;
            }
        }
        return 0;
    }

    private static void write(DataOutputStream out, byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
    }

    private static DataInputStream input(Socket socket) throws IOException {
        return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    private static DataOutputStream output(Socket socket) throws IOException {
        return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }
}

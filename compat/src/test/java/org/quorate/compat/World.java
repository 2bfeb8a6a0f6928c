package org.quorate.compat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.WireClient;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** The sessions of one server, and what they see step by step. Owned by one thread. */
final class World implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 40_000;
    private static final int XID_EVENT = -1;

    private final int port;
    private final Session[] sessions;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final Rendering rendering = new Rendering(numbers);

    World(int port, int sessionCount) throws IOException {
        this.port = port;
        sessions = new Session[sessionCount];
        for (int i = 0; i < sessionCount; i++) {
            sessions[i] = new Session(i);
            sessions[i].open();
        }
    }

    /** Does the step, then asks every session for a ping: what each saw, in its order. */
    List<String> run(Step step) throws IOException {
        List<String> seen = new ArrayList<>();
        Session session = sessions[step.session()];
        boolean sorted = false;
        if (!session.connected()) {
            seen.add("S%d %s".formatted(step.session(), session.reconnect()));
        }
        switch (step.kind()) {
            case OPERATIONS -> {}
            case FATAL -> seen.addAll(session.runFatal(step.ops().getFirst()));
            case RECONNECT -> seen.add("reconnect " + session.reconnect());
            case WRONG_PASSWORD -> {
                seen.add("wrong password " + session.presentWrongPassword());
                seen.add("reconnect " + session.reconnect());
            }
            case RENEW -> {
                seen.addAll(session.closeSession());
                session.open();
                sorted = true;
            }
        }
        if (session.connected()) {
            step.ops().forEach(session::put);
        }
        ask(session, sorted, seen);
        for (Session each : sessions) {
            if (each != session && each.connected()) {
                each.putPing();
            }
        }
        for (Session each : sessions) {
            if (each != session && each.connected()) {
                gather(each, sorted, seen);
            }
        }
        return seen;
    }

    /** Only when the actor has all its answers is it certain what the others must see. */
    private static void ask(Session actor, boolean sorted, List<String> seen) throws IOException {
        if (actor.connected()) {
            actor.putPing();
            gather(actor, sorted, seen);
        }
    }

    private static void gather(Session session, boolean sorted, List<String> seen)
            throws IOException {
        List<String> frames = session.readUntilPing();
        if (sorted) {
            Collections.sort(frames); // Ephemerals that go together have no order.
        }
        frames.forEach(frame -> seen.add("S" + session.number + " " + frame));
    }

    @Override
    public void close() throws IOException {
        for (Session session : sessions) {
            session.disconnect();
        }
    }

    private final class Session {
        private final int number;
        private final Map<Integer, Integer> typesByXid = new HashMap<>();
        private @Nullable WireClient client;
        private long id;
        private byte[] password = new byte[16];
        private long lastZxid;
        private int nextXid = 1;

        Session(int number) {
            this.number = number;
        }

        boolean connected() {
            return client != null;
        }

        void open() throws IOException {
            id = 0;
            password = new byte[16];
            lastZxid = 0;
            String answer = reconnect();
            if (!connected()) {
                throw new IOException("no new session: " + answer);
            }
        }

        String reconnect() throws IOException {
            disconnect();
            client = new WireClient(port);
            ConnectResponse response = client.connect(id, password, TIMEOUT_MILLIS, lastZxid);
            if (response == null) {
                disconnect();
                return "closed";
            }
            if (response.sessionId == 0) {
                disconnect();
                return "refused, timeout " + response.timeoutMillis;
            }
            id = response.sessionId;
            password = response.password.copy();
            numbers.put(id, number);
            return "accepted, timeout %d, read-only %s"
                    .formatted(response.timeoutMillis, response.readOnly);
        }

        String presentWrongPassword() throws IOException {
            byte[] wrong = password.clone();
            wrong[3] ^= 1;
            try (WireClient other = new WireClient(port)) {
                ConnectResponse response = other.connect(id, wrong, TIMEOUT_MILLIS, lastZxid);
                return response == null
                        ? "closed"
                        : "session %s, timeout %d"
                                .formatted(response.sessionId == id, response.timeoutMillis);
            }
        }

        List<String> closeSession() throws IOException {
            List<String> frames =
                    runFatal(new Step.Op(0, OpCode.CLOSE_SESSION, new byte[0], 0, "close"));
            Collections.sort(frames);
            numbers.remove(id);
            return frames;
        }

        List<String> runFatal(Step.Op op) throws IOException {
            put(op);
            connection().flush();
            return readUntilPing();
        }

        void disconnect() throws IOException {
            if (client != null) {
                client.close();
                client = null;
            }
            typesByXid.clear();
        }

        void put(Step.Op op) {
            int xid = op.xid() != 0 ? op.xid() : nextXid++;
            typesByXid.put(xid, op.type());
            byte[] body = op.body();
            if (op.zxidsBack() > 0) {
                JuteOut out = new JuteOut(body.length);
                out.writeRaw(body, 0, body.length);
                out.setLong(0, Math.max(0, lastZxid - op.zxidsBack()));
                body = out.copy();
            }
            connection().put(xid, op.type(), body);
        }

        void putPing() throws IOException {
            connection().put(RequestHeader.XID_PING, OpCode.PING, new byte[0]);
            connection().flush();
        }

        List<String> readUntilPing() throws IOException {
            List<String> frames = new ArrayList<>();
            while (true) {
                byte[] frame = connection().readFrame();
                if (frame == null) {
                    frames.add("closed");
                    disconnect();
                    return frames;
                }
                JuteIn in = new JuteIn().wrap(frame);
                int xid = in.readInt();
                frames.add(render(xid, in));
                if (xid == RequestHeader.XID_PING) {
                    return frames;
                }
            }
        }

        private String render(int xid, JuteIn in) {
            long zxid = in.readLong();
            int err = in.readInt();
            lastZxid = Math.max(lastZxid, zxid);
            if (xid == XID_EVENT) {
                return Rendering.event(in, zxid);
            }
            String head = "xid=%d zxid=%x err=%d".formatted(xid, zxid, err);
            Integer type = typesByXid.remove(xid);
            if (err != 0 && type != null && type == OpCode.MULTI_READ) {
                return head; // ZooKeeper adds an empty result or not, by where decoding failed.
            }
            if (err != 0 || type == null) {
                return head + (in.remaining() > 0 ? " + " + in.remaining() + " bytes" : "");
            }
            return head + " " + rendering.body(type, in);
        }

        private WireClient connection() {
            if (client == null) {
                throw new IllegalStateException("session " + number + " is not connected");
            }
            return client;
        }
    }
}

package org.quorate.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.quorate.zab.Role;

/** One server of a {@link TestEnsemble}. Any thread. */
public final class TestServer {
    private final int id;
    private final ServerConfig config;
    private final TestClock clock;
    private final SessionBook sessions;
    private final Relay relay;
    private volatile @Nullable Server running;
    private volatile @Nullable String failure;

    TestServer(int id, ServerConfig config, int clientPort, TestClock clock, SessionBook sessions)
            throws IOException {
        this.id = id;
        this.config = config;
        this.clock = clock;
        this.sessions = sessions;
        this.relay = new Relay(clientPort, this::carry);
    }

    private void carry(Socket near, Socket far) throws IOException, InterruptedException {
        if (sessions.isRefused(0)) {
            return;
        }
        ClientLink link = new ClientLink(sessions, near, far);
        sessions.opened(link);
        try {
            link.carry();
        } finally {
            sessions.closed(link);
        }
    }

    /** Its number in the ensemble, from 1. */
    public int id() {
        return id;
    }

    /** What a client is given that shall know this server alone. */
    public String connectString() {
        return "127.0.0.1:" + relay.port();
    }

    /** Starts it again on the data it had. Does not wait until it serves. */
    public synchronized void start() throws StartException {
        if (running != null) {
            throw new IllegalStateException("server " + id + " runs already");
        }
        failure = null;
        running = Server.start(config, (what, why) -> failure = what + ": " + why, clock);
    }

    /** Stops it in order, as before a planned restart. Its data stays. */
    public synchronized void stop() {
        Server server = running;
        if (server != null) {
            running = null;
            server.close();
        }
        relay.cut();
    }

    public boolean isRunning() {
        return running != null;
    }

    /** Does it serve clients, as leader, follower or alone? */
    public boolean isServing() {
        Server server = running;
        return server != null && server.role().isServing();
    }

    public boolean isLeader() {
        Server server = running;
        return server != null && server.role().kind() == Role.Kind.LEADING;
    }

    /** Why it could not go on and stopped itself; null if that did not happen. */
    public @Nullable String failure() {
        return failure;
    }

    /** Its real client port, past all that may be done to clients. */
    List<Integer> ownPort() {
        Server server = running;
        return server == null ? List.of() : List.of(server.clientPort());
    }

    void close() {
        relay.close();
        stop();
    }
}

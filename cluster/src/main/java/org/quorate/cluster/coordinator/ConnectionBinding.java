package org.quorate.cluster.coordinator;

import java.time.Duration;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/**
 * Binds sessions to their connection at servers that offer it, and proves by questions to the
 * server, several in each grace, that the connection stands. Level-triggered: each question tells
 * how the server sees it.
 *
 * <p>Leases are shortened before the server is asked, and given their full length again only when a
 * server has said that it does not offer it.
 */
final class ConnectionBinding implements AutoCloseable {
    private static final int QUESTIONS_PER_GRACE = 5;

    private final Coordinator coordinator;
    private final Host host;
    private final Duration grace;
    private final Reconciler loop;

    ConnectionBinding(Coordinator coordinator, Duration grace) {
        this.coordinator = coordinator;
        this.host = coordinator.host();
        this.grace = grace;
        this.loop = coordinator.reconciler("binding to the connection", this::step);
    }

    void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
    }

    private Step.Next step() throws InterruptedException {
        Session session = coordinator.currentSession().orElse(null);
        if (session == null) {
            return Step.Next.WHEN_WOKEN;
        }
        try {
            return ask(session);
        } catch (KeeperException unreachable) {
            return again(); // Leases run out by themselves meanwhile.
        }
    }

    private Step.Next ask(Session session) throws KeeperException, InterruptedException {
        Duration wanted = grace.compareTo(session.timeout()) < 0 ? grace : session.timeout();
        long sentNanos = host.nanoTime();
        @Nullable Duration granted = host.link().reconnectGrace(session.id());
        if (granted == null) {
            session.bind(Duration.ZERO);
            return Step.Next.WHEN_WOKEN; // A connection to another server wakes us.
        }
        session.answered(sentNanos);
        session.bind(wanted);
        if (!granted.equals(wanted)) {
            host.link().bindToConnection(session.id(), wanted);
        }
        return again();
    }

    private Step.Next again() {
        return Step.Next.after(grace.dividedBy(QUESTIONS_PER_GRACE));
    }
}

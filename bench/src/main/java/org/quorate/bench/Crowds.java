package org.quorate.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.quorate.protocol.OpCode;

/** Runs in which it is the number of sessions or of watches that counts. Stateless. */
final class Crowds {
    private static final long SETTLE_MILLIS = 6_000;
    private static final int WARM_SESSIONS = 200;
    private static final int WARM_REQUESTS = 200_000;
    private static final int CHANGES_UNDER_WAY = 32;

    private Crowds() {}

    /**
     * One znode changes, everybody who watches it is told and watches again; then the next change.
     *
     * @return per event; latency from the change's request to the last re-arming
     */
    static Figures fanOut(Subject subject, int watchers, int changes) throws IOException {
        Histogram latency = new Histogram(60_000_000_000L, 3);
        try (Loader loader = new Loader(subject.ports(), watchers + 1, 1)) {
            loader.start(1, watchers + 1, Scenarios::watcher);
            loader.awaitEvents(0);
            byte[] change = Scenarios.changeOfWatched();
            Meter meter = Meter.start(subject);
            long begin = System.nanoTime();
            for (int i = 1; i <= changes; i++) {
                long sent = System.nanoTime();
                loader.send(OpCode.SET_DATA, change);
                loader.awaitEvents((long) i * watchers);
                latency.recordValue(System.nanoTime() - sent);
            }
            return meter.stop((long) changes * watchers, System.nanoTime() - begin, latency);
        }
    }

    /**
     * The same with watches that last, so that nobody has to watch again.
     *
     * @return per event; latency from the change's request to the last event
     */
    static Figures told(Subject subject, int watchers, int changes) throws IOException {
        Histogram latency = new Histogram(60_000_000_000L, 3);
        try (Loader loader = new Loader(subject.ports(), watchers + 1, 1)) {
            loader.run(watchers + 1, Scenarios.lastingWatches(), Long.MAX_VALUE, Long.MAX_VALUE);
            byte[] change = Scenarios.changeOfWatched();
            Meter meter = Meter.start(subject);
            long begin = System.nanoTime();
            for (int i = 1; i <= changes; i++) {
                long sent = System.nanoTime();
                loader.send(OpCode.SET_DATA, change);
                loader.awaitEvents((long) i * watchers);
                latency.recordValue(System.nanoTime() - sent);
            }
            return meter.stop((long) changes * watchers, System.nanoTime() - begin, latency);
        }
    }

    /**
     * One session watches many znodes, each of which changes once a round; it is told of each and
     * watches it again.
     *
     * @return per event, the change and the re-arming included; latency that of a whole round
     */
    static Figures fanIn(Subject subject, int znodes, int rounds) throws IOException {
        String parent = "/watched-" + Long.toString(System.nanoTime(), 36);
        Histogram latency = new Histogram(60_000_000_000L, 3);
        try (Loader loader = new Loader(subject.ports(), List.of(CHANGES_UNDER_WAY, znodes))) {
            Scenarios.create(loader, parent);
            Scenarios.fill(loader, parent, 0, znodes, 0);
            loader.start(1, 2, connection -> Scenarios.watcherOfAll(parent, znodes));
            loader.awaitEvents(0);
            Loader.Requests changes = Scenarios.changesInOrder(parent, znodes);
            long before = loader.events();
            Meter meter = Meter.start(subject);
            long begin = System.nanoTime();
            for (int i = 1; i <= rounds; i++) {
                long sent = System.nanoTime();
                loader.send(changes, znodes);
                loader.awaitEvents(before + (long) i * znodes);
                latency.recordValue(System.nanoTime() - sent);
            }
            return meter.stop((long) rounds * znodes, System.nanoTime() - begin, latency);
        }
    }

    /**
     * Sessions are opened and closed on connections of their own, so many at a time.
     *
     * @return latency from connecting to the closed connection
     */
    static Figures sessionChurn(Subject subject, int atOnce, long nanosMax) throws IOException {
        try (SessionChurn churn = new SessionChurn(subject.ports(), atOnce)) {
            Meter meter = Meter.start(subject);
            return meter.stop(churn.run(nanosMax));
        }
    }

    /** Resident bytes of a session that does nothing, on a fresh server. */
    static double idleSessionBytes(ServerProcess.Kind kind, int sessions)
            throws IOException, InterruptedException {
        try (Subject subject = Subject.start(kind, 1)) {
            new Loader(subject.ports(), WARM_SESSIONS, 1).close();
            Thread.sleep(SETTLE_MILLIS);
            long before = subject.residentBytes();
            try (Loader loader = new Loader(subject.ports(), sessions, 1)) {
                Thread.sleep(SETTLE_MILLIS);
                loader.awaitEvents(0);
                return (double) (subject.residentBytes() - before) / sessions;
            }
        }
    }

    /** Resident bytes of a watch, each on another path, on a fresh server. */
    static double watchBytes(ServerProcess.Kind kind, int watches)
            throws IOException, InterruptedException {
        try (Subject subject = Subject.start(kind, 1)) {
            int connections = 16;
            try (Loader loader = new Loader(subject.ports(), connections, 32)) {
                loader.run(
                        connections, Scenarios::reads, WARM_REQUESTS, TimeUnit.MINUTES.toNanos(1));
                Thread.sleep(SETTLE_MILLIS);
                long before = subject.residentBytes();
                loader.run(
                        connections,
                        Scenarios::watchesOfMissing,
                        watches,
                        TimeUnit.MINUTES.toNanos(10));
                Thread.sleep(SETTLE_MILLIS);
                return (double) (subject.residentBytes() - before) / watches;
            }
        }
    }
}

package org.quorate.bench;

import org.HdrHistogram.Histogram;
import org.quorate.protocol.OpCode;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Runs in which it is the number of sessions that counts. Stateless. */
final class Crowds {
    private static final long SETTLE_MILLIS = 6_000;
    private static final int WARM_SESSIONS = 200;
    private static final int WARM_REQUESTS = 200_000;

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
            long cpu = subject.cpuMicros();
            long begin = System.nanoTime();
            for (int i = 1; i <= changes; i++) {
                long sent = System.nanoTime();
                loader.send(OpCode.SET_DATA, change);
                loader.awaitEvents((long) i * watchers);
                latency.recordValue(System.nanoTime() - sent);
            }
            double events = (double) changes * watchers;
            return Figures.of(
                    events * 1e9 / (System.nanoTime() - begin),
                    (subject.cpuMicros() - cpu) / events,
                    0,
                    latency);
        }
    }

    /** Sessions are opened and closed, one after the other. */
    static Figures sessionChurn(Subject subject, int sessions) throws IOException {
        Histogram latency = new Histogram(60_000_000_000L, 3);
        long cpu = subject.cpuMicros();
        long begin = System.nanoTime();
        for (int i = 0; i < sessions; i++) {
            long opened = System.nanoTime();
            new Loader(subject.ports(), 1, 1).close();
            latency.recordValue(System.nanoTime() - opened);
        }
        return Figures.of(
                sessions * 1e9 / (System.nanoTime() - begin),
                (double) (subject.cpuMicros() - cpu) / sessions,
                0,
                latency);
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

package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Compares Quorate with etcd 3.4 where the same work can be said to both: both as processes of
 * their own with fsync on, each driven by a loader of its own protocol that decodes nothing, in
 * turns A B B A. Processor time is the operating system's account of the servers.
 */
@CommandLine.Command(
        name = "etcd",
        mixinStandardHelpOptions = true,
        description = "Compares Quorate with etcd on this machine.")
public final class EtcdBench implements Callable<Integer> {
    private static final long NO_END = Long.MAX_VALUE;

    /** The same work in both: connections and calls under way of each stand in the name. */
    enum Work {
        GET_32x8(1, 32, 8),
        GET_16x1(1, 16, 1),
        PUT_32x8(1, 32, 8),
        PUT_16x1(1, 16, 1),
        MIX_32x8(1, 32, 8),
        LOCK_16x2(1, 16, 2),
        /** etcd's watches last, so Quorate's are persistent ones. */
        WATCH_1000(1, 1_000, 1),
        /**
         * Of etcd a lease, granted and revoked on a connection that stays; of Quorate a session.
         */
        LEASE_16x1(1, 16, 1),
        GET3_33x8(3, 33, 8),
        PUT3_33x8(3, 33, 8),
        MIX3_33x8(3, 33, 8);

        private final int servers;
        private final int connections;
        private final int underWay;

        Work(int servers, int connections, int underWay) {
            this.servers = servers;
            this.connections = connections;
            this.underWay = underWay;
        }
    }

    @CommandLine.Parameters(paramLabel = "PROGRAM", description = "etcd's")
    private Path program = Path.of("etcd");

    @CommandLine.Option(names = "--seconds", description = "per run (default: ${DEFAULT-VALUE})")
    private double seconds = 4;

    @CommandLine.Option(
            names = "--rounds",
            description = "of A B B A for each row (default: ${DEFAULT-VALUE})")
    private int rounds = 2;

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "rows: ${COMPLETION-CANDIDATES}")
    private List<Work> only = List.of(Work.values());

    @CommandLine.Option(
            names = "--linearizable",
            description =
                    "etcd's gets ask a quorum, as they do unless told otherwise; without it they are"
                            + " answered from the server's own state, as ZooKeeper's and Quorate's")
    private boolean linearizable;

    @CommandLine.Option(names = "--json", description = "also writes the figures to this file")
    private @Nullable Path json;

    @CommandLine.Option(names = "--svg", description = "also draws the ratios into this file")
    private @Nullable Path svg;

    private final Report report = new Report("etcd");

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new EtcdBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        System.out.println(report.head());
        for (int servers : new int[] {1, 3}) {
            List<Work> works = only.stream().filter(work -> work.servers == servers).toList();
            if (works.isEmpty()) {
                continue;
            }
            try (Subject etcd = startEtcd(servers);
                    Subject quorate = Subject.start(ServerProcess.Kind.QUORATE, servers)) {
                for (Work work : works) {
                    compare(work, etcd, quorate);
                }
            }
        }
        report.write(json, svg);
        return 0;
    }

    private Subject startEtcd(int members) throws IOException {
        List<EtcdProcess> cluster = EtcdProcess.start(program, members);
        Subject subject =
                new Subject(
                        "ETCD",
                        cluster.stream().map(EtcdProcess::pid).toList(),
                        cluster.stream().map(EtcdProcess::clientPort).toList(),
                        () -> cluster.forEach(EtcdProcess::close));
        try (EtcdLoader loader = new EtcdLoader(subject.ports(), 1, 1)) {
            for (int i = 0; i < EtcdRequests.keys(); i++) {
                loader.call(EtcdRequests.put(EtcdRequests.key(i), 0));
            }
        } catch (IOException e) {
            subject.close();
            throw e;
        }
        return subject;
    }

    private void compare(Work work, Subject etcd, Subject quorate) throws IOException {
        List<Figures> theirs = new ArrayList<>();
        List<Figures> ours = new ArrayList<>();
        ofEtcd(work, etcd); // warm-up
        ofQuorate(work, quorate);
        for (int round = 0; round < rounds; round++) {
            theirs.add(ofEtcd(work, etcd));
            ours.add(ofQuorate(work, quorate));
            ours.add(ofQuorate(work, quorate));
            theirs.add(ofEtcd(work, etcd));
        }
        report.add(
                new Report.Row(
                        work.name(),
                        Double.NaN,
                        Figures.median(theirs),
                        Figures.median(ours),
                        Figures.spread(ours),
                        null));
    }

    private Figures ofQuorate(Work work, Subject quorate) throws IOException {
        long nanos = (long) (seconds * 1e9);
        if (work == Work.WATCH_1000) {
            return Crowds.told(quorate, work.connections, changes(work));
        }
        if (work == Work.LEASE_16x1) {
            return Crowds.sessionChurn(quorate, work.connections, nanos);
        }
        Loader.Scenario scenario =
                switch (work) {
                    case GET_32x8, GET_16x1, GET3_33x8 -> Scenarios::reads;
                    case PUT_32x8, PUT_16x1, PUT3_33x8 -> Scenarios::writes;
                    case MIX_32x8, MIX3_33x8 -> Scenarios::mix;
                    case LOCK_16x2 -> Scenarios::locks;
                    case WATCH_1000, LEASE_16x1 -> throw new IllegalStateException(work.name());
                };
        try (Loader loader = new Loader(quorate.ports(), work.connections, work.underWay)) {
            Meter meter = Meter.start(quorate);
            return meter.stop(
                    unrefused(work, loader.run(work.connections, scenario, NO_END, nanos)));
        }
    }

    private Figures ofEtcd(Work work, Subject etcd) throws IOException {
        if (work == Work.WATCH_1000) {
            return told(etcd, work.connections, changes(work));
        }
        try (EtcdLoader loader = new EtcdLoader(etcd.ports(), work.connections, work.underWay)) {
            long lease = System.nanoTime() & 0xFFFF_FFFFFFFFL | 1;
            if (work == Work.LOCK_16x2) {
                loader.call(EtcdRequests.grant(lease));
            }
            Meter meter = Meter.start(etcd);
            Loader.Result result =
                    unrefused(
                            work,
                            loader.run(
                                    0,
                                    work.connections,
                                    connection -> calls(work, connection, lease),
                                    NO_END,
                                    (long) (seconds * 1e9)));
            // A lease is two calls, as a session is opened and closed.
            return work == Work.LEASE_16x1
                    ? meter.stop(result.operations() / 2, result.nanos(), result.latencyNanos())
                    : meter.stop(result);
        }
    }

    private EtcdRequests.Calls calls(Work work, int connection, long lease) {
        return switch (work) {
            case GET_32x8, GET_16x1, GET3_33x8 -> EtcdRequests.gets(connection, !linearizable);
            case PUT_32x8, PUT_16x1, PUT3_33x8 -> EtcdRequests.puts(connection);
            case MIX_32x8, MIX3_33x8 -> EtcdRequests.mix(connection);
            case LOCK_16x2 -> EtcdRequests.locks(connection, lease);
            case LEASE_16x1 -> EtcdRequests.leases(connection);
            case WATCH_1000 -> throw new IllegalStateException(work + " has no calls of its own");
        };
    }

    private int changes(Work work) {
        return Math.max(2, (int) (seconds * 10_000 / work.connections));
    }

    /** One key changes, everybody who watches it is told; then the next change. */
    private static Figures told(Subject etcd, int watchers, int changes) throws IOException {
        Histogram latency = new Histogram(60_000_000_000L, 3);
        try (EtcdLoader loader = new EtcdLoader(etcd.ports(), watchers + 1, 1)) {
            loader.watch(1, watchers + 1, EtcdRequests.key(0));
            loader.awaitStreamMessages(watchers); // each stream begins with a message of its own
            EtcdRequests.Call change = EtcdRequests.put(EtcdRequests.key(0), 0);
            Meter meter = Meter.start(etcd);
            long begin = System.nanoTime();
            for (int i = 1; i <= changes; i++) {
                long sent = System.nanoTime();
                loader.call(change);
                loader.awaitStreamMessages((long) (i + 1) * watchers);
                latency.recordValue(System.nanoTime() - sent);
            }
            return meter.stop((long) changes * watchers, System.nanoTime() - begin, latency);
        }
    }

    private static Loader.Result unrefused(Work work, Loader.Result result) throws IOException {
        if (result.errors() > 0) {
            throw new IOException(work + ": " + result.errors() + " requests were refused");
        }
        return result;
    }
}

package org.quorate.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quorate.protocol.OpCode;

/**
 * What servers are compared by. The name says how many connections keep how many requests under way
 * each, or how large the crowd is.
 */
enum Workload {
    READ_32x8(Stage.ONE, 32, 8, 0.125),
    READ_16x1(Stage.ONE, 16, 1, 0.25),
    READ_HOT_32x8(Stage.ONE, 32, 8, Double.NaN),
    CHILDREN_8x2(Stage.ONE, 8, 2, Double.NaN),
    WRITE_32x8(Stage.ONE, 32, 8, 0.2),
    WRITE_16x1(Stage.ONE, 16, 1, 0.5),
    MIX_32x8(Stage.ONE, 32, 8, Double.NaN),
    CREATE_16x4(Stage.ONE, 16, 4, Double.NaN),
    DELETE_16x4(Stage.ONE, 16, 4, Double.NaN),
    MULTI10_8x4(Stage.ONE, 8, 4, 0.2),
    MULTI50_8x2(Stage.ONE, 8, 2, Double.NaN),
    MULTI70_16x2(Stage.ONE, 16, 2, Double.NaN),
    CHURN_16x2(Stage.ONE, 16, 2, 0.2),
    OPEN_READ_64x8(Stage.ONE, 64, 8, Double.NaN),
    OPEN_WRITE_64x8(Stage.ONE, 64, 8, Double.NaN),
    FANOUT_1000(Stage.ONE, 1_000, 1, 0.125),
    FANOUT_10000(Stage.ONE, 10_000, 1, Double.NaN),
    FANIN_10000(Stage.ONE, 1, 10_000, Double.NaN),
    PINGS_10000(Stage.ONE, 10_000, 1, Double.NaN),
    SESSIONS_1x1(Stage.ONE, 1, 1, 0.125),
    SESSIONS_64x1(Stage.ONE, 64, 1, 0.125),
    READ_MILLION_32x8(Stage.MILLION, 32, 8, Double.NaN),
    CHILDREN_100K_2x1(Stage.MILLION, 2, 1, Double.NaN),
    CHILDREN_MILLION_1x1(Stage.MILLION, 1, 1, Double.NaN),
    CHURN_MILLION_16x2(Stage.MILLION, 16, 2, Double.NaN),
    WRITE3_33x8(Stage.THREE, 33, 8, 0.2),
    MIX3_33x8(Stage.THREE, 33, 8, 1.0 / 6),
    CHURN3_15x2(Stage.THREE, 15, 2, 0.2);

    /** The servers that a workload needs. */
    enum Stage {
        ONE(1, 512),
        /** With a million znodes in one directory, which ZooKeeper's usual heap does not hold. */
        MILLION(1, 1_500),
        THREE(3, 512);

        private final int servers;
        private final int heapMegabytes;

        Stage(int servers, int heapMegabytes) {
            this.servers = servers;
            this.heapMegabytes = heapMegabytes;
        }

        /** Starts them, with all that is read and written. */
        Subject start(ServerProcess.Kind kind) throws IOException {
            Subject subject =
                    Subject.start(kind, servers, 0, List.of("-Xmx" + heapMegabytes + "m"));
            if (this == MILLION) {
                try {
                    Scenarios.prepareMillion(subject);
                } catch (IOException e) {
                    subject.close();
                    throw e;
                }
            }
            return subject;
        }
    }

    /** Of a closed loop of ZooKeeper, if it was not measured before the open loop. */
    private static final double USUAL_PER_SECOND = 10_000;

    /** Ten thousand sessions of ten seconds send so many, each one in a third of that. */
    private static final double PINGS_PER_SECOND = 3_000;

    private static final long NO_END = Long.MAX_VALUE;

    final Stage stage;
    final double bar;
    private final int connections;
    private final int underWay;

    /**
     * @param bar what Quorate's processor time may be of ZooKeeper's; NaN if nothing is said
     */
    Workload(Stage stage, int connections, int underWay, double bar) {
        this.stage = stage;
        this.connections = connections;
        this.underWay = underWay;
        this.bar = bar;
    }

    /** Whether a server that knows nothing can answer it. */
    boolean forFloor() {
        return stage == Stage.ONE
                && switch (this) {
                    case FANIN_10000, MULTI70_16x2, CHILDREN_8x2 -> false;
                    default -> true;
                };
    }

    /** The closed loop whose rate, ZooKeeper's, an open loop takes half of; else itself. */
    private Workload saturated() {
        return switch (this) {
            case OPEN_READ_64x8 -> READ_32x8;
            case OPEN_WRITE_64x8 -> WRITE_32x8;
            default -> this;
        };
    }

    /**
     * One run.
     *
     * @param saturated rates of ZooKeeper in workloads that have been run
     */
    Figures run(Subject subject, double seconds, Map<Workload, Double> saturated)
            throws IOException {
        long nanos = (long) (seconds * 1e9);
        return switch (this) {
            case FANOUT_1000, FANOUT_10000 ->
                    Crowds.fanOut(
                            subject,
                            connections,
                            Math.max(2, (int) (seconds * 10_000 / connections)));
            case FANIN_10000 -> Crowds.fanIn(subject, underWay, Math.max(2, (int) seconds));
            case PINGS_10000 ->
                    loop(
                            subject,
                            loader ->
                                    loader.runAtRate(
                                            connections, scenario(), PINGS_PER_SECOND, nanos));
            case SESSIONS_1x1, SESSIONS_64x1 -> Crowds.sessionChurn(subject, connections, nanos);
            case CREATE_16x4, DELETE_16x4 -> createAndDelete(subject, nanos);
            case OPEN_READ_64x8, OPEN_WRITE_64x8 -> {
                double rate = saturated.getOrDefault(saturated(), USUAL_PER_SECOND) / 2;
                yield loop(
                        subject, loader -> loader.runAtRate(connections, scenario(), rate, nanos));
            }
            default -> loop(subject, loader -> loader.run(connections, scenario(), NO_END, nanos));
        };
    }

    /** What is asked over and over. */
    private Loader.Scenario scenario() {
        return switch (this) {
            case READ_32x8, READ_16x1, OPEN_READ_64x8 -> Scenarios::reads;
            case READ_HOT_32x8 -> Scenarios::readsOfOne;
            case PINGS_10000 -> connection -> out -> OpCode.PING;
            case READ_MILLION_32x8 -> Scenarios::readsOfMillion;
            case CHILDREN_8x2 -> Scenarios::children;
            case CHILDREN_100K_2x1 -> Scenarios::childrenOfMany;
            case CHILDREN_MILLION_1x1 -> Scenarios::childrenOfMillion;
            case WRITE_32x8, WRITE_16x1, WRITE3_33x8, OPEN_WRITE_64x8 -> Scenarios::writes;
            case MIX_32x8, MIX3_33x8 -> Scenarios::mix;
            case MULTI10_8x4 -> connection -> Scenarios.multis(connection, 10);
            case MULTI50_8x2 -> connection -> Scenarios.multis(connection, 50);
            case MULTI70_16x2 -> Scenarios::multisAndWatches;
            case CHURN_16x2, CHURN3_15x2 -> Scenarios::locks;
            case CHURN_MILLION_16x2 -> Scenarios::churnInMillion;
            default -> throw new IllegalStateException(this + " has no requests of its own");
        };
    }

    private interface Load {
        Loader.Result on(Loader loader) throws IOException;
    }

    private Figures loop(Subject subject, Load load) throws IOException {
        try (Loader loader = new Loader(subject.ports(), connections, underWay)) {
            Meter meter = Meter.start(subject);
            return meter.stop(unrefused(load.on(loader)));
        }
    }

    /** Half of the time creates, then deletes what was created; one of the two is measured. */
    private Figures createAndDelete(Subject subject, long nanos) throws IOException {
        List<Scenarios.Made> made =
                IntStream.range(0, connections).mapToObj(Scenarios.Made::new).toList();
        try (Loader loader = new Loader(subject.ports(), connections, underWay)) {
            Meter meter = Meter.start(subject);
            Loader.Result created =
                    loader.run(
                            connections,
                            connection -> made.get(connection).creates(),
                            NO_END,
                            nanos / 2);
            Figures ofCreates = meter.stop(unrefused(created));
            meter = Meter.start(subject);
            Loader.Result deleted = loader.run(connections, deletes(made), NO_END, NO_END);
            Figures ofDeletes = meter.stop(unrefused(deleted));
            return this == CREATE_16x4 ? ofCreates : ofDeletes;
        }
    }

    private static Loader.Scenario deletes(List<Scenarios.Made> made) {
        return new Loader.Scenario() {
            @Override
            public Loader.Requests requests(int connection) {
                return made.get(connection).deletes();
            }

            @Override
            public long quota(int connection) {
                return made.get(connection).count();
            }
        };
    }

    private Loader.Result unrefused(Loader.Result result) throws IOException {
        if (result.errors() > 0) {
            throw new IOException(this + ": " + result.errors() + " requests were refused");
        }
        return result;
    }
}

package org.quorate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Takes the leader away from an ensemble under load and looks at it from the clients of the other
 * servers. Owned by one thread.
 */
public final class FailOver {
    private static final int WRITERS_PER_SERVER = 4;
    private static final long WARM_UP_MILLIS = 1_000;

    /** Looked at before the fault, for what the machine does by itself. */
    private static final long CALM_MILLIS = 1_000;

    private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long RECOVERED_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long BEFORE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String PREFIX = "/fail-over-";

    /** How the leader goes. */
    public enum Fault {
        /** As by {@code kill -9}. */
        KILL,
        /** As by SIGTERM: it may put its affairs in order. */
        STOP
    }

    /**
     * What the clients of the survivors saw.
     *
     * @param gapMillis the longest time without an acknowledged write to any of them, from just
     *     before the fault on
     * @param calmGapMillis the same in the second before the fault, when nothing happens: what
     *     disk, scheduler and collector do by themselves
     * @param connectionsLost of theirs
     * @param failed requests answered with an error or never
     */
    public record Outcome(
            double gapMillis, double calmGapMillis, int connectionsLost, int failed) {}

    private final EnsembleProcesses ensemble;

    /** Lays out what is written. */
    public FailOver(EnsembleProcesses ensemble) throws IOException {
        this.ensemble = ensemble;
        try (Loader loader =
                new Loader(List.of(ensemble.servers().getFirst().clientPort()), 1, 1)) {
            for (int i = 0; i < ensemble.servers().size() * WRITERS_PER_SERVER; i++) {
                CreateRequest create = new CreateRequest();
                create.path.set(Slice.of(PREFIX + i));
                create.acl.set(AclList.OPEN);
                create.flags = CreateRequest.FLAG_PERSISTENT;
                JuteOut body = new JuteOut(64);
                create.write(body);
                loader.call(OpCode.CREATE, body.copy());
            }
        }
    }

    /** One fault; afterwards all servers serve again. */
    public Outcome once(Fault fault) throws IOException, InterruptedException {
        ServerProcess leader = ensemble.leader();
        List<SteadyWriter> writers = new ArrayList<>();
        for (ServerProcess server : ensemble.servers()) {
            for (int i = 0; i < WRITERS_PER_SERVER && server != leader; i++) {
                writers.add(new SteadyWriter(server.clientPort(), PREFIX + writers.size()));
            }
        }
        List<Thread> threads =
                writers.stream().map(writer -> Thread.ofPlatform().daemon().start(writer)).toList();
        Thread.sleep(WARM_UP_MILLIS);
        long calmNanos = System.nanoTime();
        Thread.sleep(CALM_MILLIS);
        long faultNanos = System.nanoTime();
        switch (fault) {
            case KILL -> leader.killHard();
            case STOP -> leader.stop();
        }
        awaitWritesOfAll(writers, System.nanoTime() + BEHIND_NANOS);
        writers.forEach(SteadyWriter::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        leader.restart();
        ensemble.awaitServing();
        return new Outcome(
                longestGapMillis(writers, faultNanos - BEFORE_NANOS, Long.MAX_VALUE),
                longestGapMillis(writers, calmNanos, faultNanos - BEFORE_NANOS),
                writers.stream().mapToInt(SteadyWriter::connectionsLost).sum(),
                writers.stream().mapToInt(SteadyWriter::failed).sum());
    }

    /** Until each writer has had a write acknowledged later than this: the gap is behind all. */
    private static void awaitWritesOfAll(List<SteadyWriter> writers, long laterThanNanos)
            throws IOException, InterruptedException {
        while (!writers.stream().allMatch(writer -> writer.lastNanos() - laterThanNanos > 0)) {
            if (System.nanoTime() - laterThanNanos > RECOVERED_NANOS_MAX) {
                throw new IOException("the ensemble does not recover");
            }
            Thread.sleep(10);
        }
    }

    private static double longestGapMillis(
            List<SteadyWriter> writers, long fromNanos, long toNanos) {
        long[] all =
                writers.stream()
                        .flatMapToLong(writer -> Arrays.stream(writer.acknowledgedNanos()))
                        .map(nanos -> nanos - fromNanos)
                        .filter(nanos -> nanos >= 0 && nanos < toNanos - fromNanos)
                        .sorted()
                        .toArray();
        if (all.length == 0) {
            throw new IllegalStateException("no write was acknowledged");
        }
        return LongStream.range(1, all.length)
                        .map(i -> all[(int) i] - all[(int) i - 1])
                        .max()
                        .orElse(0)
                / 1e6;
    }
}

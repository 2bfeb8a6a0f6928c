package org.quorate.node.host;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientEdge;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.admin.Mode;
import org.quorate.node.admin.ServerView;
import org.quorate.node.insight.History;
import org.quorate.zab.Leadership;

/** Takes a point of the {@link History} every ten seconds, on a virtual thread of its own. */
final class HistoryTaker implements AutoCloseable {
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    /** Sums since the start, of which a point shows the growth. */
    private record Sums(
            long nanos,
            LatencyHistogram.Counts reads,
            LatencyHistogram.Counts writes,
            LatencyHistogram.Counts syncs,
            ClientEdge.Volume volume,
            long logBytes,
            long expired) {}

    private final ServerView server;
    private final Parts parts;
    private @Nullable Thread thread;

    HistoryTaker(ServerView server, Parts parts) {
        this.server = server;
        this.parts = parts;
    }

    /** Once. */
    void start() {
        thread = Thread.ofVirtual().name("quorate-history").start(this::run);
    }

    @Override
    public void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        Sums before = sums();
        while (true) {
            try {
                TimeUnit.SECONDS.sleep(History.EVERY_SECONDS);
            } catch (InterruptedException e) {
                return;
            }
            Sums now = sums();
            server.insight().history().add(point(before, now));
            learners();
            before = now;
        }
    }

    /**
     * How much is on its way to each learner, and how long it waits here; heard of a little later.
     */
    private void learners() {
        PeerHost peers = parts.peers();
        if (peers != null) {
            // A core that does not answer is a finding of its own.
            var _ = parts.core().ask(replica -> learners(replica.zab().leadership(), peers));
        }
    }

    private int learners(@Nullable Leadership leads, PeerHost peers) {
        if (leads == null) {
            return 0;
        }
        for (Leadership.Follower learner : leads.learners()) {
            String key = Long.toString(learner.serverId());
            server.metrics().learnerQueues.of(key).add(learner.behind());
            peers.measure(
                    learner.link(),
                    waitedNanos ->
                            server.metrics()
                                    .learnerWaits
                                    .of(key)
                                    .add(TimeUnit.NANOSECONDS.toMillis(waitedNanos)));
        }
        return leads.learners().size();
    }

    private Sums sums() {
        return new Sums(
                System.nanoTime(),
                parts.edge().latencies(false),
                parts.edge().latencies(true),
                parts.news().syncTimes(),
                parts.edge().volume(),
                parts.news().bytes(),
                server.metrics().sessionsExpired.value());
    }

    private History.Point point(Sums before, Sums now) {
        double seconds = (now.nanos - before.nanos) / 1e9;
        ServerView.Counts counts = server.counts();
        return new History.Point(
                System.currentTimeMillis(),
                Mode.of(server),
                counts.lastZxid(),
                load(now.reads.since(before.reads), seconds),
                load(now.writes.since(before.writes), seconds),
                load(now.syncs.since(before.syncs), seconds),
                rate(before.volume.received(), now.volume.received(), seconds),
                rate(
                        before.volume.replied() + before.volume.events(),
                        now.volume.replied() + now.volume.events(),
                        seconds),
                rate(before.logBytes, now.logBytes, seconds),
                parts.edge().connections(),
                counts.globalSessions(),
                Math.max(0, now.expired - before.expired),
                counts.znodes(),
                counts.watches(),
                parts.edge().underWay(),
                parts.journaling().pendingBytes(),
                counts.memoryBytes(),
                MEMORY.getHeapMemoryUsage().getUsed(),
                diskFreeBytes());
    }

    private static History.Load load(LatencyHistogram.Counts counts, double seconds) {
        return counts.count() == 0
                ? History.Load.NONE
                : new History.Load(
                        Math.round(counts.count() / seconds * 10) / 10.0,
                        Math.round(counts.percentile(50) / 1000),
                        Math.round(counts.percentile(99) / 1000));
    }

    private static long rate(long before, long now, double seconds) {
        return Math.round((now - before) / seconds);
    }

    private long diskFreeBytes() {
        try {
            return Files.getFileStore(server.config().directories().log()).getUsableSpace();
        } catch (IOException e) {
            return -1;
        }
    }
}

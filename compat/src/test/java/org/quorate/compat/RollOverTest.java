package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * Zxids that run out under load, again and again: among Quorate servers the same leader goes on in
 * the next epoch, and no client notices. {@code -Drollover.epochs=100} lets it happen more often.
 */
@Tag("mixed")
class RollOverTest {
    private static final int EPOCHS = Integer.getInteger("rollover.epochs", 4);
    private static final int IN_FLIGHT = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void theSameLeaderGoesOnInNewEpochsAndNoClientNotices() throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start("QQQ", List.of("zxid.counter.max=1000"), 0)) {
            ServerProcess leader = ensemble.leader();
            long first = epoch(leader);
            List<Writer> writers = new ArrayList<>();
            for (ServerProcess server : ensemble.servers()) {
                writers.add(new Writer(server, writers.size()));
            }
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (epoch(leader) < first + EPOCHS) {
                assertThat(System.nanoTime()).as("too slow").isLessThan(deadlineNanos);
                for (Writer writer : writers) {
                    writer.write(100);
                }
            }
            for (Writer writer : writers) {
                writer.finish();
            }
            assertThat(ensemble.leader()).isSameAs(leader);
            for (ServerProcess server : ensemble.servers()) {
                assertThat(server.output()).doesNotContain("stops leading", "run out");
            }
            Mixed.assertDigestsAgree(ensemble);
            System.out.printf(
                    "%d epochs, %d writes, longest wait for an answer %d ms%n",
                    epoch(leader) - first,
                    writers.stream().mapToLong(writer -> writer.sent).sum(),
                    writers.stream().mapToLong(writer -> writer.longestNanos.get()).max().orElse(0)
                            / 1_000_000);
        }
    }

    private static long epoch(ServerProcess server) throws Exception {
        String zxid =
                server.ask("srvr")
                        .lines()
                        .filter(line -> line.startsWith("Zxid: 0x"))
                        .findFirst()
                        .orElseThrow()
                        .substring("Zxid: 0x".length());
        return Long.parseLong(zxid.trim(), 16) >>> 32;
    }

    /** Keeps writes to one znode under way; each must succeed, in order, over one connection. */
    private static final class Writer implements Watcher {
        private final AtomicInteger events = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger lastVersion = new AtomicInteger();
        private final AtomicLong longestNanos = new AtomicLong();
        private final Semaphore room = new Semaphore(IN_FLIGHT);
        private final ZooKeeper client;
        private final String path;
        private int sent;

        Writer(ServerProcess server, int number) throws Exception {
            client = new ZooKeeper("127.0.0.1:" + server.clientPort(), Mixed.SESSION_MILLIS, this);
            path = "/n" + number;
            client.create(path, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }

        @Override
        public void process(WatchedEvent event) {
            events.incrementAndGet();
        }

        void write(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                room.acquire();
                int expected = ++sent;
                long beganNanos = System.nanoTime();
                client.setData(
                        path,
                        new byte[100],
                        expected - 1,
                        (code, where, context, stat) -> {
                            if (code == Code.OK.intValue() && stat.getVersion() == expected) {
                                lastVersion.set(expected);
                            } else {
                                failures.incrementAndGet();
                            }
                            longestNanos.accumulateAndGet(
                                    System.nanoTime() - beganNanos, Math::max);
                            room.release();
                        },
                        null);
            }
        }

        void finish() throws InterruptedException {
            room.acquire(IN_FLIGHT);
            assertThat(failures).as("%s: writes that failed", path).hasValue(0);
            assertThat(lastVersion).hasValue(sent);
            assertThat(events).as("%s: connected once, never lost", path).hasValue(1);
            client.close();
        }
    }
}

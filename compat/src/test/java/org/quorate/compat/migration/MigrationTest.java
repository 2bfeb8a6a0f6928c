package org.quorate.compat.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;
import org.quorate.compat.work.Worker;
import org.quorate.compat.work.Workers;

/**
 * A running ensemble of three real ZooKeeper servers becomes Quorate, server by server on the same
 * data directories, and ZooKeeper again, while clients work. {@code -Dmigration.seconds=20} lets
 * them work longer between the steps.
 */
@Tag("mixed")
class MigrationTest {
    private static final long WORK_MILLIS =
            TimeUnit.SECONDS.toMillis(Integer.getInteger("migration.seconds", 1));
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final List<Worker> workers = new ArrayList<>();

    @Test
    void eachServerBecomesQuorateAndZooKeeperAgainAndNoClientLosesAnything() throws Exception {
        List<Kind> kinds = List.of(Kind.ZOOKEEPER, Kind.ZOOKEEPER, Kind.ZOOKEEPER);
        try (EnsembleProcesses ensemble =
                EnsembleProcesses.start(
                        kinds, List.of("maxClientCnxns=0", "maxSessionTimeout=60000"), 0)) {
            try {
                System.out.println("migrates from " + version(ensemble.servers().getFirst()));
                begin(ensemble.connectString());
                checkAll(ensemble, "at the beginning");
                swapAll(ensemble, Kind.QUORATE);
                swapAll(ensemble, Kind.ZOOKEEPER);
                System.out.println(
                        "pieces of work done: "
                                + workers.stream().mapToLong(Worker::done).sum()
                                + ", none lost, no session lost");
            } finally {
                for (Worker worker : workers) {
                    worker.close();
                }
            }
        }
    }

    private static String version(ServerProcess server) throws IOException {
        return server.ask("srvr").lines().findFirst().orElseThrow();
    }

    private void begin(String connect) throws Exception {
        AtomicInteger holders = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            workers.add(new Workers.Counter(connect, gate, "/counter-" + i));
            workers.add(new Workers.Locking(connect, gate, holders));
        }
        workers.add(new Workers.Sequencer(connect, gate));
        workers.add(new Workers.Watching(connect, gate));
        workers.forEach(Worker::start);
        Thread.sleep(WORK_MILLIS);
    }

    /** The leader last, as docs/migration.md says. */
    private void swapAll(EnsembleProcesses ensemble, Kind kind) throws Exception {
        List<ServerProcess> order = new ArrayList<>(ensemble.servers());
        ServerProcess leader = ensemble.leader();
        order.remove(leader);
        order.add(leader);
        for (ServerProcess server : order) {
            server.stop();
            server.relaunch(kind);
            server.awaitServing();
            Thread.sleep(WORK_MILLIS);
            checkAll(ensemble, "server on port %d is %s".formatted(server.clientPort(), kind));
        }
    }

    /** Holds all work up, looks at each worker's, and compares what the servers have. */
    private void checkAll(EnsembleProcesses ensemble, String step) throws Exception {
        gate.writeLock().lock();
        try {
            for (Worker worker : workers) {
                worker.check();
            }
            Map<String, String> first = null;
            for (ServerProcess server : ensemble.servers()) {
                assertThat(server.ask("mntr"))
                        .as("%s: %s", step, server.kind())
                        .containsPattern("zk_digest_mismatches_count\\s+0");
                Map<String, String> tree = tree(server);
                if (first == null) {
                    first = tree;
                }
                assertThat(tree).as("%s: the tree of %s", step, server.kind()).isEqualTo(first);
            }
            System.out.printf("%s: %d znodes, the same on all%n", step, size(first));
        } finally {
            gate.writeLock().unlock();
        }
    }

    private static int size(@Nullable Map<String, String> tree) {
        return tree == null ? 0 : tree.size();
    }

    private static Map<String, String> tree(ServerProcess server) throws Exception {
        try (ZooKeeper client =
                new ZooKeeper("127.0.0.1:" + server.clientPort(), 20_000, event -> {})) {
            await().atMost(LONG).until(() -> client.getState() == ZooKeeper.States.CONNECTED);
            CountDownLatch synced = new CountDownLatch(1);
            client.sync("/", (code, path, context) -> synced.countDown(), null);
            assertThat(synced.await(30, TimeUnit.SECONDS)).isTrue();
            return TreeText.of(client);
        }
    }
}

package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * A session with very many ephemerals ends, in an ensemble with a real follower, where ZooKeeper's
 * leader would make a transaction that nobody can read (ZOOKEEPER-4306). {@code
 * -Dephemerals=1000000} makes the large run.
 */
@Tag("mixed")
class LargeSessionTest {
    private static final int COUNT = Integer.getInteger("ephemerals", 20_000);
    private static final int BATCH = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Test
    void aSessionOfVeryManyEphemeralsEndsAndTheEnsembleGoesOn() throws Exception {
        try (EnsembleProcesses ensemble =
                Mixed.start("ZQQ", List.of(), 0, "-Xmx" + (512 + COUNT / 500) + "m")) {
            Mixed.makeLead(ensemble, ensemble.servers().getLast());
            ServerProcess real = ensemble.servers().getFirst();
            ZooKeeper owner = Mixed.connect(ensemble.leader());
            Mixed.create(owner, "/parent-with-a-name-of-some-length", CreateMode.PERSISTENT);
            for (int from = 0; from < COUNT; from += BATCH) {
                List<Op> batch = new ArrayList<>();
                for (int i = from; i < from + BATCH; i++) {
                    batch.add(
                            Op.create(
                                    "/parent-with-a-name-of-some-length/ephemeral-%08d"
                                            .formatted(i),
                                    new byte[0],
                                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                    CreateMode.EPHEMERAL));
                }
                owner.multi(batch);
            }
            long beganNanos = System.nanoTime();
            owner.close();
            for (ServerProcess server : ensemble.servers()) {
                try (ZooKeeper reader = Mixed.connect(server)) {
                    await().atMost(PATIENCE)
                            .until(() ->
                                    reader.exists("/parent-with-a-name-of-some-length", false)
                                                    .getNumChildren()
                                            == 0);
                    Mixed.create(reader, "/on" + server.clientPort(), CreateMode.PERSISTENT);
                }
            }
            System.out.printf(
                    "%d ephemerals gone after %d ms%n",
                    COUNT, (System.nanoTime() - beganNanos) / 1_000_000);
            real.killHard();
            real.restart();
            try (ZooKeeper reader = Mixed.connect(real)) {
                assertThat(reader.getChildren("/parent-with-a-name-of-some-length", false))
                        .isEmpty();
            }
            Mixed.assertDigestsAgree(ensemble);
        }
    }
}

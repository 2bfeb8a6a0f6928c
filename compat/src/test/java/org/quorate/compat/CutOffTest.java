package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/** A Quorate server that lost its quorum serves those who are content with reading. */
@Tag("mixed")
class CutOffTest {
    @Test
    void aReadOnlyClientReadsFromAServerThatIsLeftAloneAndWritesWhenTheOthersAreBack()
            throws Exception {
        try (EnsembleProcesses ensemble =
                Mixed.start("QZQ", List.of(), 0, "-Dreadonlymode.enabled=true")) {
            ServerProcess alone = ensemble.servers().getFirst();
            try (ZooKeeper client = Mixed.connect(alone)) {
                Mixed.create(client, "/n", CreateMode.PERSISTENT);
            }
            ensemble.servers().get(1).killHard();
            ensemble.servers().get(2).killHard();
            try (ZooKeeper client =
                    new ZooKeeper(
                            "127.0.0.1:" + alone.clientPort(),
                            Mixed.SESSION_MILLIS,
                            event -> {},
                            true)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> client.getState() == ZooKeeper.States.CONNECTEDREADONLY);
                assertThat(client.getChildren("/", false)).contains("n");
                assertThatThrownBy(() -> Mixed.create(client, "/m", CreateMode.PERSISTENT))
                        .isInstanceOf(KeeperException.NotReadOnlyException.class);
                ensemble.servers().get(1).restart();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> client.getState() == ZooKeeper.States.CONNECTED);
                Mixed.create(client, "/m", CreateMode.PERSISTENT);
            }
        }
    }
}

package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.quorate.cluster.testing.Service;
import org.quorate.cluster.testing.TransactionCount;

/** Twenty nodes with a thousand shards over a real server: what is written is counted. */
@Execution(ExecutionMode.CONCURRENT)
class ShardsOnZooKeeperTest {
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final int SHARDS = 1_000;
    private static final int NODES = 20;
    private static final int LOSSES = 3;

    @Test
    void placingAndLosingTakeFewTransactionsAndFewBytes() throws Exception {
        String root = Service.root("shards");
        try (RealCluster cluster =
                new RealCluster(Service.connectString(), root, NODES, SESSION, "t")) {
            cluster.awaitJoined();
            long before = TransactionCount.lastZxid(root);
            cluster.admin().apply(RealCluster.table("t", SHARDS));
            cluster.awaitLed();
            cluster.awaitQuiet();
            TransactionCount.Total placing = TransactionCount.since(root, before);
            assertThat(placing.transactions()).as("%s", placing).isLessThanOrEqualTo(60);
            assertThat(placing.dataBytes()).as("%s", placing).isLessThanOrEqualTo(64 * 1024);

            List<FailOver.Result> losses = new ArrayList<>();
            for (int i = 0; i < LOSSES; i++) {
                losses.add(FailOver.lose(cluster, cluster.nodes.get(i), true));
            }
            // How reports bunch depends on the machine's other work: the median counts.
            losses.sort(Comparator.comparing(loss -> loss.written().transactions()));
            FailOver.Result median = losses.get(LOSSES / 2);
            assertThat(median.leaders()).isPositive();
            assertThat(median.written().transactions() + 1) // The session's end is one as well.
                    .as("%s", losses)
                    .isLessThanOrEqualTo((int) (4 + 1.2 * NODES));
            assertThat(median.written().dataBytes())
                    .as("%s", losses)
                    .isLessThanOrEqualTo(40L * median.replicas());
        }
    }

    @Test
    void aNewcomerIsFilledByFewHandOversAndFewTransactionsAStep() throws Exception {
        int shards = 100;
        Joining joining = Joining.of(shards, NODES);
        double share = shards / (NODES + 1.0);
        assertThat(joining.replicas()).as("%s", joining).isGreaterThanOrEqualTo((int) (3 * share));
        assertThat(joining.leaders()).as("%s", joining).isGreaterThanOrEqualTo((int) (0.9 * share));
        assertThat(joining.handOvers())
                .as("%s", joining)
                .isLessThanOrEqualTo((int) Math.ceil(1.1 * share));
        assertThat(joining.transactions())
                .as("%s", joining)
                .isLessThanOrEqualTo((int) (3 * joining.steps()));
    }
}

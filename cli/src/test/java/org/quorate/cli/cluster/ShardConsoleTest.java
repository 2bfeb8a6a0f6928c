package org.quorate.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.ShardHost;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;
import org.quorate.node.Quorate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the console learns of a small cluster on a Quorate server. */
class ShardConsoleTest {
    private static final String ROOT = "/dbs/orders";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final Quorate server = start();
    private final Coordinator coordinator =
            Coordinator.connect(server.connectString(), Duration.ofSeconds(10));
    private final ShardPlanner planner = Shards.planner(coordinator, ROOT, "p");
    private final List<ShardNode> nodes = new ArrayList<>();
    private final ShardConsole console = new ShardConsole();

    private static Quorate start() {
        try {
            return Quorate.builder().start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A database that does nothing. */
    private static final class Idle implements ShardHost {
        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {}

        @Override
        public void close(ShardId shard, boolean deleteData) {}
    }

    @BeforeEach
    void join() throws Exception {
        for (int i = 0; i < 4; i++) {
            nodes.add(
                    Shards.node(coordinator, ROOT, "n" + i)
                            .profile(Profile.at("127.0.0.1:700" + i).zone("z" + i % 2))
                            .host(new Idle())
                            .start());
            assertThat(nodes.getLast().awaitJoined(SOON)).isTrue();
        }
        Shards.admin(coordinator, ROOT).apply(Table.named("t").shards(8).replicas(2));
        assertThat(Shards.admin(coordinator, ROOT).awaitQuiet(planner, SOON)).isTrue();
        console.connectsTo(server.connectString());
    }

    @AfterEach
    void stop() {
        console.close();
        nodes.forEach(ShardNode::close);
        planner.close();
        coordinator.close();
        server.close();
    }

    /** The answer as maps and lists print themselves. */
    private String ask(String question, String... pairs) throws IOException {
        return String.valueOf(console.ask(question, query(pairs)));
    }

    private static Map<String, String> query(String... pairs) {
        Map<String, String> query = new HashMap<>(Map.of("root", ROOT));
        for (int i = 0; i < pairs.length; i += 2) {
            query.put(pairs[i], pairs[i + 1]);
        }
        return query;
    }

    @Test
    void aClusterIsFoundAndShownWithItsNodesAndTables() throws Exception {
        assertThat(ask("shards/clusters")).isEqualTo("{roots=[" + ROOT + "]}");
        assertThat(ask("shards/cluster"))
                .contains("planner=p")
                .contains("{name=n2, zone=z0, rack=, address=127.0.0.1:7002, incarnation=0x")
                .contains("state=there, replicas=4, leaders=2, copying=0, leaving=0")
                .contains("tables=[{name=t, shards=8, ever=8, version=")
                .contains("replicas=2, leaderless=0, underReplicated=0}");
        assertThat(ask("shards/table", "table", "t"))
                .contains("index=0, epoch=1, live=true, replicas=[[n", "leader", "follower");
    }

    @Test
    void aShardTellsWhyItIsThereAndANodeWhatWouldMoveWithoutIt() throws Exception {
        assertThat(ask("shards/why", "table", "t", "shard", "3"))
                .contains("leads, epoch 1", "led by", "why=placed for the first time");
        assertThat(ask("shards/plan", "node", "n1"))
                .contains("{node=n1, replicas=4, leaders=", "is being drained");
    }

    @Test
    void whoMayChangeDrainsANodeAndLetsItHaveShardsAgain() throws Exception {
        JsonNode wanted = JSON.readTree("{\"root\":\"" + ROOT + "\",\"node\":\"n3\"}");
        assertThat(console.change("shards/drain", wanted)).hasToString("{draining=true}");
        await().atMost(SOON).until(() -> isThere(3, "draining, replicas=0"));
        JsonNode undo = JSON.readTree("{\"root\":\"" + ROOT + "\",\"node\":\"n3\",\"undo\":true}");
        assertThat(console.change("shards/drain", undo)).hasToString("{draining=false}");
        await().atMost(SOON).until(() -> isThere(3, "there"));
    }

    private boolean isThere(int node, String state) throws IOException {
        return ask("shards/cluster")
                .matches(".*\\{name=n" + node + ", [^}]*state=" + state + "[,}].*");
    }

    @Test
    void nonsenseIsRefusedInASentence() throws Exception {
        assertThat(console.ask("sharks/clusters", Map.of())).isNull();
        assertThat(console.change("shards/explode", JSON.readTree("{}"))).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.ask("shards/cluster", Map.of()))
                .withMessageContaining("root is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.ask("shards/table", query("table", "none")))
                .withMessageContaining("no map");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.ask("shards/why", query("table", "t", "shard", "third")))
                .withMessageContaining("no number");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.ask("shards/plan", query("node", "n9")))
                .withMessageContaining("no member n9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.ask("shards/cluster", Map.of("root", "no path")));
        try (ShardConsole alone = new ShardConsole()) {
            assertThatThrownBy(() -> alone.ask("shards/clusters", Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no plain client port");
        }
    }
}

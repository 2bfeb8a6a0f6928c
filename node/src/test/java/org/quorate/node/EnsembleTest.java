package org.quorate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.host.Server;

/** Three servers with sockets and files, and the stock client. */
class EnsembleTest {
    @TempDir Path dir;

    /** Connects, and remembers how the connection fared. */
    private static final class Client implements AutoCloseable {
        final BlockingQueue<Watcher.Event.KeeperState> states = new LinkedBlockingQueue<>();
        final ZooKeeper zk;

        Client(String connectString) throws Exception {
            zk = new ZooKeeper(connectString, 4_000, event -> states.add(event.getState()));
            assertThat(states.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(Watcher.Event.KeeperState.SyncConnected);
        }

        Client(Server server) throws Exception {
            this("127.0.0.1:" + server.clientPort());
        }

        String get(String path) throws Exception {
            return new String(zk.getData(path, false, null), UTF_8);
        }

        void create(String path, String data) throws Exception {
            zk.create(path, data.getBytes(UTF_8), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }

        void sync() throws Exception {
            LinkedBlockingQueue<Integer> done = new LinkedBlockingQueue<>();
            zk.sync("/", (rc, path, ctx) -> done.add(rc), null);
            assertThat(done.poll(10, TimeUnit.SECONDS)).isZero();
        }

        @Override
        public void close() throws Exception {
            zk.close();
        }
    }

    @Test
    void whatOneServerTookTheOthersHave() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3)) {
            ensemble.startAll();
            for (int id = 1; id <= 3; id++) {
                try (Client client = new Client(ensemble.server(id))) {
                    client.create("/from-" + id, "by " + id);
                }
            }
            for (int id = 1; id <= 3; id++) {
                try (Client client = new Client(ensemble.server(id))) {
                    client.sync();
                    for (int by = 1; by <= 3; by++) {
                        assertThat(client.get("/from-" + by)).isEqualTo("by " + by);
                    }
                }
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aServerThatWasAwayCatchesUp() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3)) {
            ensemble.startAll();
            int away = ensemble.follower();
            ensemble.stop(away);
            try (Client client = new Client(ensemble.connectString())) {
                for (int i = 0; i < 200; i++) {
                    client.create("/n" + i, "" + i);
                }
            }
            Server back = ensemble.start(away);
            ensemble.awaitServing();
            try (Client client = new Client(back)) {
                assertThat(client.get("/n199")).isEqualTo("199");
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void clientsOfTheOthersStayConnectedWhenTheLeaderStops() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3)) {
            ensemble.startAll();
            int leader = ensemble.leader();
            try (Client client = new Client(ensemble.server(ensemble.follower()))) {
                client.create("/before", "x");
                ensemble.stop(leader);
                client.create("/after", "y");
                assertThat(client.get("/before")).isEqualTo("x");
                assertThat(client.states).isEmpty();
            }
            assertThat(ensemble.leader()).isNotEqualTo(leader);
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void leadershipIsHandedOverOnRequestAndNobodyIsDisconnected() throws Exception {
        try (Ensemble ensemble =
                new Ensemble(dir, 3, "admin.enableServer=true", "admin.serverPort=0")) {
            ensemble.startAll();
            int leader = ensemble.leader();
            try (Client there = new Client(ensemble.server(ensemble.follower()));
                    Client here = new Client(ensemble.server(leader))) {
                there.create("/before", "x");
                assertThat(handOver(ensemble.server(ensemble.follower())))
                        .contains("this server does not lead: server " + leader + " does");
                assertThat(handOver(ensemble.server(leader)))
                        .contains("\"error\" : null")
                        .doesNotContain("\"leader_id\" : " + leader);
                there.create("/after", "y");
                here.create("/here", "z");
                assertThat(there.states).isEmpty();
                assertThat(here.states).isEmpty();
            }
            ensemble.awaitServing();
            assertThat(ensemble.leader()).isNotEqualTo(leader);
            for (int id = 1; id <= 3; id++) {
                assertThat(leaderHistory(ensemble.server(id)))
                        .as("server %d knows why", id)
                        .contains("hands epoch 1 over to server " + ensemble.leader());
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }

    private static String leaderHistory(Server server) throws Exception {
        URI url =
                URI.create(
                        "http://127.0.0.1:%d/commands/leader_history"
                                .formatted(server.admin().adminPort()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static String handOver(Server server) throws Exception {
        URI url =
                URI.create(
                        "http://127.0.0.1:%d/commands/hand_over"
                                .formatted(server.admin().adminPort()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(url)
                                    .header("Authorization", "digest operator:pw")
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void theWholeEnsembleComesBackWithItsDataAndSessions() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3)) {
            ensemble.startAll();
            Client client = new Client(ensemble.connectString());
            client.create("/kept", "x");
            client.zk.create("/mine", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            for (int id = 1; id <= 3; id++) {
                ensemble.stop(id);
            }
            ensemble.startAll();
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> client.get("/kept").equals("x"));
            assertThat(client.zk.exists("/mine", false).getEphemeralOwner())
                    .isEqualTo(client.zk.getSessionId());
            client.close();
            try (Client other = new Client(ensemble.connectString())) {
                other.sync();
                assertThat(other.zk.exists("/mine", false)).isNull();
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }
}

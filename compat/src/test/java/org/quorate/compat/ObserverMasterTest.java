package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * The last server of each name is an observer that a follower serves ({@code observerMasterPort}):
 * a real observer behind Quorate followers, and a Quorate observer behind real ones.
 */
@Tag("mixed")
class ObserverMasterTest {
    @ParameterizedTest
    @ValueSource(strings = {"QQQZ", "ZZZQ"})
    void anObserverBehindAFollowerDoesAllThatAnObserverDoes(String servers) throws Exception {
        List<String> config =
                List.of(
                        "observerMasterPort=" + ServerProcess.freePort(),
                        "maxSessionTimeout=20000");
        try (EnsembleProcesses ensemble = Mixed.startApart(servers, config, 1)) {
            ServerProcess observer = ensemble.servers().getLast();
            Mixed.awaitWord(observer, "srvr", "Mode: observer");
            await().atMost(Duration.ofSeconds(30)).until(() -> served(ensemble) == 1);
            if (observer.kind() == ServerProcess.Kind.QUORATE) {
                assertThat(Mixed.metric(observer, "observer_master_id")).isPositive();
            }
            assertThat(ensemble.leader().ask("mntr")).containsPattern("zk_synced_observers\\s+0");

            writesReadsAndEvents(ensemble.servers().getFirst(), observer);
            sessionsLiveAndMove(ensemble.servers().getFirst(), observer);

            Mixed.assertDigestsAgree(ensemble);
            ServerProcess leader = ensemble.leader();
            Mixed.kill(leader);
            for (ServerProcess server : ensemble.servers()) {
                if (server != leader) {
                    server.awaitServing();
                }
            }
            try (ZooKeeper client = Mixed.connect(observer)) {
                Mixed.create(client, "/later", CreateMode.PERSISTENT);
                Mixed.sync(client);
                assertThat(client.getChildren("/", false)).contains("later", "written");
            }
        }
    }

    private static void writesReadsAndEvents(ServerProcess voter, ServerProcess observer)
            throws Exception {
        AtomicInteger events = new AtomicInteger();
        try (ZooKeeper here = Mixed.connect(observer);
                ZooKeeper there = Mixed.connect(voter)) {
            Mixed.create(here, "/written", CreateMode.PERSISTENT);
            here.getData("/written", event -> events.incrementAndGet(), null);
            for (int i = 0; i < 100; i++) {
                there.setData("/written", ("" + i).getBytes(), i);
                Mixed.sync(here);
                assertThat(new String(here.getData("/written", false, null))).isEqualTo("" + i);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> events.get() > 0);
            assertThat(events).hasValue(1);
        }
    }

    /** A session that only pings lives; one that is closed takes its ephemerals along. */
    private static void sessionsLiveAndMove(ServerProcess voter, ServerProcess observer)
            throws Exception {
        Mixed.Client here = Mixed.connect(observer);
        Mixed.create(here, "/mine", CreateMode.EPHEMERAL);
        try (ZooKeeper there = Mixed.connect(voter)) {
            await().during(Duration.ofMillis(Mixed.SESSION_MILLIS + 2_000))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> there.exists("/mine", false) != null);
            try (ZooKeeper moved = Mixed.move(here, voter)) {
                Mixed.sync(moved);
                assertThat(moved.exists("/mine", false)).isNotNull();
                assertThat(moved.getSessionId()).isEqualTo(here.getSessionId());
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> there.exists("/mine", false) == null);
        }
    }

    private static int served(EnsembleProcesses ensemble) throws Exception {
        int count = 0;
        for (ServerProcess server : ensemble.servers().subList(0, 3)) {
            if (server != ensemble.leader()
                    && server.ask("mntr").matches("(?s).*zk_synced_observers\\s+1\\b.*")) {
                count++;
            }
        }
        return count;
    }
}

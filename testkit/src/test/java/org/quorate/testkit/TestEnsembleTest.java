package org.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Transaction;

@Timeout(60)
class TestEnsembleTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int SESSION_MILLIS = 2_000;
    private static final byte[] DATA = {1};

    @RegisterExtension static QuorateExtension quorate = new QuorateExtension();

    /** A client and what it was told. */
    private record Client(ZooKeeper zooKeeper, LinkedBlockingQueue<WatchedEvent> events)
            implements AutoCloseable {
        static Client connect(String connectString) throws Exception {
            LinkedBlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
            CountDownLatch connected = new CountDownLatch(1);
            Watcher watcher =
                    event -> {
                        events.add(event);
                        if (event.getState() == KeeperState.SyncConnected) {
                            connected.countDown();
                        }
                    };
            Client client =
                    new Client(new ZooKeeper(connectString, SESSION_MILLIS, watcher), events);
            assertThat(connected.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return client;
        }

        void create(String path, CreateMode mode) throws Exception {
            zooKeeper.create(path, DATA, Ids.OPEN_ACL_UNSAFE, mode);
        }

        /** Does a read as soon as the client is connected again. */
        boolean eventuallyExists(String path) throws Exception {
            while (true) {
                try {
                    return zooKeeper.exists(path, false) != null;
                } catch (KeeperException.ConnectionLossException e) {
                    Thread.sleep(10); // the client connects by itself
                }
            }
        }

        void awaitState(KeeperState state) throws Exception {
            WatchedEvent event;
            do {
                event = events.poll(SOON.toSeconds(), TimeUnit.SECONDS);
                assertThat(event).as("an event with %s", state).isNotNull();
            } while (event.getState() != state);
        }

        @Override
        public void close() throws Exception {
            zooKeeper.close();
        }
    }

    @Test
    void aLostAnswerLeavesTheWriteDone(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            ensemble.clients(client.zooKeeper.getSessionId()).loseNextAnswer();

            assertThatThrownBy(() -> client.create("/answer", CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.ConnectionLossException.class);

            assertThat(client.eventuallyExists("/answer")).isTrue();
        }
    }

    @Test
    void aLostRequestLeavesTheWriteUndone(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            client.eventuallyExists("/"); // reads are not counted
            ensemble.clients().loseNextRequest();

            assertThatThrownBy(() -> client.create("/request", CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.ConnectionLossException.class);

            assertThat(client.eventuallyExists("/request")).isFalse();
            assertThat(ensemble.clients().awaitLost(1, SOON)).isTrue();
        }
    }

    @Test
    void theToolkitLooksALostAnswerUp(TestEnsemble ensemble) throws Exception {
        try (Coordinator coordinator = Coordinator.connect(ensemble.connectString())) {
            coordinator.znodes().ensure("/toolkit");
            ensemble.clients().loseNextAnswer();

            Transaction change =
                    new Transaction().create("/toolkit/once", Bytes.utf8("x")).withReceipt();
            assertThat(coordinator.znodes().commit(change)).isInstanceOf(Outcome.Done.class);
            assertThat(ensemble.clients().lost()).isPositive();
        }
    }

    @Test
    void anExpiredSessionLosesItsEphemeralsAndHearsOfIt(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString());
                Client other = Client.connect(ensemble.connectString())) {
            client.create("/ephemeral", CreateMode.EPHEMERAL);

            ensemble.expire(client.zooKeeper.getSessionId());

            client.awaitState(KeeperState.Expired);
            other.zooKeeper.sync("/", (code, path, context) -> {}, null);
            assertThat(other.eventuallyExists("/ephemeral")).isFalse();
        }
    }

    @Test
    void aHeldEventComesLaterButBeforeWhatIsBehindIt(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString());
                Client other = Client.connect(ensemble.connectString())) {
            client.create("/watched", CreateMode.PERSISTENT);
            client.zooKeeper.exists("/watched", true);
            client.events.clear();
            Clients late = ensemble.clients(client.zooKeeper.getSessionId());
            late.holdFromNextEvent();

            other.zooKeeper.setData("/watched", DATA, 0);

            assertThat(late.awaitHeldEvent(SOON)).isTrue();
            assertThat(client.events).isEmpty();
            CountDownLatch answered = new CountDownLatch(1);
            client.zooKeeper.getData(
                    "/watched",
                    false,
                    (code, path, context, data, stat) -> answered.countDown(),
                    null);
            assertThat(answered.getCount()).isEqualTo(1);
            late.heal();
            assertThat(answered.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(client.events.poll().getPath()).isEqualTo("/watched");
        }
    }

    @Test
    void aDelayedClientIsThatMuchSlower(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            ensemble.clients().delay(Duration.ofMillis(100));

            long beginNanos = System.nanoTime();
            client.eventuallyExists("/");

            assertThat(Duration.ofNanos(System.nanoTime() - beginNanos))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void refusedClientsComeBackWhenAllIsWell(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            ensemble.clients().refuse();
            client.awaitState(KeeperState.Disconnected);

            ensemble.clients().heal();

            client.awaitState(KeeperState.SyncConnected);
        }
    }

    @Test
    void aStoppedLeaderIsReplacedAndSessionsLiveOn(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            client.create("/mine", CreateMode.EPHEMERAL);
            TestServer old = ensemble.leader();

            old.stop();

            assertThat(ensemble.leader()).isNotSameAs(old);
            assertThat(client.eventuallyExists("/mine")).isTrue();
            old.start();
            ensemble.awaitServing();
            assertThat(old.isLeader()).isFalse();
        }
    }

    @Test
    void anIsolatedLeaderIsReplacedAndFollowsWhenAllIsWell(TestEnsemble ensemble) throws Exception {
        TestServer old = ensemble.leader();

        ensemble.isolate(old.id());

        while (ensemble.leader() == old) {
            Thread.sleep(5); // until the others have noticed
        }
        ensemble.heal();
        while (!old.isServing() || old.isLeader()) {
            Thread.sleep(5);
        }
        assertThat(ensemble.servers()).filteredOn(TestServer::isLeader).hasSize(1);
    }

    @Test
    void aLeaderThatIsNotHeardIsReplaced(TestEnsemble ensemble) throws Exception {
        TestServer old = ensemble.leader();
        for (TestServer server : ensemble.servers()) {
            if (server != old) {
                ensemble.cutOneWay(old.id(), server.id());
            }
        }
        while (ensemble.leader() == old) {
            Thread.sleep(5);
        }
        assertThat(ensemble.leader()).isNotSameAs(old);
    }

    @Test
    void aMovedWallClockGivesZnodesItsTimes(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            ensemble.clock().moveWallClock(Duration.ofDays(1));
            try {
                client.create("/tomorrow", CreateMode.PERSISTENT);
                Stat stat = client.zooKeeper.exists("/tomorrow", false);
                assertThat(stat.getCtime())
                        .isGreaterThan(System.currentTimeMillis() + TimeUnit.HOURS.toMillis(23));
            } finally {
                ensemble.clock().moveWallClock(Duration.ofDays(-1));
            }
        }
    }

    @Test
    void aSessionExpiresWhenTimeHurriesPastItsClient(TestEnsemble ensemble) throws Exception {
        try (Client client = Client.connect(ensemble.connectString())) {
            ensemble.clients(client.zooKeeper.getSessionId()).refuse();

            ensemble.clock().hurry(Duration.ofMillis(4 * SESSION_MILLIS), 5);
            ensemble.clients(client.zooKeeper.getSessionId()).heal();

            client.awaitState(KeeperState.Expired);
        }
    }

    @Test
    void theSameSeedDoesTheSameHarm() throws Exception {
        assertThat(harm(7)).isEqualTo(harm(7)).isNotEqualTo(harm(8));
    }

    private static List<String> harm(long seed) throws Exception {
        List<String> done = new ArrayList<>();
        try (TestEnsemble ensemble = TestEnsemble.builder().servers(1).seed(seed).start()) {
            for (int i = 0; i < 20; i++) {
                done.add(ensemble.disturb());
            }
        }
        return done;
    }

    @Test
    void aCampaignOfHarmLosesNoAcknowledgedWrite(TestEnsemble ensemble) throws Exception {
        List<String> acknowledged = new ArrayList<>();
        try (Client client = Client.connect(ensemble.connectString())) {
            for (int i = 0; i < 15; i++) {
                ensemble.disturb();
                try {
                    client.create("/campaign-" + i, CreateMode.PERSISTENT);
                    acknowledged.add("/campaign-" + i);
                } catch (KeeperException.ConnectionLossException e) {
                    // Nobody knows.
                } catch (KeeperException.SessionExpiredException e) {
                    break;
                }
            }
        }
        ensemble.heal();
        for (TestServer server : ensemble.servers()) {
            if (!server.isRunning()) {
                server.start();
            }
        }
        ensemble.awaitServing();
        assertThat(acknowledged).isNotEmpty();
        try (Client client = Client.connect(ensemble.connectString())) {
            for (String path : acknowledged) {
                assertThat(client.eventuallyExists(path)).as(path).isTrue();
            }
        }
    }

    @Test
    void aWarmEnsembleStartsInUnderASecond() throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long beginNanos = System.nanoTime();
            try (TestEnsemble ensemble = TestEnsemble.builder().start()) {
                best = Math.min(best, System.nanoTime() - beginNanos);
                assertThat(ensemble.servers()).allMatch(TestServer::isServing);
            }
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aLoneServerIsAnEnsembleToo() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.builder().servers(1).tickTime(50).start();
                Client client = Client.connect(ensemble.connectString())) {
            client.create("/alone", CreateMode.PERSISTENT);
            assertThat(client.eventuallyExists("/alone")).isTrue();
            assertThat(ensemble.leader().id()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeIsRefused(TestEnsemble ensemble) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestEnsemble.builder().servers(8))
                .withMessage("servers is 8, but must be 1 to 7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ensemble.server(4))
                .withMessage("there is no server 4, but 1 to 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ensemble.expire(12))
                .withMessage("no session 0xc was seen");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ensemble.clock().hurry(SOON, 1))
                .withMessage("times is 1, but must be 2 to 1000");
    }
}

package org.quorate.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.bench.ServerProcess;

/**
 * Curator's recipes, each by two clients of a server in another process, which is killed in the
 * middle of what is said to outlive it. Curator's own tests are run by {@code
 * compat/curator-tests}; these few are quick enough for every build.
 */
class CuratorSessionTest {
    private static final int SESSION_MILLIS = 30_000;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static ServerProcess server;

    private CuratorFramework one;
    private CuratorFramework other;

    @BeforeAll
    static void start() throws Exception {
        server =
                ServerProcess.start(
                        ServerProcess.Kind.QUORATE,
                        List.of("tickTime=1000", "maxSessionTimeout=60000"),
                        List.of(
                                "-Dzookeeper.extendedTypesEnabled=true",
                                "-Dznode.container.checkIntervalMs=200"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        one = client();
        other = client();
    }

    @AfterEach
    void disconnect() {
        one.close();
        other.close();
    }

    private static CuratorFramework client() {
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(
                        "127.0.0.1:" + server.clientPort(),
                        SESSION_MILLIS,
                        10_000,
                        new RetryForever(50));
        client.start();
        return client;
    }

    private static void killAndRestart() throws Exception {
        server.killHard();
        server.restart();
    }

    @Test
    void aLockHasOneHolderAlsoAcrossARestart() throws Exception {
        InterProcessMutex mine = new InterProcessMutex(one, "/lock");
        InterProcessMutex theirs = new InterProcessMutex(other, "/lock");
        mine.acquire();
        assertThat(theirs.acquire(100, TimeUnit.MILLISECONDS)).isFalse();
        killAndRestart();
        assertThat(theirs.acquire(500, TimeUnit.MILLISECONDS)).isFalse();
        mine.release();
        assertThat(theirs.acquire(30, TimeUnit.SECONDS)).isTrue();
        theirs.release();
    }

    @Test
    void readersShareAWriterDoesNotAndLeasesAreCounted() throws Exception {
        InterProcessReadWriteLock mine = new InterProcessReadWriteLock(one, "/rw");
        InterProcessReadWriteLock theirs = new InterProcessReadWriteLock(other, "/rw");
        mine.readLock().acquire();
        assertThat(theirs.readLock().acquire(10, TimeUnit.SECONDS)).isTrue();
        theirs.readLock().release();
        assertThat(theirs.writeLock().acquire(100, TimeUnit.MILLISECONDS)).isFalse();
        mine.readLock().release();
        assertThat(theirs.writeLock().acquire(10, TimeUnit.SECONDS)).isTrue();
        theirs.writeLock().release();

        InterProcessSemaphoreV2 two = new InterProcessSemaphoreV2(one, "/leases", 2);
        assertThat(two.acquire(2, 10, TimeUnit.SECONDS)).hasSize(2);
        InterProcessSemaphoreV2 same = new InterProcessSemaphoreV2(other, "/leases", 2);
        assertThat(same.acquire(100, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void theNextLeaderIsElectedWhenTheFirstGoes() throws Exception {
        LeaderLatch first = new LeaderLatch(one, "/leader", "first");
        first.start();
        first.await();
        try (LeaderLatch second = new LeaderLatch(other, "/leader", "second")) {
            second.start();
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(second.getParticipants()).hasSize(2));
            assertThat(second.getLeader().getId()).isEqualTo("first");
            first.close();
            assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void countersQueuesAndBarriersAreShared() throws Exception {
        DistributedAtomicLong mine = new DistributedAtomicLong(one, "/sum", new RetryForever(10));
        DistributedAtomicLong theirs =
                new DistributedAtomicLong(other, "/sum", new RetryForever(10));
        assertThat(mine.add(5L).succeeded()).isTrue();
        assertThat(theirs.subtract(2L).postValue()).isEqualTo(3);

        try (SharedCount count = new SharedCount(one, "/count", 7);
                SharedCount seen = new SharedCount(other, "/count", 7)) {
            count.start();
            seen.start();
            count.setCount(8);
            await().atMost(LONG).until(() -> seen.getCount() == 8);
        }

        SimpleDistributedQueue in = new SimpleDistributedQueue(one, "/queue");
        SimpleDistributedQueue out = new SimpleDistributedQueue(other, "/queue");
        in.offer("a".getBytes(UTF_8));
        in.offer("b".getBytes(UTF_8));
        assertThat(out.take()).asString(UTF_8).isEqualTo("a");
        assertThat(out.poll(10, TimeUnit.SECONDS)).asString(UTF_8).isEqualTo("b");

        DistributedBarrier barrier = new DistributedBarrier(one, "/barrier");
        barrier.setBarrier();
        DistributedBarrier waiting = new DistributedBarrier(other, "/barrier");
        assertThat(waiting.waitOnBarrier(100, TimeUnit.MILLISECONDS)).isFalse();
        barrier.removeBarrier();
        assertThat(waiting.waitOnBarrier(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void membersAndPersistentNodesAreThereForAsLongAsTheirSession() throws Exception {
        try (GroupMember seeing = new GroupMember(one, "/group", "one")) {
            seeing.start();
            GroupMember leaving = new GroupMember(other, "/group", "other");
            leaving.start();
            PersistentNode node =
                    new PersistentNode(
                            other, CreateMode.EPHEMERAL, false, "/alive", new byte[] {1});
            node.start();
            assertThat(node.waitForInitialCreate(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(seeing.getCurrentMembers())
                                    .containsOnlyKeys("one", "other"));
            one.delete().forPath("/alive");
            await().atMost(LONG).until(() -> one.checkExists().forPath("/alive") != null);
            // Only the session ends: neither recipe is closed.
            other.close();
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(seeing.getCurrentMembers()).containsOnlyKeys("one"));
            await().atMost(LONG).until(() -> one.checkExists().forPath("/alive") == null);
        }
    }

    @Test
    void cachesAndPersistentWatchesGoOnAcrossARestart() throws Exception {
        one.create().creatingParentsIfNeeded().forPath("/cached/a", new byte[] {1});
        BlockingQueue<String> paths = new LinkedBlockingQueue<>();
        other.watchers()
                .add()
                .withMode(AddWatchMode.PERSISTENT_RECURSIVE)
                .usingWatcher(
                        (org.apache.zookeeper.Watcher)
                                event -> {
                                    if (event.getPath() != null) {
                                        paths.add(event.getType() + " " + event.getPath());
                                    }
                                })
                .forPath("/cached");
        try (CuratorCache cache = CuratorCache.build(other, "/cached")) {
            cache.start();
            await().atMost(LONG).until(() -> cache.get("/cached/a").isPresent());
            killAndRestart();
            // Persistent watches do not tell of what happened before they were set again,
            // which a client does first.
            assertThat(other.checkExists().forPath("/cached")).isNotNull();
            one.create().forPath("/cached/b", new byte[] {2});
            one.setData().forPath("/cached/a", new byte[] {3});
            await().atMost(LONG).until(() -> cache.get("/cached/b").isPresent());
            await().atMost(LONG)
                    .until(() -> cache.get("/cached/a").orElseThrow().getData()[0] == 3);
        }
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(paths)
                                .contains("NodeCreated /cached/b", "NodeDataChanged /cached/a"));
    }

    @Test
    void aTransactionIsDoneWholeOrNotAtAll() throws Exception {
        one.transaction()
                .forOperations(
                        one.transactionOp().create().forPath("/t", new byte[] {1}),
                        one.transactionOp().setData().forPath("/t", new byte[] {2}));
        assertThat(other.getData().forPath("/t")).containsExactly(2);
        assertThatThrownBy(() ->
                        one.transaction()
                                .forOperations(
                                        one.transactionOp().delete().forPath("/t"),
                                        one.transactionOp().check().forPath("/missing")))
                .isInstanceOf(KeeperException.NoNodeException.class);
        assertThat(other.checkExists().forPath("/t")).isNotNull();
    }

    @Test
    void nodesWithATimeToLiveAndEmptyContainersGo() throws Exception {
        one.create().withTtl(100).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath("/brief");
        one.create().creatingParentContainersIfNeeded().forPath("/container/child");
        assertThat(other.checkExists().forPath("/container")).isNotNull();
        one.delete().forPath("/container/child");
        await().atMost(LONG).until(() -> other.checkExists().forPath("/brief") == null);
        await().atMost(LONG).until(() -> other.checkExists().forPath("/container") == null);
    }
}

package org.quorate.cluster.testing;

import java.io.File;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** One real ZooKeeper server for all tests of this JVM; each test takes a root of its own. */
public final class Service {
    private static final AtomicInteger ROOTS = new AtomicInteger();

    private Service() {}

    private static final class Holder {
        static final TestingServer SERVER = start();

        private static TestingServer start() {
            try {
                File data = Files.createTempDirectory("quorate-cluster-test").toFile();
                TestingServer server =
                        new TestingServer(
                                new InstanceSpec(
                                        data,
                                        InstanceSpec.getRandomPort(),
                                        InstanceSpec.getRandomPort(),
                                        InstanceSpec.getRandomPort(),
                                        true,
                                        1,
                                        100,
                                        3_000,
                                        Map.of("maxSessionTimeout", "60000")),
                                true);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                return server;
            } catch (Exception failed) {
                throw new IllegalStateException("no ZooKeeper server to test against", failed);
            }
        }

        private static void close(TestingServer server) {
            try {
                server.close();
            } catch (Exception ignored) {
                // The JVM ends anyway.
            }
        }
    }

    /** Where the server keeps its logs. */
    public static File dataDirectory() {
        return Holder.SERVER.getTempDirectory();
    }

    /** Where the server listens. */
    public static int port() {
        return Holder.SERVER.getPort();
    }

    /** How to reach the server directly. */
    public static String connectString() {
        return "127.0.0.1:" + port();
    }

    /** A path that no other test uses. */
    public static String root(String name) {
        return "/" + name + "-" + ROOTS.incrementAndGet();
    }

    /** A started client of {@code connectString}; close it. */
    public static CuratorFramework client(String connectString, Duration sessionTimeout) {
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(
                        connectString,
                        (int) sessionTimeout.toMillis(),
                        5_000,
                        new ExponentialBackoffRetry(20, 5));
        client.start();
        return client;
    }

    /** Ends the session of {@code client} at the service, as an expiry would. */
    public static void expire(CuratorFramework client) throws Exception {
        ZooKeeper victim = client.getZookeeperClient().getZooKeeper();
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper twin =
                new ZooKeeper(
                        connectString(),
                        victim.getSessionTimeout(),
                        event -> {
                            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                                connected.countDown();
                            }
                        },
                        victim.getSessionId(),
                        victim.getSessionPasswd());
        if (!connected.await(5, TimeUnit.SECONDS)) {
            throw new IllegalStateException("cannot take over the session");
        }
        twin.close();
    }
}

package org.quorate.cluster.shard;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.testing.Service;

/**
 * Prints what routers cost: how long a decision takes to reach a thousand of them, in a few
 * sessions that they share and in a thousand of their own, and what a look-up takes. Not run by the
 * build. See {@code PlannerBars} for the command. The service is a ZooKeeper of this process, or
 * what {@code -Dquorate.connect=HOST:PORT} names.
 */
class RouterBars {
    private static final int ROUTERS = Integer.getInteger("quorate.routers", 1_000);
    private static final String CONNECT = System.getProperty("quorate.connect");
    private static final int SHARED_SESSIONS = 50;
    private static final int LOSSES = 5;
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final int LOOK_UPS = 20_000_000;

    @Test
    void printTheTable() throws Exception {
        System.out.println("| what | bar | measured |");
        System.out.println("| --- | --- | --- |");
        measure(SHARED_SESSIONS, true);
        measure(ROUTERS, false);
    }

    private static void measure(int sessionCount, boolean lookUps) throws Exception {
        String root = Service.root("router-bars");
        String connect = CONNECT == null ? Service.connectString() : CONNECT;
        List<Coordinator> sessions = new ArrayList<>();
        List<Router> routers = new ArrayList<>();
        try (RealCluster cluster = new RealCluster(connect, root, 10 + LOSSES, SESSION, "t");
                CuratorFramework looking = Service.client(connect, SESSION)) {
            cluster.awaitJoined();
            cluster.admin().apply(RealCluster.table("t", 1_000));
            cluster.awaitLed();
            for (int i = 0; i < sessionCount; i++) {
                sessions.add(Coordinator.connect(connect, SESSION));
            }
            for (int i = 0; i < ROUTERS; i++) {
                routers.add(Shards.router(sessions.get(i % sessionCount), root, "t"));
            }
            for (Router router : routers) {
                if (!router.awaitReady(Duration.ofSeconds(120))) {
                    throw new AssertionError("a router is not ready");
                }
            }
            cluster.awaitQuiet();
            Thread.sleep(5_000);
            updates(cluster, looking, routers, sessionCount, root);
            if (lookUps) {
                lookUps(routers.get(0));
            }
        } finally {
            routers.forEach(Router::close);
            sessions.forEach(Coordinator::close);
        }
    }

    /** Milliseconds from a decision's place in the log, by the server's clock, to each router. */
    private static void updates(
            RealCluster cluster,
            CuratorFramework looking,
            List<Router> routers,
            int sessionCount,
            String root)
            throws Exception {
        List<Long> millis = new ArrayList<>();
        com.sun.management.OperatingSystemMXBean process =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        double load = process.getSystemLoadAverage();
        long cpuNanos = 0;
        for (int loss = 0; loss < LOSSES; loss++) {
            long version = routers.stream().mapToLong(Router::version).max().orElseThrow();
            long cpuBefore = process.getProcessCpuTime();
            cluster.nodes.get(loss).lose();
            long[] seenMillis = new long[routers.size()];
            int seen = 0;
            while (seen < seenMillis.length) {
                for (int i = 0; i < seenMillis.length; i++) {
                    if (seenMillis[i] == 0 && routers.get(i).version() > version) {
                        seenMillis[i] = System.currentTimeMillis();
                        seen++;
                    }
                }
                Thread.sleep(1);
            }
            cpuNanos += process.getProcessCpuTime() - cpuBefore;
            String decision = new MapPaths(root).log("t", version + 1);
            long made = looking.checkExists().forPath(decision).getCtime();
            for (long at : seenMillis) {
                millis.add(at - made);
            }
            cluster.awaitQuiet();
            Thread.sleep(1_000);
        }
        long[] sorted = millis.stream().mapToLong(m -> m).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "| a decision at %,d routers in %d sessions: p50 / p99 / most"
                        + " | p99 ≤ 250 ms | %d / %d / %d ms |%n",
                routers.size(),
                sessionCount,
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                sorted[sorted.length - 1]);
        System.out.printf(
                Locale.ROOT,
                "| … CPU time of everything in this process; load average | | %d ms; %.0f |%n",
                cpuNanos / LOSSES / 1_000_000,
                load);
    }

    private static void lookUps(Router router) {
        byte[][] keys = new byte[4_096][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ("order " + i).getBytes(StandardCharsets.UTF_8);
        }
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] nanos = new double[5];
        long allocated = 0;
        long sum = lookUp(router, keys); // Warm.
        for (int run = 0; run < nanos.length; run++) {
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long cpu = threads.getCurrentThreadCpuTime();
            sum += lookUp(router, keys);
            nanos[run] = (threads.getCurrentThreadCpuTime() - cpu) / (double) LOOK_UPS;
            allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "| a look-up (%d of %,d, checksum %d): CPU time | ≤ 100 ns | %.1f ns |%n"
                        + "| … allocated by all of them | 0 B each | %d B |%n",
                nanos.length,
                LOOK_UPS,
                sum,
                nanos[nanos.length / 2],
                allocated);
    }

    private static long lookUp(Router router, byte[][] keys) {
        long sum = 0;
        for (int i = 0; i < LOOK_UPS; i++) {
            sum += router.route(keys[i & keys.length - 1]).shard().index();
        }
        return sum;
    }
}

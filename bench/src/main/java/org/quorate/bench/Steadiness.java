package org.quorate.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * How steady a server is with many znodes: latency of writes at a fixed rate while a snapshot is
 * written and while none is, the longest pause of its JVM, and what a write costs on the disk when
 * snapshots are counted in. One server of its own. Owned by the thread that calls it.
 */
final class Steadiness {
    private static final int CONNECTIONS = 32;
    private static final int LOADING_CONNECTIONS = 16;
    private static final int UNDER_WAY = 32;
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int SETTLE_MILLIS = 8_000;
    private static final int SNAPSHOTS = 3;
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

    /** Of snapshots that the admin port is asked for: ZooKeeper's one in five minutes otherwise. */
    static final String NO_RATE_LIMIT = "-Dzookeeper.admin.rateLimiterIntervalInMS=0";

    private static final Pattern SAFEPOINT = Pattern.compile("Total: +(\\d+) ns");

    /**
     * What is done.
     *
     * @param znodes 100 B each
     * @param perSecond setData of random ones of them, while latency is looked at
     * @param quietSeconds of them without a snapshot
     * @param busySeconds of setData as fast as they go, for the bytes on the disk; 0 for none
     * @param heapMb limit of the JVM's heap
     */
    record Plan(int znodes, double perSecond, int quietSeconds, int busySeconds, int heapMb) {}

    private final Plan plan;
    private final ServerProcess server;
    private final int adminPort;
    private final Path gcLog;
    private final Map<String, Double> found = new LinkedHashMap<>();
    private int gcLinesSeen;

    private Steadiness(Plan plan, ServerProcess server, int adminPort, Path gcLog) {
        this.plan = plan;
        this.server = server;
        this.adminPort = adminPort;
        this.gcLog = gcLog;
    }

    /** Returns figures by their name and unit. */
    static Map<String, Double> run(ServerProcess.Kind kind, Plan plan)
            throws IOException, InterruptedException {
        int adminPort = ServerProcess.freePort();
        Path gcLog = Files.createTempFile("quorate-steady", ".log");
        try (ServerProcess server =
                ServerProcess.start(
                        kind,
                        configWithAdmin(adminPort),
                        List.of(
                                "-Xmx" + plan.heapMb + "m",
                                NO_RATE_LIMIT,
                                "-Xlog:safepoint:file=" + gcLog))) {
            Steadiness steadiness = new Steadiness(plan, server, adminPort, gcLog);
            steadiness.run();
            return steadiness.found;
        } finally {
            Files.deleteIfExists(gcLog);
        }
    }

    /** A configuration with an admin port that takes snapshots when asked to. */
    static List<String> configWithAdmin(int adminPort) {
        return List.of(
                "tickTime=3000",
                "maxClientCnxns=0",
                "admin.enableServer=true",
                "admin.serverPort=" + adminPort);
    }

    private void run() throws IOException, InterruptedException {
        try (Loader loader =
                new Loader(List.of(server.clientPort()), LOADING_CONNECTIONS, UNDER_WAY)) {
            Scenarios.preparePopulation(loader);
            Loader.Result loaded =
                    loader.run(
                            LOADING_CONNECTIONS,
                            Scenarios::population,
                            plan.znodes,
                            TimeUnit.HOURS.toNanos(1));
            found.put("loading, znodes per s", loaded.perSecond());
            found.put("loading, longest answer, ms", millis(loaded.latencyNanos(), 100));
        }
        found.put("resident after loading, B per znode", residentPerZnode());
        found.put("longest stop of the JVM while loading, ms", takeLongestPauseMillis());
        Thread.sleep(SETTLE_MILLIS);
        latencies();
        found.put("longest stop of the JVM beside snapshots, ms", takeLongestPauseMillis());
        found.put("resident after snapshots, B per znode", residentPerZnode());
        if (plan.busySeconds > 0) {
            bytesOnDisk();
        }
        Thread.sleep(SETTLE_MILLIS);
        found.put("resident in the end, B per znode", residentPerZnode());
    }

    /** In windows: whichever a snapshot falls into counts as with one. */
    private void latencies() throws IOException {
        Histogram without = new Histogram(LATENCY_NANOS_MAX, 3);
        Histogram with = new Histogram(LATENCY_NANOS_MAX, 3);
        try (Loader loader = new Loader(List.of(server.clientPort()), CONNECTIONS, UNDER_WAY);
                HttpClient http = HttpClient.newHttpClient()) {
            windows(loader, new Histogram(LATENCY_NANOS_MAX, 3), secondsFromNow(3)); // warm-up
            windows(loader, without, secondsFromNow(plan.quietSeconds / 2));
            for (int i = 0; i < SNAPSHOTS; i++) {
                long begin = System.nanoTime();
                CompletableFuture<HttpResponse<String>> snapshot = snapshot(http);
                windows(loader, with, () -> !snapshot.isDone());
                found.put("snapshot, s", (System.nanoTime() - begin) / 1e9);
                requireTaken(snapshot.join());
                windows(loader, new Histogram(LATENCY_NANOS_MAX, 3), secondsFromNow(2));
            }
            windows(loader, without, secondsFromNow(plan.quietSeconds / 2));
        }
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            String name = percentile == 100 ? "longest" : "p" + percentile;
            found.put(name + " without a snapshot, ms", millis(without, percentile));
            found.put(name + " while one is written, ms", millis(with, percentile));
        }
    }

    private static BooleanSupplier secondsFromNow(int seconds) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        return () -> System.nanoTime() < until;
    }

    private void windows(Loader loader, Histogram into, BooleanSupplier more) throws IOException {
        while (more.getAsBoolean()) {
            Loader.Result result =
                    loader.runAtRate(CONNECTIONS, this::sets, plan.perSecond, WINDOW_NANOS);
            if (result.errors() > 0) {
                throw new IOException(result.errors() + " writes were refused");
            }
            into.add(result.latencyNanos());
        }
    }

    private CompletableFuture<HttpResponse<String>> snapshot(HttpClient http) {
        return snapshot(http, adminPort);
    }

    /** Has a server write a snapshot; completed when it is there. */
    static CompletableFuture<HttpResponse<String>> snapshot(HttpClient http, int adminPort) {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/commands/snapshot?streaming=false"
                                                .formatted(adminPort)))
                        .header("Authorization", "digest bench:bench")
                        .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    static void requireTaken(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != 200) {
            throw new IOException("no snapshot: " + answer.body());
        }
    }

    private void bytesOnDisk() throws IOException {
        long written = ProcessCpu.writtenBytes(server.pid());
        try (Loader loader = new Loader(List.of(server.clientPort()), CONNECTIONS, 8)) {
            Loader.Result result =
                    loader.run(
                            CONNECTIONS,
                            this::sets,
                            Long.MAX_VALUE,
                            TimeUnit.SECONDS.toNanos(plan.busySeconds));
            found.put("busy, setData per s", result.perSecond());
            found.put("busy, p99.9, ms", millis(result.latencyNanos(), 99.9));
            found.put("busy, longest answer, ms", millis(result.latencyNanos(), 100));
            found.put(
                    "disk with snapshots, B per setData",
                    (double) (ProcessCpu.writtenBytes(server.pid()) - written)
                            / result.operations());
        }
        found.put("longest stop of the JVM when busy, ms", takeLongestPauseMillis());
    }

    /** Of the half of the population that each connection has surely made. */
    private Loader.Requests sets(int connection) {
        return Scenarios.populationWrites(
                connection, LOADING_CONNECTIONS, plan.znodes / LOADING_CONNECTIONS / 2);
    }

    private double residentPerZnode() throws IOException {
        return (double) ProcessCpu.residentBytes(server.pid()) / plan.znodes;
    }

    private double takeLongestPauseMillis() throws IOException {
        List<String> lines = Files.readAllLines(gcLog);
        long longest = 0;
        for (String line : lines.subList(gcLinesSeen, lines.size())) {
            Matcher matcher = SAFEPOINT.matcher(line);
            if (matcher.find()) {
                longest = Math.max(longest, Long.parseLong(matcher.group(1)));
            }
        }
        gcLinesSeen = lines.size();
        return longest / 1e6;
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}

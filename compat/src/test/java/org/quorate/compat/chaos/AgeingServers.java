package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.quorate.bench.ProcessCpu;
import org.quorate.bench.ServerProcess;

/**
 * Looks now and then at what processes hold while they grow old (Linux). What they hold in the last
 * quarter of their time must not be more than in the second: in the first a server fills its heap.
 * And what lives in the heap, once it is collected, must not be more in the end than in the middle.
 * Any thread.
 */
final class AgeingServers implements AutoCloseable {
    /** Below that a heap may still be filling in the second quarter. */
    private static final Duration JUDGED_FROM = Duration.ofMinutes(15);

    private static final int QUARTERS = 4;
    private static final int LOOKS_PER_QUARTER = 30;
    private static final long MEMORY_SLACK_BYTES = 16L << 20;
    private static final long HEAP_SLACK_BYTES = 8L << 20;
    private static final int DESCRIPTORS_SLACK = 10;

    /** Of all generations, in the JVM's own words. */
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    /**
     * What a process holds.
     *
     * @param atNanos since the begin
     * @param diskBytes in its data directory
     */
    private record Look(long atNanos, long residentBytes, long descriptors, long diskBytes) {}

    private final List<ServerProcess> servers;
    private final List<List<Look>> looks = new ArrayList<>(); // By server; guarded by this.
    private final List<List<Long>> lives = new ArrayList<>(); // Bytes by server; guarded by this.
    private final long beginNanos = System.nanoTime();
    private final Duration duration;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("ageing").factory());

    private AgeingServers(List<ServerProcess> servers, Duration duration) {
        this.servers = servers;
        this.duration = duration;
        servers.forEach(server -> looks.add(new ArrayList<>()));
        servers.forEach(server -> lives.add(new ArrayList<>()));
    }

    /** Begins to look at servers that live for {@code duration}. */
    static AgeingServers watch(List<ServerProcess> servers, Duration duration) {
        AgeingServers all = new AgeingServers(servers, duration);
        long everyNanos = duration.toNanos() / (QUARTERS * LOOKS_PER_QUARTER);
        var _ = all.timer.scheduleAtFixedRate(all::look, 0, everyNanos, TimeUnit.NANOSECONDS);
        return all;
    }

    private synchronized void look() {
        long atNanos = System.nanoTime() - beginNanos;
        for (int i = 0; i < servers.size(); i++) {
            long pid = servers.get(i).pid();
            try {
                looks.get(i)
                        .add(
                                new Look(
                                        atNanos,
                                        ProcessCpu.residentBytes(pid),
                                        count(Path.of("/proc/" + pid + "/fd")),
                                        size(servers.get(i).dataDir())));
            } catch (IOException | UncheckedIOException e) {
                // A file was purged while it was looked at: the next look counts.
            }
        }
    }

    /** Has the heaps collected, and notes what lives in them. */
    synchronized void collect() throws IOException {
        for (int i = 0; i < servers.size(); i++) {
            jcmd(servers.get(i).pid(), "GC.run");
            Matcher used = USED.matcher(jcmd(servers.get(i).pid(), "GC.heap_info"));
            long kilobytes = used.results().mapToLong(m -> Long.parseLong(m.group(1))).sum();
            assertThat(kilobytes).as("used in the heap of server %d", i + 1).isPositive();
            lives.get(i).add(kilobytes << 10);
        }
    }

    private static String jcmd(long pid, String command) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                command)
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        }
    }

    /** The last look at each, for a line of progress. */
    synchronized String now() {
        StringBuilder text = new StringBuilder();
        for (List<Look> each : looks) {
            Look last = each.getLast();
            text.append(text.isEmpty() ? "" : ", ")
                    .append(
                            "%d MB resident, %d descriptors"
                                    .formatted(last.residentBytes >> 20, last.descriptors));
        }
        return text.toString();
    }

    /** Medians by quarter of the time, as a table. */
    synchronized String table() {
        StringBuilder text =
                new StringBuilder("| server, quarter | resident | descriptors | on disk |\n");
        text.append("| --- | --- | --- | --- |\n");
        for (int i = 0; i < looks.size(); i++) {
            for (int quarter = 1; quarter <= QUARTERS; quarter++) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "| %d, %d | %d MB | %d | %d MB |%n",
                                i + 1,
                                quarter,
                                median(i, quarter, Look::residentBytes) >> 20,
                                median(i, quarter, Look::descriptors),
                                median(i, quarter, Look::diskBytes) >> 20));
            }
        }
        for (int i = 0; i < lives.size(); i++) {
            text.append("server %d: ".formatted(i + 1));
            for (long bytes : lives.get(i)) {
                text.append("%.1f MB ".formatted(bytes / 1e6));
            }
            text.append("live in the heap, in the middle and in the end\n");
        }
        return text.toString();
    }

    /** Fails if a server holds more at its end than when it was young. */
    synchronized void check() {
        for (int i = 0; i < looks.size(); i++) {
            assertThat(median(i, QUARTERS, Look::descriptors))
                    .as("descriptors of server %d", i + 1)
                    .isLessThanOrEqualTo(median(i, 2, Look::descriptors) + DESCRIPTORS_SLACK);
            if (duration.compareTo(JUDGED_FROM) >= 0) {
                long young = median(i, 2, Look::residentBytes);
                assertThat(median(i, QUARTERS, Look::residentBytes))
                        .as("resident bytes of server %d", i + 1)
                        .isLessThanOrEqualTo(young + young / 20 + MEMORY_SLACK_BYTES);
                List<Long> live = lives.get(i);
                assertThat(live.getLast())
                        .as("bytes alive in the heap of server %d", i + 1)
                        .isLessThanOrEqualTo(
                                live.getFirst() + live.getFirst() / 20 + HEAP_SLACK_BYTES);
            }
        }
    }

    private long median(int server, int quarter, ToLongFunction<Look> what) {
        long quarterNanos = duration.toNanos() / QUARTERS;
        long from = (quarter - 1) * quarterNanos;
        long to = quarter == QUARTERS ? Long.MAX_VALUE : from + quarterNanos;
        long[] sorted =
                looks.get(server).stream()
                        .filter(look -> look.atNanos >= from && look.atNanos < to)
                        .mapToLong(what)
                        .sorted()
                        .toArray();
        if (sorted.length == 0) {
            throw new AssertionError("nobody looked at server " + (server + 1));
        }
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}

package org.quorate.cli.capacity;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code quorate capacity}: how many servers a load needs, what it takes of each of them, and what
 * is used up first. By the model of docs/capacity.md; asks no server.
 */
@Command(
        name = "capacity",
        description = {
            "How many servers a load needs, what it takes of each, and what is used up first.",
            "Numbers are averages; the model and how far to trust it: docs/capacity.md."
        },
        footer = {"", "Exit codes: 0 the machines carry the load, 1 they do not, 2 wrong use."},
        mixinStandardHelpOptions = true)
public final class CapacityCommand implements Callable<Integer> {
    private static final double PATH_BYTES_MAX = 1 << 20;
    private static final int FAILURES_MAX = 10;
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    @Spec private CommandSpec spec;

    @Option(names = "--znodes", required = true, paramLabel = "N", description = "How many.")
    private long znodes;

    @Option(
            names = "--data-bytes",
            paramLabel = "N",
            description = "Data of a znode (${DEFAULT-VALUE}).")
    private long dataBytes = 100;

    @Option(
            names = "--path-bytes",
            paramLabel = "N",
            description = "A whole path (${DEFAULT-VALUE}).")
    private long pathBytes = 40;

    @Option(
            names = "--name-bytes",
            paramLabel = "N",
            description = "The last part of a path (${DEFAULT-VALUE}).")
    private long nameBytes = 12;

    @Option(names = "--sessions", paramLabel = "N", description = "In all (${DEFAULT-VALUE}).")
    private long sessions = 100;

    @Option(
            names = "--watches",
            paramLabel = "N",
            description = "Set at a time, in all (${DEFAULT-VALUE}).")
    private long watches;

    @Option(
            names = "--writes-per-second",
            paramLabel = "N",
            description = "In all; each part of a multi counts (${DEFAULT-VALUE}).")
    private double writesPerSecond;

    @Option(
            names = "--reads-per-second",
            paramLabel = "N",
            description = "In all (${DEFAULT-VALUE}).")
    private double readsPerSecond;

    @Option(
            names = "--events-per-second",
            paramLabel = "N",
            description =
                    "Events to watchers, in all: a change that 100 sessions watch is 100"
                            + " (${DEFAULT-VALUE}).")
    private double eventsPerSecond;

    @Option(
            names = "--failures",
            paramLabel = "N",
            description = "Servers that may be missing; 0 for a lone server (${DEFAULT-VALUE}).")
    private int failures = 1;

    @Option(names = "--cores", paramLabel = "N", description = "Of a server (${DEFAULT-VALUE}).")
    private int cores = 4;

    @Option(
            names = "--memory-gb",
            paramLabel = "N",
            description = "For the server process (${DEFAULT-VALUE}).")
    private double memoryGigabytes = 8;

    @Option(
            names = "--disk-mb-per-second",
            paramLabel = "N",
            description = "What a server's disk writes in a stream (${DEFAULT-VALUE}).")
    private double diskMegabytesPerSecond = 200;

    @Option(
            names = "--sync-us",
            paramLabel = "N",
            description = "How long fdatasync takes (${DEFAULT-VALUE}).")
    private double syncMicros = 300;

    @Option(
            names = "--network-gbit",
            paramLabel = "N",
            description = "Of a server, each way (${DEFAULT-VALUE}).")
    private double gigabits = 10;

    @Option(
            names = "--round-trip-us",
            paramLabel = "N",
            description = "Between servers (${DEFAULT-VALUE}).")
    private double roundTripMicros = 200;

    @Option(
            names = "--snap-count",
            paramLabel = "N",
            description = "snapCount of the servers (${DEFAULT-VALUE}).")
    private long snapCount = 100_000;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    /** For picocli. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public CapacityCommand() {}

    @Override
    public Integer call() {
        check();
        Capacity capacity;
        try {
            capacity =
                    Capacity.of(
                            new Load(
                                    znodes,
                                    dataBytes,
                                    pathBytes,
                                    nameBytes,
                                    sessions,
                                    watches,
                                    writesPerSecond,
                                    readsPerSecond,
                                    eventsPerSecond),
                            new Machine(
                                    cores,
                                    memoryGigabytes,
                                    diskMegabytesPerSecond,
                                    syncMicros,
                                    gigabits,
                                    roundTripMicros),
                            failures,
                            snapCount);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        if (json) {
            System.out.println(JsonMapper.shared().writeValueAsString(values(capacity)));
        } else {
            print(capacity);
        }
        return capacity.headroom() < 1 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private void check() {
        between("--znodes", znodes, 1, 1e10);
        between("--data-bytes", dataBytes, 0, PATH_BYTES_MAX);
        between("--path-bytes", pathBytes, 1, PATH_BYTES_MAX);
        between("--name-bytes", nameBytes, 1, (double) pathBytes);
        between("--sessions", sessions, 0, 1e8);
        between("--watches", watches, 0, 1e10);
        between("--writes-per-second", writesPerSecond, 0, 1e9);
        between("--reads-per-second", readsPerSecond, 0, 1e9);
        between("--events-per-second", eventsPerSecond, 0, 1e9);
        between("--failures", failures, 0, FAILURES_MAX);
        between("--cores", cores, 1, 1_024);
        between("--memory-gb", memoryGigabytes, 0.1, 1e5);
        between("--disk-mb-per-second", diskMegabytesPerSecond, 1, 1e5);
        between("--sync-us", syncMicros, 1, 1e6);
        between("--network-gbit", gigabits, 0.01, 1e4);
        between("--round-trip-us", roundTripMicros, 1, 1e7);
        between("--snap-count", snapCount, 2, 1e12);
    }

    private void between(String option, Number given, double least, double most) {
        double value = given.doubleValue();
        if (!(value >= least && value <= most)) {
            throw wrong(
                    "%s: %s: must be from %s to %s"
                            .formatted(option, plain(value), plain(least), plain(most)));
        }
    }

    private static String plain(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private static void print(Capacity c) {
        ServerNeeds each = c.server();
        line("servers", "%d voters, %d observers", c.voters(), c.observers());
        line(
                "memory of each",
                "%.0f MB; %.0f MB while a snapshot is written",
                each.memoryBytes() / MEGA,
                each.memoryWhileSnapshotBytes() / MEGA);
        line(
                "disk of each",
                "%.1f GB behind a purge, %.1f GB before the next",
                each.diskBytes() / GIGA,
                each.diskBeforePurgeBytes() / GIGA);
        line(
                "a snapshot",
                "%.0f MB, written in %.1f s",
                each.snapshotBytes() / MEGA,
                each.snapshotSeconds());
        line(
                "processor",
                "%.2f cores of the leader while requests come one by one",
                each.coresOneByOne());
        line("network", "%.1f MB/s sent by the leader", each.sentBytesPerSecond() / MEGA);
        line("a write alone", "%.2f ms for sync and round trip", c.writeMillis());
        System.out.println("share of what a machine has:");
        each.shares()
                .forEach((what, share) ->
                        System.out.printf(Locale.ROOT, "  %-30s %6.1f %%%n", what, 100 * share));
        if (c.headroom() < 1) {
            System.out.printf(
                    Locale.ROOT,
                    "It does not fit: %s would have to be %.1f times as much.%n",
                    c.bindsFirst(),
                    1 / c.headroom());
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "Used up first: %s, at %.1f times this load.%n",
                    c.bindsFirst(),
                    c.headroom());
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static void line(String what, String format, Object... values) {
        System.out.printf("%-16s %s%n", what, String.format(Locale.ROOT, format, values));
    }

    private static Map<String, Object> values(Capacity c) {
        ServerNeeds each = c.server();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("voters", c.voters());
        values.put("observers", c.observers());
        values.put("memory_bytes", Math.round(each.memoryBytes()));
        values.put("memory_while_snapshot_bytes", Math.round(each.memoryWhileSnapshotBytes()));
        values.put("disk_bytes", Math.round(each.diskBytes()));
        values.put("disk_before_purge_bytes", Math.round(each.diskBeforePurgeBytes()));
        values.put("snapshot_bytes", Math.round(each.snapshotBytes()));
        values.put("snapshot_seconds", each.snapshotSeconds());
        values.put("leader_cores_one_by_one", each.coresOneByOne());
        values.put("leader_sends_bytes_per_second", Math.round(each.sentBytesPerSecond()));
        values.put("write_alone_ms", c.writeMillis());
        values.put("shares", each.shares());
        values.put("binds_first", c.bindsFirst());
        values.put("headroom", c.headroom());
        return values;
    }
}

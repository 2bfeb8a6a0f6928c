package org.quorate.node.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.insight.History;
import org.quorate.node.insight.HotSpots;
import org.quorate.node.insight.Insight;
import org.quorate.node.insight.RoleLog;
import org.quorate.node.insight.SlowLog;
import org.quorate.node.insight.Stage;

/**
 * The admin commands about who does what, which ZooKeeper does not have (docs/insight.md). Any
 * thread.
 */
final class InsightCommands {
    private static final int TOP_DEFAULT = 20;
    private static final long HOURS_MILLIS = 3_600_000;

    private final Insight insight;

    InsightCommands(Insight insight) {
        this.insight = insight;
    }

    /** How long the stages of requests take. */
    Reply stages() {
        List<Map<String, Object>> stages = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            LatencyHistogram.Counts counts = insight.stages().counts(stage);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("stage", stage.label());
            fields.put("meaning", stage.meaning());
            fields.put("count", counts.count());
            fields.put("mean_us", micros(counts.mean()));
            fields.put("p50_us", micros(counts.percentile(50)));
            fields.put("p90_us", micros(counts.percentile(90)));
            fields.put("p99_us", micros(counts.percentile(99)));
            fields.put("p999_us", micros(counts.percentile(99.9)));
            fields.put("max_us", micros(counts.percentile(100)));
            stages.add(fields);
        }
        return new Reply().put("stages", stages);
    }

    private static double micros(double nanos) {
        return Math.round(nanos / 100) / 10.0;
    }

    /** The last slow operations, newest first; {@code ?limit=} of them. */
    Reply slowOperations(Map<String, String> arguments) {
        List<Map<String, Object>> operations = new ArrayList<>();
        SlowLog slow = insight.slow();
        slow.last().stream()
                .limit(number(arguments, "limit", Integer.MAX_VALUE))
                .forEach(operation -> operations.add(slow(operation)));
        long threshold = slow.thresholdNanos();
        return new Reply()
                .put("threshold_ms", threshold == Long.MAX_VALUE ? 0 : threshold / 1_000_000)
                .put("count", slow.count())
                .put("operations", operations);
    }

    private static Map<String, Object> slow(SlowLog.SlowOperation operation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time_ms", operation.wallMillis());
        fields.put("operation", operation.operation());
        fields.put("path", operation.path());
        fields.put("session", Text.hex(operation.sessionId()));
        fields.put("address", operation.address());
        fields.put("principal", operation.principal());
        fields.put("xid", operation.xid());
        fields.put("zxid", Text.hex(operation.zxid()));
        fields.put("err", operation.err());
        fields.put("total_us", operation.totalNanos() / 1000);
        Map<String, Object> stages = new LinkedHashMap<>();
        for (Stage stage : Stage.values()) {
            Long nanos = operation.stagesNanos().get(stage);
            if (nanos != null) {
                stages.put(stage.label(), nanos / 1000);
            }
        }
        fields.put("stages_us", stages);
        return fields;
    }

    /** Who asks most, and for what; {@code ?limit=} of each. */
    Reply hotPaths(Map<String, String> arguments) {
        int max = (int) number(arguments, "limit", TOP_DEFAULT);
        HotSpots.Top top = insight.hot().top(max, System.nanoTime());
        List<List<Map<String, Object>>> prefixes =
                top.prefixes().stream().map(depth -> spots(depth, "path", top.seconds())).toList();
        return new Reply()
                .put("seconds", Math.round(top.seconds() * 10) / 10.0)
                .put("requests", top.requests())
                .put("prefixes_by_depth", prefixes)
                .put("paths", spots(top.paths(), "path", top.seconds()))
                .put("sessions", spots(top.sessions(), "session", top.seconds()))
                .put("principals", spots(top.principals(), "principal", top.seconds()));
    }

    private static List<Map<String, Object>> spots(
            List<HotSpots.Spot> spots, String name, double seconds) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (HotSpots.Spot spot : spots) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put(name, spot.key());
            fields.put("requests", spot.requests());
            fields.put("writes", spot.writes());
            fields.put("bytes", spot.bytes());
            fields.put("error", spot.error());
            fields.put("share", Math.round(spot.share() * 1000) / 1000.0);
            fields.put("per_second", spot.perSecond(seconds));
            all.add(fields);
        }
        return all;
    }

    /** What this server was and why it changed, newest first; {@code ?limit=} changes. */
    Reply leaderHistory(Map<String, String> arguments) {
        long now = System.currentTimeMillis();
        RoleLog roles = insight.roles();
        List<Map<String, Object>> changes = new ArrayList<>();
        roles.changes().stream()
                .limit(number(arguments, "limit", Integer.MAX_VALUE))
                .forEach(change -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("time_ms", change.wallMillis());
                    fields.put("role", change.role());
                    fields.put("leader", change.leader());
                    fields.put("epoch", change.epoch());
                    fields.put("reason", change.reason());
                    changes.add(fields);
                });
        return new Reply()
                .put("lost_last_hour", roles.lostSince(now - HOURS_MILLIS))
                .put("lost_last_day", roles.lostSince(now - 24 * HOURS_MILLIS))
                .put("changes", changes);
    }

    /** Points of the last hours, oldest first; {@code ?since=} a time in ms. */
    Reply history(Map<String, String> arguments) {
        List<Map<String, Object>> points = new ArrayList<>();
        insight.history()
                .since(number(arguments, "since", 0))
                .forEach(point -> points.add(point(point)));
        return new Reply().put("every_seconds", History.EVERY_SECONDS).put("points", points);
    }

    private static Map<String, Object> point(History.Point point) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time_ms", point.wallMillis());
        fields.put("role", point.role());
        fields.put("zxid", Text.hex(point.zxid()));
        load(fields, "read", point.reads());
        load(fields, "write", point.writes());
        load(fields, "fsync", point.syncs());
        fields.put("received_bytes_per_s", point.receivedBytesPerSecond());
        fields.put("sent_bytes_per_s", point.sentBytesPerSecond());
        fields.put("log_bytes_per_s", point.logBytesPerSecond());
        fields.put("connections", point.connections());
        fields.put("sessions", point.sessions());
        fields.put("expired", point.expired());
        fields.put("znodes", point.znodes());
        fields.put("watches", point.watches());
        fields.put("outstanding", point.outstanding());
        fields.put("journal_bytes", point.journalBytes());
        fields.put("tree_bytes", point.treeBytes());
        fields.put("heap_bytes", point.heapBytes());
        fields.put("disk_free_bytes", point.diskFreeBytes());
        return fields;
    }

    private static void load(Map<String, Object> fields, String name, History.Load load) {
        fields.put(name + "_per_s", load.perSecond());
        fields.put(name + "_p50_us", load.p50Micros());
        fields.put(name + "_p99_us", load.p99Micros());
    }

    /** What is no number is taken for nothing said. */
    private static long number(Map<String, String> arguments, String name, long otherwise) {
        String text = arguments.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}

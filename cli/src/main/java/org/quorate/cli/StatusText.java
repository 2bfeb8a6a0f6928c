package org.quorate.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The health of an ensemble as people read it: a sentence about the whole, a block of figures for
 * each server, then what is wrong. Made of the answers to the admin command {@code health}; knows
 * neither network nor clock.
 */
final class StatusText {
    private static final int REASONS_MAX = 3;
    private static final String[] BYTE_UNITS = {"bytes", "kB", "MB", "GB", "TB"};

    private final List<EnsembleHealth.Asked> servers;
    private final StringBuilder text = new StringBuilder();

    StatusText(List<EnsembleHealth.Asked> servers) {
        this.servers = List.copyOf(servers);
    }

    /** Without a line break at its end. Once. */
    String text(String level, List<EnsembleHealth.Finding> findings) {
        line("health: %s".formatted(level));
        ensemble();
        for (EnsembleHealth.Asked server : servers) {
            JsonNode health = server.health();
            if (health == null) {
                line("%s: no answer".formatted(server.address()));
            } else {
                server(server, health);
            }
        }
        for (EnsembleHealth.Finding finding : findings) {
            line(
                    "%s: %s: %s %s (%s)"
                            .formatted(
                                    finding.level(),
                                    finding.server(),
                                    finding.says(),
                                    finding.advice(),
                                    finding.page()));
        }
        return text.toString().stripTrailing();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** A line of a block, below its server. */
    private void figures(String name, String figures) {
        line("  %-8s %s".formatted(name, figures));
    }

    /** Who leads, and how many more may fail: from the leader's own mouth. */
    private void ensemble() {
        for (EnsembleHealth.Asked server : servers) {
            JsonNode health = server.health();
            if (health == null || !health.has("quorum")) {
                continue;
            }
            JsonNode quorum = health.path("quorum");
            line(
                    "ensemble: server %d leads epoch %d; %d of %d voters in sync%s"
                            .formatted(
                                    health.path("server_id").asLong(),
                                    health.path("epoch").asLong(),
                                    quorum.path("in_sync").asInt(),
                                    quorum.path("voters").asInt(),
                                    quorum.path("may_fail").isNull()
                                            ? ", groups and weights decide the quorum"
                                            : ", %d more may fail"
                                                    .formatted(quorum.path("may_fail").asInt())));
        }
    }

    private void server(EnsembleHealth.Asked server, JsonNode health) {
        boolean known = health.has("zxid"); // not if its core does not answer
        line(
                "%s: %s, epoch %d%s, up %s"
                        .formatted(
                                EnsembleHealth.name(server, health),
                                health.path("mode").asString(),
                                health.path("epoch").asLong(),
                                known
                                        ? ", zxid "
                                                + health.path("zxid").asString()
                                                + behind(server)
                                        : "",
                                span(health.path("uptime_ms").asLong())));
        if (health.has("writes_per_s")) { // not in its first seconds
            figures(
                    "load",
                    "%s, %s, %s"
                            .formatted(
                                    load(health, "read", "reads"),
                                    load(health, "write", "writes"),
                                    load(health, "fsync", "syncs")));
        }
        if (known) {
            contents(health);
        }
        if (health.path("disk_free_bytes").asLong(-1) >= 0) {
            JsonNode hours = health.path("disk_hours_left");
            figures(
                    "disk",
                    "%s free%s"
                            .formatted(
                                    bytes(health.path("disk_free_bytes").asLong()),
                                    hours.isNumber()
                                            ? ", enough for %s hours at the present rate"
                                                    .formatted(hours.asString())
                                            : ", not filling up"));
        }
        figures(
                "clock",
                String.format(
                        Locale.ROOT,
                        "%.1f s %s the one here",
                        Math.abs(server.skewMillis()) / 1000.0,
                        server.skewMillis() < 0 ? "behind" : "ahead of"));
        for (JsonNode certificate : health.path("certificates")) {
            figures("keys", certificate(certificate, health.path("time_ms").asLong()));
        }
        figures("leader", losses(health));
    }

    private void contents(JsonNode health) {
        figures(
                "queues",
                "%d of %d requests under way, %s wait for the log's disk"
                        .formatted(
                                health.path("outstanding").asLong(),
                                health.path("outstanding_max").asLong(),
                                bytes(health.path("log_queue_bytes").asLong())));
        figures(
                "clients",
                "%d connections, %d sessions, %d watches; expired: %s"
                        .formatted(
                                health.path("connections").asLong(),
                                health.path("sessions").asLong(),
                                health.path("watches").asLong(),
                                expired(health)));
        long limit = health.path("tree_bytes_max").asLong();
        figures(
                "tree",
                "%d znodes, %s in memory%s"
                        .formatted(
                                health.path("znodes").asLong(),
                                bytes(health.path("tree_bytes").asLong()),
                                limit == 0 ? ", no limit" : " of " + bytes(limit)));
    }

    private String behind(EnsembleHealth.Asked server) {
        if (servers.size() == 1) {
            return "";
        }
        @Nullable Long behind = EnsembleHealth.behind(server, servers);
        return behind == null ? " (of an earlier epoch)" : " (%d behind)".formatted(behind);
    }

    private static String load(JsonNode health, String of, String many) {
        return String.format(
                Locale.ROOT,
                "%.1f %s/s (p50 %.1f ms, p99 %.1f ms)",
                health.path(many.equals("syncs") ? "fsyncs_per_s" : many + "_per_s").asDouble(),
                many,
                health.path(of + "_p50_us").asDouble() / 1000,
                health.path(of + "_p99_us").asDouble() / 1000);
    }

    private static String expired(JsonNode health) {
        StringJoiner causes = new StringJoiner(", ");
        for (Map.Entry<String, JsonNode> cause : health.path("expired_by_cause").properties()) {
            causes.add(cause.getKey() + " " + cause.getValue().asLong());
        }
        return causes.length() == 0 ? "none" : causes.toString();
    }

    private static String certificate(JsonNode certificate, long nowMillis) {
        Instant ends = Instant.ofEpochMilli(certificate.path("ends_ms").asLong());
        long days = Duration.ofMillis(ends.toEpochMilli() - nowMillis).toDays();
        return "certificate for %s ends %s (%d days)"
                .formatted(
                        certificate.path("use").asString(),
                        ends.truncatedTo(ChronoUnit.SECONDS),
                        days);
    }

    /** How often it was lost, and why, the last times first. */
    private static String losses(JsonNode health) {
        long hour = health.path("lost_leader_last_hour").asLong();
        long day = health.path("lost_leader_last_day").asLong();
        if (day == 0) {
            return "not lost in the last day";
        }
        StringJoiner reasons = new StringJoiner("; ");
        int told = 0;
        for (JsonNode loss : health.path("leader_losses")) {
            if (told++ < REASONS_MAX) {
                String reason = loss.path("reason").asString();
                reasons.add(
                        "%s %s"
                                .formatted(
                                        Instant.ofEpochMilli(loss.path("time_ms").asLong())
                                                .truncatedTo(ChronoUnit.SECONDS),
                                        reason.isEmpty() ? "for no reason that it knows" : reason));
            }
        }
        return "lost %d times in the last hour, %d in the last day: %s"
                .formatted(hour, day, reasons);
    }

    private static String span(long millis) {
        Duration time = Duration.ofMillis(millis);
        if (time.toDays() > 0) {
            return "%d d %d h".formatted(time.toDays(), time.toHoursPart());
        }
        if (time.toHours() > 0) {
            return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
        }
        return time.toMinutes() > 0
                ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
                : "%d s".formatted(time.toSeconds());
    }

    private static String bytes(long count) {
        double shown = count;
        int unit = 0;
        while (shown >= 1000 && unit < BYTE_UNITS.length - 1) {
            shown /= 1000;
            unit++;
        }
        return unit == 0
                ? count + " bytes"
                : String.format(Locale.ROOT, "%.1f %s", shown, BYTE_UNITS[unit]);
    }
}

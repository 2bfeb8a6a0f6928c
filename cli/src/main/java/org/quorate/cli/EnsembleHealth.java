package org.quorate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a comparison of all servers of an ensemble shows, beside what each says of itself. Made of
 * the answers to the admin command {@code health}; knows neither network nor clock.
 */
final class EnsembleHealth {
    static final String OK = "ok";
    static final String NOTICE = "notice";
    static final String WARNING = "warning";
    static final String CRITICAL = "critical";
    private static final List<String> LEVELS = List.of(OK, NOTICE, WARNING, CRITICAL);

    private static final long SKEW_MILLIS_WARNING = 2_000;
    private static final long LAG_ZXIDS_WARNING = 5_000;

    /**
     * A server that was asked.
     *
     * @param address where
     * @param health its answer; null if there was none
     * @param skewMillis how much its clock is ahead of ours
     * @param error why there was no answer; empty if there was
     */
    record Asked(String address, @Nullable JsonNode health, long skewMillis, String error) {}

    /**
     * Something to know.
     *
     * @param server who, as people know it
     * @param id names its page in docs/findings
     */
    record Finding(String server, String id, String level, String says, String advice) {
        /** What tells more. */
        String page() {
            return "docs/findings/" + id + ".md";
        }

        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("server", server);
            fields.put("id", id);
            fields.put("level", level);
            fields.put("says", says);
            fields.put("advice", advice);
            fields.put("page", page());
            return fields;
        }
    }

    private final List<Asked> servers;
    private final List<Finding> findings = new ArrayList<>();

    EnsembleHealth(List<Asked> servers) {
        this.servers = List.copyOf(servers);
    }

    /** All findings, the worst first. */
    List<Finding> findings() {
        for (Asked asked : servers) {
            JsonNode health = asked.health;
            if (health == null) {
                add(
                        asked.address,
                        "no-contact",
                        WARNING,
                        "The server does not answer: " + asked.error + ".",
                        "See whether it runs, and whether its admin port is reachable from here.");
            } else {
                own(asked, health);
            }
        }
        leaders();
        lag();
        clocks();
        drift();
        findings.sort((a, b) -> LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
        return findings;
    }

    /** The worst of them. */
    static String level(List<Finding> findings) {
        return findings.isEmpty() ? OK : findings.getFirst().level;
    }

    private void add(String server, String id, String level, String says, String advice) {
        findings.add(new Finding(server, id, level, says, advice));
    }

    private void own(Asked asked, JsonNode health) {
        for (JsonNode finding : health.path("findings")) {
            add(
                    name(asked, health),
                    finding.path("id").asString(),
                    finding.path("level").asString(),
                    finding.path("says").asString(),
                    finding.path("advice").asString());
        }
    }

    static String name(Asked asked, JsonNode health) {
        return "server %d (%s)".formatted(health.path("server_id").asLong(), asked.address);
    }

    private List<JsonNode> answers() {
        List<JsonNode> answers = new ArrayList<>();
        for (Asked asked : servers) {
            if (asked.health != null) {
                answers.add(asked.health);
            }
        }
        return answers;
    }

    private void leaders() {
        Set<Long> leaders = new TreeSet<>();
        for (JsonNode health : answers()) {
            String mode = health.path("mode").asString();
            if (mode.equals("leader") || mode.equals("standalone")) {
                leaders.add(health.path("server_id").asLong());
            }
        }
        if (leaders.isEmpty()) {
            add(
                    "ensemble",
                    "no-leader",
                    CRITICAL,
                    "None of the servers that answer leads.",
                    "See that a majority of the voters runs and that they reach each other.");
        } else if (leaders.size() > 1) {
            add(
                    "ensemble",
                    "two-leaders",
                    CRITICAL,
                    "Servers %s lead at the same time.".formatted(leaders),
                    "If they are of one ensemble, ask again: one of them will notice soon. If they"
                            + " still do, stop the one with the lower epoch.");
        }
    }

    private void lag() {
        long newest = 0;
        for (JsonNode health : answers()) {
            newest = Math.max(newest, zxid(health));
        }
        for (Asked asked : servers) {
            JsonNode health = asked.health;
            if (health == null || !health.path("ready").asBoolean() || !health.has("zxid")) {
                continue;
            }
            long behind = newest - zxid(health);
            if (newest >>> 32 != zxid(health) >>> 32 && behind > 0 && (int) newest != 0) {
                add(
                        name(asked, health),
                        "lags",
                        WARNING,
                        "The server is still in an earlier epoch: zxid %s."
                                .formatted(health.path("zxid").asString()),
                        "Look at its log, its network and its disk; its clients read old data.");
            } else if (newest >>> 32 == zxid(health) >>> 32 && behind >= LAG_ZXIDS_WARNING) {
                add(
                        name(asked, health),
                        "lags",
                        WARNING,
                        "The server is %d transactions behind.".formatted(behind),
                        "Look at its disk and its network; its clients read old data.");
            }
        }
    }

    /**
     * How many transactions a server is behind the newest that any of them has; null if it did not
     * answer, or is in an earlier epoch, where counting says nothing.
     */
    static @Nullable Long behind(Asked asked, List<Asked> all) {
        long newest = 0;
        for (Asked other : all) {
            newest = Math.max(newest, other.health == null ? 0 : zxid(other.health));
        }
        if (asked.health == null) {
            return null;
        }
        if (newest >>> 32 == zxid(asked.health) >>> 32) {
            return newest - zxid(asked.health);
        }
        // In an epoch without a transaction yet nobody can be behind.
        return (int) newest == 0 ? 0L : null;
    }

    static long zxid(JsonNode health) {
        return Long.parseUnsignedLong(health.path("zxid").asString("0x0").substring(2), 16);
    }

    private void clocks() {
        for (Asked asked : servers) {
            JsonNode health = asked.health;
            if (health != null && Math.abs(asked.skewMillis) >= SKEW_MILLIS_WARNING) {
                add(
                        name(asked, health),
                        "clock-skew",
                        WARNING,
                        "Its clock differs from the one here by %.1f s."
                                .formatted(asked.skewMillis / 1000.0),
                        "Run a time service (chrony, ntpd); times of znodes come from the leader's"
                                + " clock.");
            }
        }
    }

    /** Settings and versions that should be alike. */
    private void drift() {
        Map<String, Map<String, List<Long>>> values = new TreeMap<>();
        for (JsonNode health : answers()) {
            long id = health.path("server_id").asLong();
            for (Map.Entry<String, JsonNode> setting : health.path("settings").properties()) {
                note(values, setting.getKey(), setting.getValue().asString(), id);
            }
            note(values, "version", health.path("version").asString(), id);
        }
        values.forEach((name, byValue) -> {
            if (byValue.size() > 1) {
                StringBuilder who = new StringBuilder();
                byValue.forEach((value, ids) ->
                        who.append(who.isEmpty() ? "" : ", ")
                                .append("%s on %s".formatted(value, ids)));
                add(
                        "ensemble",
                        "configuration-differs",
                        name.equals("version") ? NOTICE : WARNING,
                        "%s is not the same everywhere: %s.".formatted(name, who),
                        "Make the configuration files alike, and restart the servers one by one.");
            }
        });
    }

    private static void note(
            Map<String, Map<String, List<Long>>> values, String name, String value, long id) {
        values.computeIfAbsent(name, key -> new TreeMap<>())
                .computeIfAbsent(value, key -> new ArrayList<>())
                .add(id);
    }
}

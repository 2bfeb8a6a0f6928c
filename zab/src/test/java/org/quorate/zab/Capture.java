package org.quorate.zab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was recorded between real ZooKeeper servers, one connection of a quorum port at a time. */
final class Capture {
    static final List<String> NAMES =
            List.of(
                    "election-of-3",
                    "leader-failover",
                    "local-session-upgrade",
                    "observer-master",
                    "observer",
                    "reconfig-add-remove-leader-handover",
                    "sync-diff-under-load",
                    "sync-diverged-cross-epoch-snap",
                    "sync-fresh-snap-then-diff-then-empty-diff",
                    "sync-snap-acl-ephemeral",
                    "sync-trunc",
                    "writes-sessions-via-follower");

    /**
     * A packet, or the stream of a snapshot.
     *
     * @param kind ZooKeeper's name, or SNAPSHOT-STREAM
     * @param bytes in hex; cut short in the recording if {@link #isCut}
     */
    record Frame(boolean fromLearner, String kind, String bytes, boolean isCut, double atMillis) {
        byte[] raw() {
            return HexFormat.of().parseHex(bytes);
        }
    }

    /** One connection; frames in order. */
    record Connection(
            String name,
            long learner,
            long leader,
            boolean isObserver,
            String config,
            long configVersion,
            List<Frame> frames) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Capture() {}

    static List<Connection> all() {
        return NAMES.stream().flatMap(name -> connections(name).stream()).toList();
    }

    static List<Connection> connections(String name) {
        TreeMap<String, List<JsonNode>> byConnection = new TreeMap<>();
        for (JsonNode event : events(name)) {
            if (event.has("packet") || "SNAPSHOT-STREAM".equals(event.path("frame").asString(""))) {
                byConnection
                        .computeIfAbsent(event.get("conn").asString(), key -> new ArrayList<>())
                        .add(event);
            }
        }
        List<Connection> connections = new ArrayList<>();
        byConnection.forEach(
                (conn, events) -> connections.add(connection(name + " " + conn, events)));
        return connections;
    }

    private static Connection connection(String name, List<JsonNode> events) {
        JsonNode info = events.getFirst();
        String learner = sender(info);
        List<Frame> frames = new ArrayList<>();
        String config = "";
        for (JsonNode event : events) {
            String hex = event.get("hex").asString();
            String kind =
                    event.has("packet")
                            ? event.get("packet").asString()
                            : event.get("frame").asString();
            if (kind.equals("NEWLEADER")) {
                config = event.get("config").asString();
            }
            frames.add(
                    new Frame(
                            sender(event).equals(learner),
                            kind,
                            hex,
                            hex.length() != 2 * event.get("bytes").asInt(),
                            event.get("ms").asDouble()));
        }
        JsonNode learnerInfo = info.get("learnerInfo");
        return new Connection(
                name,
                learnerInfo.get("serverid").asLong(),
                leader(info),
                info.get("packet").asString().equals("OBSERVERINFO"),
                config,
                Long.decode(learnerInfo.get("configVersion").asString()),
                frames);
    }

    private static String sender(JsonNode event) {
        String direction = event.get("dir").asString();
        return direction.substring(0, direction.indexOf('>'));
    }

    /** The leader's id; that of server 3 where an observer talks to a follower in its place. */
    private static long leader(JsonNode event) {
        String direction = event.get("dir").asString();
        String receiver = direction.substring(direction.indexOf('>') + 2);
        return receiver.equals("om") ? 3 : Long.parseLong(receiver);
    }

    private static JsonNode events(String name) {
        String resource = "/captures/" + name + ".json.gz";
        try (InputStream in =
                new GZIPInputStream(
                        Objects.requireNonNull(
                                Capture.class.getResourceAsStream(resource), resource))) {
            return JsonMapper.shared().readTree(in).get("events");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

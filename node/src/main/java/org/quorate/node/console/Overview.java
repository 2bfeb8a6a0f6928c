package org.quorate.node.console;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.node.admin.Mode;
import org.quorate.node.admin.ServerView;
import org.quorate.node.admin.Version;
import org.quorate.node.insight.RoleLog;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.zab.Role;

/**
 * The ensemble as seen from this server: itself at first hand, the others by asking them. However
 * many pages look, members are asked once in {@link #FRESH_MILLIS} at most, and only while somebody
 * looks. Any thread that may wait.
 */
final class Overview {
    /** A picture so young is shown again. */
    static final long FRESH_MILLIS = 900;

    /** A member that takes longer to answer counts as unreachable. */
    static final int PROBE_MILLIS_MAX = 800;

    private static final String STANDALONE = "standalone";

    private final ServerView server;

    // Guards the fields below; held while members are asked, so that they are asked once.
    private final ReentrantLock lock = new ReentrantLock();
    private long takenNanos;
    private @Nullable Map<String, Object> taken;

    Overview(ServerView server) {
        this.server = server;
    }

    /** The picture, a second old at most. */
    Map<String, Object> get() throws IOException {
        lock.lock();
        try {
            Map<String, Object> known = taken;
            long nowNanos = System.nanoTime();
            if (known == null
                    || nowNanos - takenNanos > TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS)) {
                known = take();
                taken = known;
                takenNanos = System.nanoTime();
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Object> take() throws IOException {
        EnsembleConfig members = server.members();
        Role role = server.role();
        SortedMap<Long, Probe.Finding> findings = probe(members);
        Map<String, Object> picture = new LinkedHashMap<>();
        picture.put("atMillis", System.currentTimeMillis());
        picture.put("version", Version.QUORATE);
        picture.put("serverId", server.config().serverId());
        picture.put(STANDALONE, server.config().quorum().standalone());
        picture.put("mode", Mode.of(server));
        picture.put("serving", server.isServing());
        picture.put("leader", role.leader());
        picture.put("epoch", role.epoch());
        picture.put("quorum", quorum(members, findings));
        picture.put("members", members(members, findings));
        picture.put("here", here());
        picture.put("history", history());
        return picture;
    }

    private SortedMap<Long, Probe.Finding> probe(EnsembleConfig members) throws IOException {
        SortedMap<Long, Probe.Finding> findings = new TreeMap<>();
        long self = server.config().serverId();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            SortedMap<Long, Future<Probe.Finding>> asked = new TreeMap<>();
            for (Member member : members.members().values()) {
                if (member.serverId() != self) {
                    asked.put(
                            member.serverId(),
                            threads.submit(() -> Probe.ask(member, PROBE_MILLIS_MAX)));
                }
            }
            for (Map.Entry<Long, Future<Probe.Finding>> each : asked.entrySet()) {
                findings.put(each.getKey(), each.getValue().get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a member could not be asked", e);
        }
        if (members.member(self) != null) {
            String state = server.isServing() ? Mode.of(server) : Probe.Finding.NOT_SERVING;
            findings.put(self, new Probe.Finding(state, Map.of(), ""));
        }
        return findings;
    }

    /** How many voters there are, answer, and may still fail. */
    private static Map<String, Object> quorum(
            EnsembleConfig members, SortedMap<Long, Probe.Finding> findings) {
        int voters = members.voters().size();
        int alive = 0;
        for (Member voter : members.voters()) {
            Probe.Finding finding = findings.get(voter.serverId());
            alive += finding != null && finding.isVoting() ? 1 : 0;
        }
        int needed = voters / 2 + 1;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("voters", voters);
        fields.put("alive", alive);
        if (voters > 0 && !members.isHierarchical()) {
            fields.put("needed", needed);
            fields.put("margin", alive - needed);
        }
        return fields;
    }

    private List<Map<String, Object>> members(
            EnsembleConfig members, SortedMap<Long, Probe.Finding> findings) throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Member member : members.members().values()) {
            boolean self = member.serverId() == server.config().serverId();
            Probe.Finding finding = findings.get(member.serverId());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", member.serverId());
            fields.put("self", self);
            fields.put("voter", member.isVoter());
            fields.put("address", member.addresses().get(0).quorum().toString());
            fields.put("client", String.valueOf(member.clientAddress()));
            if (finding != null) {
                fields.put("state", finding.state());
                fields.put("note", finding.note());
                fields.putAll(self ? ownFigures() : figures(finding.lines()));
            }
            all.add(fields);
        }
        if (all.isEmpty()) {
            Map<String, Object> alone = new LinkedHashMap<>();
            alone.put("id", server.config().serverId());
            alone.put("self", true);
            alone.put("voter", true);
            alone.put("state", server.isServing() ? STANDALONE : Probe.Finding.NOT_SERVING);
            alone.put("client", "port " + server.clientPort());
            alone.putAll(ownFigures());
            all.add(alone);
        }
        return all;
    }

    private static Map<String, Object> figures(Map<String, String> lines) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "version", lines.get("Zookeeper version"));
        put(fields, "zxid", lines.get("Zxid"));
        put(fields, "latency", lines.get("Latency min/avg/max"));
        put(fields, "received", lines.get("Received"));
        put(fields, "sent", lines.get("Sent"));
        put(fields, "connections", lines.get("Connections"));
        put(fields, "outstanding", lines.get("Outstanding"));
        put(fields, "znodes", lines.get("Node count"));
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** The same figures in the same form, of this server. */
    private Map<String, Object> ownFigures() throws IOException {
        ServerView.Traffic traffic = server.traffic();
        ServerView.Counts counts = server.counts();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", Version.FULL);
        fields.put("zxid", Hex.of(counts.lastZxid()));
        fields.put("latency", latency(traffic));
        fields.put("received", String.valueOf(traffic.received()));
        fields.put("sent", String.valueOf(traffic.sent()));
        fields.put("connections", String.valueOf(traffic.connections()));
        fields.put("outstanding", String.valueOf(traffic.outstanding()));
        fields.put("znodes", String.valueOf(counts.znodes()));
        return fields;
    }

    private static String latency(ServerView.Traffic traffic) {
        return "%d/%.4f/%d"
                .formatted(
                        traffic.latency().minMillis(),
                        traffic.latency().averageMillis(),
                        traffic.latency().maxMillis());
    }

    private Map<String, Object> here() throws IOException {
        ServerView.Counts counts = server.counts();
        ServerView.Traffic traffic = server.traffic();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("uptimeMillis", server.uptimeMillis());
        fields.put("zxid", Hex.of(counts.lastZxid()));
        fields.put("znodes", counts.znodes());
        fields.put("dataBytes", counts.dataBytes());
        fields.put("memoryBytes", counts.memoryBytes());
        fields.put("memoryLimitBytes", server.config().treeOptions().memoryBytesMax());
        fields.put("sessions", counts.globalSessions() + counts.localSessions());
        fields.put("ephemerals", counts.ephemerals());
        fields.put("watches", counts.watches());
        fields.put("connections", traffic.connections());
        fields.put("outstanding", traffic.outstanding());
        fields.put("received", traffic.received());
        fields.put("sent", traffic.sent());
        fields.put("slowSyncs", server.slowSyncs());
        return fields;
    }

    private List<Map<String, Object>> history() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (RoleLog.Change change : server.insight().roles().changes()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("atMillis", change.wallMillis());
            fields.put("role", change.role());
            fields.put("leader", change.leader());
            fields.put("epoch", change.epoch());
            fields.put("reason", change.reason());
            all.add(fields);
        }
        return all;
    }
}

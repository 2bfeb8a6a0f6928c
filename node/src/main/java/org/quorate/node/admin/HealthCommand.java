package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.History;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.Member;

/** The admin command {@code health}: figures of this server, and what is wrong with it. */
final class HealthCommand {
    /** Losses of the leader that are told with their reasons; {@code leader_history} has more. */
    private static final int LOSSES_MAX = 20;

    private final ServerView server;

    HealthCommand(ServerView server) {
        this.server = server;
    }

    Reply health() throws IOException {
        long nowMillis = System.currentTimeMillis();
        HealthCheck check = new HealthCheck(server, nowMillis);
        List<Finding> findings = check.findings();
        Finding.Level worst = findings.isEmpty() ? Finding.Level.OK : findings.getFirst().level();
        ServerConfig config = server.config();
        Reply reply =
                new Reply()
                        .put("level", worst.label())
                        .put("live", true)
                        .put("ready", server.isServing())
                        .put("mode", Mode.of(server))
                        .put("server_id", config.serverId())
                        .put("version", Version.FULL)
                        .put("time_ms", nowMillis)
                        .put("uptime_ms", server.uptimeMillis())
                        .put("leader", server.role().leader())
                        .put("epoch", server.role().epoch())
                        .put("core_answers", check.coreAnswers());
        if (check.coreAnswers()) {
            ServerView.Counts counts = server.counts();
            ServerView.Traffic traffic = server.traffic();
            reply.put("zxid", Text.hex(counts.lastZxid()))
                    .put("connections", traffic.connections())
                    .put("outstanding", traffic.outstanding())
                    .put("sessions", counts.globalSessions())
                    .put("watches", counts.watches())
                    .put("znodes", counts.znodes())
                    .put("tree_bytes", counts.memoryBytes());
        }
        reply.put("outstanding_max", config.limits().outstandingRequestsMax())
                .put("tree_bytes_max", limit(config.limits().treeBytesMax()));
        recent(reply, nowMillis);
        double hours = check.diskHoursLeft();
        reply.put(
                        "disk_hours_left",
                        Double.isInfinite(hours) ? null : Math.round(hours * 10) / 10.0)
                .put("lost_leader_last_hour", lost(nowMillis, 1))
                .put("lost_leader_last_day", lost(nowMillis, 24))
                .put("leader_losses", losses(nowMillis))
                .put("expired_by_cause", expired())
                .put("certificates", certificates())
                .put("members", members())
                .put("settings", settings());
        ServerView.Leadership leads = check.leads();
        if (leads != null && server.isServing()) {
            List<Map<String, Object>> learners = new ArrayList<>();
            leads.all().forEach(learner -> learners.add(learner(learner)));
            reply.put("quorum", quorum(leads)).put("learners", learners);
        }
        return reply.put("findings", findings.stream().map(Finding::fields).toList());
    }

    private static Object limit(long bytes) {
        return bytes == Long.MAX_VALUE ? 0 : bytes;
    }

    private int lost(long nowMillis, int hours) {
        return server.insight().roles().lostSince(nowMillis - TimeUnit.HOURS.toMillis(hours));
    }

    private List<Map<String, Object>> losses(long nowMillis) {
        return server
                .insight()
                .roles()
                .lossesSince(nowMillis - TimeUnit.HOURS.toMillis(24))
                .stream()
                .limit(LOSSES_MAX)
                .map(loss -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("time_ms", loss.wallMillis());
                    fields.put("reason", loss.reason());
                    return fields;
                })
                .toList();
    }

    /** What the leader knows of it. With groups and weights no number tells how many may fail. */
    private Map<String, @Nullable Object> quorum(ServerView.Leadership leads) {
        int voters = server.members().voters().size();
        int inSync = 1 + leads.syncedFollowers() - leads.syncedNonVotingFollowers();
        boolean counted = !server.members().isHierarchical();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("voters", voters);
        fields.put("in_sync", inSync);
        fields.put("needed", counted ? voters / 2 + 1 : null);
        fields.put("may_fail", counted ? inSync - (voters / 2 + 1) : null);
        return fields;
    }

    private void recent(Reply reply, long nowMillis) {
        List<History.Point> points =
                server.insight().history().since(nowMillis - TimeUnit.MINUTES.toMillis(1));
        if (points.isEmpty()) {
            return;
        }
        History.Point last = points.getLast();
        reply.put("reads_per_s", last.reads().perSecond())
                .put("read_p50_us", last.reads().p50Micros())
                .put("read_p99_us", last.reads().p99Micros())
                .put("writes_per_s", last.writes().perSecond())
                .put("write_p50_us", last.writes().p50Micros())
                .put("write_p99_us", last.writes().p99Micros())
                .put("fsyncs_per_s", last.syncs().perSecond())
                .put("fsync_p50_us", last.syncs().p50Micros())
                .put("fsync_p99_us", last.syncs().p99Micros())
                .put("received_bytes_per_s", last.receivedBytesPerSecond())
                .put("sent_bytes_per_s", last.sentBytesPerSecond())
                .put("log_queue_bytes", last.journalBytes())
                .put("disk_free_bytes", last.diskFreeBytes());
    }

    private Map<String, Long> expired() {
        Map<String, Long> causes = new LinkedHashMap<>();
        server.metrics()
                .sessionsExpiredByCause
                .forEach((cause, count) -> causes.put(cause, count.value()));
        return causes;
    }

    private List<Map<String, Object>> certificates() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (ServerView.Certificate certificate : server.certificates()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("use", certificate.use());
            fields.put("file", certificate.file().toString());
            fields.put("ends_ms", certificate.endsMillis());
            all.add(fields);
        }
        return all;
    }

    private List<Map<String, Object>> members() {
        List<Map<String, Object>> members = new ArrayList<>();
        List<Member> all = new ArrayList<>(server.members().voters());
        all.addAll(server.members().observers());
        for (Member member : all) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("server_id", member.serverId());
            fields.put("role", member.role().toString());
            fields.put("quorum_address", member.addresses().get(0).quorum().toString());
            Endpoint client = member.clientAddress();
            fields.put("client_address", client == null ? null : client.toString());
            members.add(fields);
        }
        return members;
    }

    /** What should be alike on all servers. */
    private Map<String, Object> settings() {
        ServerConfig config = server.config();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("tickTime", config.timing().tickMillis());
        fields.put("minSessionTimeout", config.timing().minSessionTimeoutMillis());
        fields.put("maxSessionTimeout", config.timing().maxSessionTimeoutMillis());
        fields.put("initLimit", config.quorum().initLimitTicks());
        fields.put("syncLimit", config.quorum().syncLimitTicks());
        fields.put("jute.maxbuffer", config.limits().frameBytesMax());
        fields.put("globalOutstandingLimit", config.limits().outstandingRequestsMax());
        fields.put("maxClientCnxns", config.limits().connectionsPerAddressMax());
        fields.put("tree.memory.limit", limit(config.limits().treeBytesMax()));
        fields.put("forceSync", config.storage().forceSync());
        fields.put("digest.enabled", config.storage().digest());
        fields.put("extendedTypesEnabled", config.behaviour().extendedTypes());
        fields.put("enforceQuota", config.behaviour().enforceQuota());
        fields.put("skipACL", config.behaviour().skipAcl());
        fields.put("localSessionsEnabled", config.behaviour().localSessions());
        fields.put("reconfigEnabled", config.quorum().reconfigEnabled());
        fields.put("enforce.auth.schemes", String.valueOf(config.auth().enforcedSchemes()));
        fields.put("sslQuorum", config.tls().peers() != null);
        fields.put("members_version", Long.toHexString(server.members().version()));
        return fields;
    }

    private static Map<String, Object> learner(ServerView.Learner learner) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("server_id", learner.serverId());
        fields.put("observer", learner.observer());
        fields.put("active", learner.active());
        fields.put("behind", learner.behind());
        return fields;
    }
}

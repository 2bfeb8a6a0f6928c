package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.quorate.node.metrics.Gauge;
import org.quorate.node.metrics.Jvm;
import org.quorate.node.metrics.MonitorText;
import org.quorate.zab.Role;

/** The gauges of {@code mntr} that are read off a running server. Stateless. */
final class Gauges {
    private Gauges() {}

    static List<Gauge> of(ServerView server) throws IOException {
        ServerView.Counts counts = server.counts();
        ServerView.Traffic traffic = server.traffic();
        Jvm.Descriptors descriptors = Jvm.descriptors();
        List<Gauge> gauges = new ArrayList<>();
        gauges.add(
                new Gauge("avg_latency", MonitorText.rounded(traffic.latency().averageMillis())));
        gauges.add(new Gauge("max_latency", traffic.latency().maxMillis()));
        gauges.add(new Gauge("min_latency", traffic.latency().minMillis()));
        gauges.add(new Gauge("packets_received", traffic.received()));
        gauges.add(new Gauge("packets_sent", traffic.sent()));
        gauges.add(new Gauge("num_alive_connections", traffic.connections()));
        gauges.add(new Gauge("outstanding_requests", traffic.outstanding()));
        gauges.add(new Gauge("znode_count", counts.znodes()));
        gauges.add(new Gauge("watch_count", counts.watches()));
        gauges.add(new Gauge("ephemerals_count", counts.ephemerals()));
        gauges.add(new Gauge("approximate_data_size", counts.dataBytes()));
        gauges.add(new Gauge("open_file_descriptor_count", descriptors.open()));
        gauges.add(new Gauge("max_file_descriptor_count", descriptors.max()));
        gauges.add(new Gauge("global_sessions", counts.globalSessions()));
        gauges.add(new Gauge("local_sessions", counts.localSessions()));
        gauges.add(new Gauge("uptime", server.uptimeMillis()));
        gauges.add(new Gauge("connection_drop_probability", 0.0));
        sizes(gauges, "client_response_size", traffic.replyBytes());
        gauges.add(new Gauge("outstanding_tls_handshake", traffic.handshakes()));
        gauges.add(new Gauge("auth_failed_count", traffic.authFailures()));
        gauges.add(new Gauge("non_mtls_remote_conn_count", 0));
        gauges.add(new Gauge("non_mtls_local_conn_count", 0));
        gauges.add(new Gauge("tree_memory_bytes", counts.memoryBytes()));
        leadership(gauges, server);
        return gauges;
    }

    private static void leadership(List<Gauge> gauges, ServerView server) throws IOException {
        ServerView.Leadership leads = server.leadership();
        if (leads != null) {
            gauges.add(new Gauge("synced_followers", leads.syncedFollowers()));
            gauges.add(new Gauge("synced_non_voting_followers", leads.syncedNonVotingFollowers()));
            gauges.add(new Gauge("synced_observers", leads.observers().size()));
            gauges.add(new Gauge("learners", leads.learners()));
            gauges.add(new Gauge("pending_syncs", leads.pendingSyncs()));
            gauges.add(new Gauge("quorum_size", leads.quorumSize()));
            gauges.add(new Gauge("leader_uptime", leads.uptimeMillis()));
            sizes(gauges, "proposal_size", leads.proposalBytes());
        } else if (!server.config().quorum().standalone() && !server.isReadOnly()) {
            ServerView.Learning learning = server.learning();
            if (server.role().kind() == Role.Kind.OBSERVING) {
                gauges.add(new Gauge("observer_master_id", learning.master()));
            } else {
                gauges.add(new Gauge("synced_observers", learning.syncedObservers()));
            }
            gauges.add(new Gauge("quorum_size", server.members().voters().size()));
        }
    }

    private static void sizes(List<Gauge> gauges, String name, ServerView.Sizes sizes) {
        gauges.add(new Gauge("last_" + name, sizes.last()));
        gauges.add(new Gauge("min_" + name, sizes.min()));
        gauges.add(new Gauge("max_" + name, sizes.max()));
    }
}

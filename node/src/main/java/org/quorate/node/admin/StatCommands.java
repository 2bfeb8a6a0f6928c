package org.quorate.node.admin;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.net.LinkStats;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.metrics.MonitorText;

/** The admin commands connections, server_stats and stats. Any thread that may wait. */
final class StatCommands {
    private final ServerView server;

    StatCommands(ServerView server) {
        this.server = server;
    }

    Reply connections() throws IOException {
        return new Reply()
                .put("connections", all(server.connections()))
                .put("secure_connections", all(server.secureConnections()));
    }

    Reply serverStats() throws IOException {
        ServerView.Traffic traffic = server.traffic();
        Reply reply =
                new Reply()
                        .put("version", Version.FULL)
                        .put("read_only", server.isReadOnly())
                        .put("server_stats", figures(traffic))
                        .put("client_response", sizes(traffic.replyBytes()));
        ServerView.Leadership leads = server.leadership();
        if (leads != null) {
            reply.put("proposal_stats", sizes(leads.proposalBytes()));
        }
        return reply.put("node_count", server.counts().znodes());
    }

    Reply stats() throws IOException {
        return serverStats()
                .put("connections", brief(server.connections()))
                .put("secure_connections", brief(server.secureConnections()));
    }

    private Map<String, Object> figures(ServerView.Traffic traffic) {
        ServerConfig.Directories dirs = server.config().directories();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("packets_sent", traffic.sent());
        fields.put("packets_received", traffic.received());
        fields.put("fsync_threshold_exceed_count", server.slowSyncs());
        fields.put("client_response_stats", sizes(traffic.replyBytes()));
        fields.put("data_dir_size", Directories.bytes(dirs.data()));
        fields.put("log_dir_size", Directories.bytes(dirs.log()));
        fields.put("provider_null", false);
        fields.put("last_processed_zxid", server.counts().lastZxid());
        fields.put("outstanding_requests", traffic.outstanding());
        fields.put("server_state", Mode.of(server));
        fields.put("avg_latency", MonitorText.rounded(traffic.latency().averageMillis()));
        fields.put("max_latency", traffic.latency().maxMillis());
        fields.put("min_latency", traffic.latency().minMillis());
        fields.put("num_alive_client_connections", traffic.connections());
        fields.put("uptime", server.uptimeMillis());
        fields.put("auth_failed_count", traffic.authFailures());
        fields.put("non_mtlsremote_conn_count", 0);
        fields.put("non_mtlslocal_conn_count", 0);
        return fields;
    }

    private static Map<String, Object> sizes(ServerView.Sizes sizes) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("last_buffer_size", sizes.last());
        fields.put("min_buffer_size", sizes.min());
        fields.put("max_buffer_size", sizes.max());
        return fields;
    }

    private static List<Map<String, Object>> brief(List<LinkStats> connections) {
        List<Map<String, Object>> all = new ArrayList<>();
        connections.forEach(client -> all.add(brief(client)));
        return all;
    }

    private static Map<String, Object> brief(LinkStats client) {
        InetSocketAddress remote = client.remote();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "remote_socket_address",
                remote == null ? "?" : NetUtil.toSocketAddressString(remote));
        fields.put("interest_ops", StatText.interestOps(client));
        fields.put("outstanding_requests", client.underWay());
        fields.put("packets_received", client.received());
        fields.put("packets_sent", client.sent());
        return fields;
    }

    private static List<Map<String, Object>> all(List<LinkStats> connections) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (LinkStats client : connections) {
            Map<String, Object> fields = brief(client);
            fields.put("session_id", client.sessionId());
            fields.put("last_operation", OperationNames.of(client.lastOperation()));
            fields.put("established", client.establishedMillis());
            fields.put("session_timeout", client.timeoutMillis());
            fields.put("last_cxid", client.lastCxid());
            fields.put("last_zxid", client.lastZxid());
            fields.put("last_response_time", client.lastReplyMillis());
            fields.put("last_latency", client.lastLatencyMillis());
            fields.put("min_latency", client.latency().minMillis());
            fields.put("avg_latency", (long) client.latency().averageMillis());
            fields.put("max_latency", client.latency().maxMillis());
            all.add(fields);
        }
        return all;
    }
}

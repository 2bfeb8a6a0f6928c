package org.quorate.node.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.quorate.net.LinkStats;
import org.quorate.node.metrics.MonitorText;

/** The texts of {@code srvr}, {@code stat} and {@code cons}. Stateless. */
final class StatText {
    private StatText() {}

    static void srvr(ServerView server, Text out) throws IOException {
        head(server, out);
        figures(server, out);
    }

    static void stat(ServerView server, Text out) throws IOException {
        head(server, out);
        out.line("Clients:");
        for (LinkStats client : server.connections()) {
            out.line(brief(client) + ")");
        }
        out.line("");
        figures(server, out);
    }

    static void cons(ServerView server, Text out) throws IOException {
        for (LinkStats client : server.connections()) {
            out.line(brief(client) + (client.sessionId() == 0 ? "" : details(client)) + ")");
        }
        out.line("");
    }

    private static void head(ServerView server, Text out) {
        out.line("Zookeeper version: " + Version.FULL);
        if (server.isReadOnly()) {
            out.line("READ-ONLY mode; serving only read-only clients");
        }
    }

    private static void figures(ServerView server, Text out) throws IOException {
        ServerView.Traffic traffic = server.traffic();
        ServerView.Counts counts = server.counts();
        LinkStats.Latency latency = traffic.latency();
        out.line(
                "Latency min/avg/max: %d/%s/%d"
                        .formatted(
                                latency.minMillis(),
                                MonitorText.rounded(latency.averageMillis()),
                                latency.maxMillis()));
        out.line("Received: " + traffic.received());
        out.line("Sent: " + traffic.sent());
        out.line("Connections: " + traffic.connections());
        out.line("Outstanding: " + traffic.outstanding());
        out.line("Zxid: " + Text.hex(counts.lastZxid()));
        out.line("Mode: " + Mode.of(server));
        out.line("Node count: " + counts.znodes());
        ServerView.Leadership leads = server.leadership();
        if (leads != null) {
            ServerView.Sizes sizes = leads.proposalBytes();
            out.line(
                    "Proposal sizes last/min/max: %d/%d/%d"
                            .formatted(sizes.last(), sizes.min(), sizes.max()));
        }
    }

    /** A connection up to where the brief form ends; the closing bracket is missing. */
    private static String brief(LinkStats client) {
        return " %s[%d](queued=%d,recved=%d,sent=%d"
                .formatted(
                        address(client),
                        interestOps(client),
                        client.underWay(),
                        client.received(),
                        client.sent());
    }

    /** A client's address with a slash in front, as Java shows one that was never a name. */
    static String address(LinkStats client) {
        InetSocketAddress remote = client.remote();
        String text = remote == null ? "/?" : remote.toString();
        return text.substring(text.indexOf('/'));
    }

    /** 1 while requests are read; 0 for a connection that asked for these words. */
    static int interestOps(LinkStats client) {
        return client.sessionId() == 0 ? 0 : 1;
    }

    private static String details(LinkStats client) {
        LinkStats.Latency latency = client.latency();
        return ",sid=%s,lop=%s,est=%d,to=%d%s,lzxid=%s,lresp=%d,llat=%d,minlat=%d,avglat=%d,maxlat=%d"
                .formatted(
                        Text.hex(client.sessionId()),
                        OperationNames.of(client.lastOperation()),
                        client.establishedMillis(),
                        client.timeoutMillis(),
                        client.lastCxid() < 0 ? "" : ",lcxid=" + Text.hex(client.lastCxid()),
                        Text.hex(client.lastZxid()),
                        client.lastReplyMillis(),
                        client.lastLatencyMillis(),
                        latency.minMillis(),
                        (long) latency.averageMillis(),
                        latency.maxMillis());
    }
}

package org.quorate.node.console;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LinkStats;
import org.quorate.node.admin.ServerView;

/** What the page asks about sessions. Any thread that may wait. */
final class SessionQuestions {
    /** Rows of an answer. */
    static final int SHOWN_MAX = 500;

    static final int PATHS_SHOWN_MAX = 500;

    private final ServerView server;

    SessionQuestions(ServerView server) {
        this.server = server;
    }

    /** Sessions of the ensemble; of those connected here also what is known of the connection. */
    Map<String, Object> list(Map<String, String> query) throws IOException {
        String wanted = query.getOrDefault("search", "").strip().toLowerCase(Locale.ROOT);
        ServerView.Sessions sessions = server.sessions();
        Map<Long, LinkStats> links = links();
        SortedMap<Long, List<String>> watches = server.watches();
        Map<Long, Long> expiries = expiries(sessions);
        List<Map<String, Object>> rows = new ArrayList<>();
        int found = 0;
        for (Map.Entry<Long, Integer> each : sessions.timeoutsMillis().entrySet()) {
            long id = each.getKey();
            @Nullable LinkStats link = links.get(id);
            String client = link == null ? "" : address(link);
            if (!Hex.of(id).contains(wanted) && !client.contains(wanted)) {
                continue;
            }
            found++;
            if (rows.size() == SHOWN_MAX) {
                continue;
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", Hex.of(id));
            row.put("timeoutMillis", each.getValue());
            row.put("ephemerals", sessions.ephemerals().getOrDefault(id, List.of()).size());
            @Nullable Long expiry = expiries.get(id);
            if (expiry != null) {
                row.put("expiresMillis", expiry);
            }
            if (link != null) {
                row.put("watches", watches.getOrDefault(id, List.of()).size());
                connection(row, link, client);
            }
            rows.add(row);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total", sessions.timeoutsMillis().size());
        answer.put("found", found);
        answer.put("sessions", rows);
        return answer;
    }

    /** What one session owns and watches. */
    Map<String, Object> session(Map<String, String> query) throws IOException, Refusal {
        long id = id(query.getOrDefault("id", ""));
        ServerView.Sessions sessions = server.sessions();
        if (!sessions.timeoutsMillis().containsKey(id)) {
            throw new Refusal(404, "there is no session " + Hex.of(id));
        }
        List<String> ephemerals = sessions.ephemerals().getOrDefault(id, List.of());
        List<String> watches = server.watches().getOrDefault(id, List.of());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", Hex.of(id));
        answer.put("ephemeralCount", ephemerals.size());
        answer.put("ephemerals", ephemerals.stream().sorted().limit(PATHS_SHOWN_MAX).toList());
        answer.put("watchCount", watches.size());
        answer.put("watches", watches.stream().limit(PATHS_SHOWN_MAX).toList());
        return answer;
    }

    /** A session id as the page writes it. */
    static long id(String text) throws Refusal {
        try {
            return Hex.parse(text);
        } catch (NumberFormatException e) {
            throw new Refusal(400, "'%s' is not a session id".formatted(text));
        }
    }

    private static void connection(Map<String, Object> row, LinkStats link, String client) {
        row.put("client", client);
        row.put("sinceMillis", link.establishedMillis());
        row.put("lastReplyMillis", link.lastReplyMillis());
        row.put("received", link.received());
        row.put("underWay", link.underWay());
        row.put("averageMillis", link.latency().averageMillis());
        row.put("maxMillis", link.latency().maxMillis());
    }

    private Map<Long, LinkStats> links() throws IOException {
        Map<Long, LinkStats> links = new HashMap<>();
        server.connections().forEach(link -> links.put(link.sessionId(), link));
        server.secureConnections().forEach(link -> links.put(link.sessionId(), link));
        return links;
    }

    private static Map<Long, Long> expiries(ServerView.Sessions sessions) {
        Map<Long, Long> expiries = new TreeMap<>();
        sessions.expiries().forEach((at, ids) -> ids.forEach(id -> expiries.put(id, at)));
        return expiries;
    }

    private static String address(LinkStats link) {
        InetSocketAddress remote = link.remote();
        return remote == null ? "" : NetUtil.toSocketAddressString(remote);
    }
}

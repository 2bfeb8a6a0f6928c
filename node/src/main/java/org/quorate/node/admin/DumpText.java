package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.quorate.net.LinkStats;

/** The text of {@code dump}: sessions, ephemerals, connections. Stateless. */
final class DumpText {
    private DumpText() {}

    static void dump(ServerView server, Text out) throws IOException {
        ServerView.Sessions sessions = server.sessions();
        out.line("SessionTracker dump:");
        if (isLearner(server)) {
            Map<Long, Integer> timeouts = sessions.timeoutsMillis();
            out.line("Global Sessions(%d):".formatted(timeouts.size()));
            timeouts.forEach((id, millis) -> out.line(Text.hex(id) + "\t" + millis + "ms"));
        } else {
            out.add(Mode.isInEnsemble(server) ? "Global Session " : "Session ");
            sets(out, sessions.expiries(), Text::hex);
        }
        out.line("ephemeral nodes dump:");
        out.line("Sessions with Ephemerals (%d):".formatted(sessions.ephemerals().size()));
        sessions.ephemerals()
                .forEach((session, paths) -> {
                    out.line(Text.hex(session) + ":");
                    paths.forEach(path -> out.line("\t" + path));
                });
        out.line("Connections dump:");
        connections(server, out);
    }

    private static void connections(ServerView server, Text out) throws IOException {
        SortedMap<Long, List<LinkStats>> byExpiry = new TreeMap<>();
        for (LinkStats client : server.connections()) {
            byExpiry.computeIfAbsent(client.expiresMillis(), e -> new ArrayList<>()).add(client);
        }
        out.add("Connections ");
        sets(
                out,
                byExpiry,
                client ->
                        "ip: %s sessionId: %s"
                                .formatted(StatText.address(client), Text.hex(client.sessionId())));
    }

    /** Members by the time at which they expire. */
    private static <T> void sets(
            Text out, SortedMap<Long, List<T>> byExpiry, Function<T, String> show) {
        int all = byExpiry.values().stream().mapToInt(List::size).sum();
        out.line("Sets (%d)/(%d):".formatted(byExpiry.size(), all));
        byExpiry.forEach((millis, members) -> {
            out.line("%d expire at %s:".formatted(members.size(), date(millis)));
            members.forEach(member -> out.line("\t" + show.apply(member)));
        });
    }

    @SuppressWarnings("JavaUtilDate") // its text is ZooKeeper's format
    private static String date(long millis) {
        return new Date(millis).toString();
    }

    private static boolean isLearner(ServerView server) {
        return switch (server.role().kind()) {
            case FOLLOWING, OBSERVING -> true;
            case LEADING, LOOKING -> false;
        };
    }
}

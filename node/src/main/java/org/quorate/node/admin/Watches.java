package org.quorate.node.admin;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watches of this server, by session and by path.
 *
 * @param bySession sorted
 * @param byPath the same the other way round
 */
record Watches(SortedMap<Long, List<String>> bySession, SortedMap<String, SortedSet<Long>> byPath) {

    static Watches of(ServerView server) throws IOException {
        SortedMap<Long, List<String>> bySession = server.watches();
        SortedMap<String, SortedSet<Long>> byPath = new TreeMap<>();
        bySession.forEach((session, paths) ->
                paths.forEach(
                        path -> byPath.computeIfAbsent(path, p -> new TreeSet<>()).add(session)));
        return new Watches(bySession, byPath);
    }

    int connections() {
        return bySession.size();
    }

    int paths() {
        return byPath.size();
    }

    int total() {
        return bySession.values().stream().mapToInt(List::size).sum();
    }
}

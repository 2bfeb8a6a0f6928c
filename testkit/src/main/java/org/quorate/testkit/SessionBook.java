package org.quorate.testkit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The sessions that were seen, and what was decided about their clients. Any thread. */
final class SessionBook {
    private final Map<Long, byte[]> passwords = new ConcurrentHashMap<>();
    private final Map<Long, Clients> bySession = new ConcurrentHashMap<>();
    private final Set<ClientLink> links = ConcurrentHashMap.newKeySet();
    private final Clients all = new Clients(() -> links.forEach(ClientLink::cut));

    /** All clients. */
    Clients all() {
        return all;
    }

    /** Those of one session. */
    Clients of(long sessionId) {
        return bySession.computeIfAbsent(sessionId, id -> new Clients(() -> cut(id)));
    }

    private void cut(long sessionId) {
        for (ClientLink link : links) {
            if (link.sessionId() == sessionId) {
                link.cut();
            }
        }
    }

    List<Clients> concerned(long sessionId) {
        Clients own = bySession.get(sessionId);
        return own == null ? List.of(all) : List.of(all, own);
    }

    boolean isRefused(long sessionId) {
        return concerned(sessionId).stream().anyMatch(Clients::isRefused);
    }

    void learnt(long sessionId, byte[] password) {
        passwords.put(sessionId, password);
    }

    byte @Nullable [] password(long sessionId) {
        return passwords.get(sessionId);
    }

    void opened(ClientLink link) {
        links.add(link);
    }

    void closed(ClientLink link) {
        links.remove(link);
    }

    void heal() {
        all.heal();
        bySession.values().forEach(Clients::heal);
    }
}

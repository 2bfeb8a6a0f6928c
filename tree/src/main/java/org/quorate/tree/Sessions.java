package org.quorate.tree;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The sessions that the ensemble knows, and the nodes that have an owner: by session, containers,
 * and those with a time to live. Everything in the order it came.
 */
final class Sessions {
    private final boolean extendedTypes;
    private final Map<Long, Integer> timeoutsMillis = new LinkedHashMap<>();
    private final Map<Long, Set<Integer>> ephemerals = new LinkedHashMap<>();
    private final Set<Integer> containers = new LinkedHashSet<>();
    private final Set<Integer> ttlNodes = new LinkedHashSet<>();
    private int ephemeralCount;

    Sessions(boolean extendedTypes) {
        this.extendedTypes = extendedTypes;
    }

    void put(long sessionId, int timeoutMillis) {
        timeoutsMillis.put(sessionId, timeoutMillis);
    }

    void remove(long sessionId) {
        timeoutsMillis.remove(sessionId);
    }

    boolean has(long sessionId) {
        return timeoutsMillis.containsKey(sessionId);
    }

    int timeoutMillis(long sessionId) {
        return timeoutsMillis.getOrDefault(sessionId, 0);
    }

    int count() {
        return timeoutsMillis.size();
    }

    void forEach(DataTree.SessionVisitor visitor) {
        timeoutsMillis.forEach(visitor::session);
    }

    void forEachEphemeralOwner(DataTree.SessionVisitor visitor) {
        ephemerals.keySet().forEach(id -> visitor.session(id, timeoutMillis(id)));
    }

    /** A node has come into being. */
    void own(int node, long owner) {
        if (owner == Owner.NONE) {
            return;
        }
        if (Owner.isContainer(owner)) {
            containers.add(node);
        } else if (Owner.isTtl(owner, extendedTypes)) {
            ttlNodes.add(node);
        } else {
            ephemerals.computeIfAbsent(owner, id -> new LinkedHashSet<>()).add(node);
            ephemeralCount++;
        }
    }

    /** A node is going. */
    void disown(int node, long owner) {
        if (owner == Owner.NONE) {
            return;
        }
        if (Owner.isContainer(owner)) {
            containers.remove(node);
        } else if (Owner.isTtl(owner, extendedTypes)) {
            ttlNodes.remove(node);
        } else {
            Set<Integer> nodes = ephemerals.get(owner);
            if (nodes != null && nodes.remove(node)) {
                ephemeralCount--;
                if (nodes.isEmpty()) {
                    ephemerals.remove(owner);
                }
            }
        }
    }

    /** All ephemerals. */
    int ephemeralCount() {
        return ephemeralCount;
    }

    int ephemeralCount(long sessionId) {
        Set<Integer> nodes = ephemerals.get(sessionId);
        return nodes == null ? 0 : nodes.size();
    }

    void forEachEphemeral(long sessionId, DataTree.NodeVisitor visitor) {
        Set<Integer> nodes = ephemerals.get(sessionId);
        if (nodes != null) {
            nodes.forEach(visitor::node);
        }
    }

    /** Any ephemeral of the session, or {@link DataTree#NONE}. */
    int anyEphemeral(long sessionId) {
        Set<Integer> nodes = ephemerals.get(sessionId);
        return nodes == null ? DataTree.NONE : nodes.iterator().next();
    }

    void forEachContainer(DataTree.NodeVisitor visitor) {
        containers.forEach(visitor::node);
    }

    void forEachTtlNode(DataTree.NodeVisitor visitor) {
        ttlNodes.forEach(visitor::node);
    }
}

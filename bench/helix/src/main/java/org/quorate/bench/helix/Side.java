package org.quorate.bench.helix;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cluster whose database does nothing but note what it was asked for and when. Safe for many
 * threads.
 */
abstract class Side implements AutoCloseable {
    private final Map<String, String> leaders = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> held = new ConcurrentHashMap<>(); // by node
    private final Map<String, Long> ledAtNanos = new ConcurrentHashMap<>();
    private final Map<String, Long> openedAtNanos = new ConcurrentHashMap<>();

    abstract String name();

    /** Below which everything is written. */
    abstract String root();

    /** The ephemeral znode that a node's session keeps. */
    abstract String living(String node);

    /** Places so many shards, three times each; returns when that has begun. */
    abstract void place(int shards) throws Exception;

    /** Ends a node's session. */
    abstract void lose(String node) throws Exception;

    final void opened(String node, String shard) {
        openedAtNanos.put(shard, System.nanoTime());
        held.computeIfAbsent(node, n -> ConcurrentHashMap.newKeySet()).add(shard);
    }

    final void closed(String node, String shard) {
        held.getOrDefault(node, Set.of()).remove(shard);
    }

    final void led(String node, String shard) {
        ledAtNanos.put(shard, System.nanoTime());
        leaders.put(shard, node);
    }

    /** Forgets when things were done, not what. */
    final void beginAnew() {
        ledAtNanos.clear();
        openedAtNanos.clear();
    }

    final Set<String> ledBy(String node) {
        Set<String> led = new HashSet<>();
        leaders.forEach((shard, leader) -> {
            if (leader.equals(node)) {
                led.add(shard);
            }
        });
        return led;
    }

    final Set<String> heldBy(String node) {
        return Set.copyOf(held.getOrDefault(node, Set.of()));
    }

    final Map<String, Long> ledAtNanos() {
        return ledAtNanos;
    }

    final Map<String, Long> openedAtNanos() {
        return openedAtNanos;
    }

    final int replicas() {
        return held.values().stream().mapToInt(Set::size).sum();
    }
}

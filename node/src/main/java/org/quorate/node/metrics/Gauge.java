package org.quorate.node.metrics;

/**
 * A value read when it is asked for.
 *
 * @param name ZooKeeper's, without {@code zk_}
 * @param value a {@link Long}, {@link Integer} or {@link Double}
 */
public record Gauge(String name, Number value) {}

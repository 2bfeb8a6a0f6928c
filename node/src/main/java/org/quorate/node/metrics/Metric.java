package org.quorate.node.metrics;

/** One named thing that is counted or measured. */
public sealed interface Metric permits Counter, Summary, CounterFamily, SummaryFamily {
    /** ZooKeeper's name, without {@code zk_}. */
    String name();

    /** Back to nothing, as {@code srst} wants it. */
    void reset();
}

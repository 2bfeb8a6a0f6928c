/**
 * What a server counts and measures, under ZooKeeper's names (reference: administration §4): {@link
 * org.quorate.node.metrics.ServerMetrics} has one field for each metric that means something here,
 * and lists the rest of ZooKeeper's, which stay 0, so that every dashboard finds its series.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.node.metrics;

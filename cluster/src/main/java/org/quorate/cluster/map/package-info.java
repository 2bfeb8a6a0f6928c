/**
 * The map: which node holds which shard in which role, as it lies in the coordination service and
 * in memory.
 *
 * <p>A table's map is a base and a log. Each decision of the planner is one small znode in the log
 * with only what it changes; the log is folded into base znodes of 512 shards in the background.
 * Versions count the decisions without a gap. Whoever follows the map reads one znode per decision.
 *
 * <p>Everything is binary with a format number in front; a newer format is refused by name and
 * never half-read. The layout is in {@link org.quorate.cluster.map.MapPaths}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.map;

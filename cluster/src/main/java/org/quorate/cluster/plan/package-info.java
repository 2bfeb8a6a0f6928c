/**
 * Where shards should be: the planner. A pure function of nodes, rules, weights and the placement
 * as it is; it reads no clock, opens nothing, starts no thread and draws no random number. The same
 * input gives the same plan in every process.
 *
 * <p>The door is {@link org.quorate.cluster.plan.Planner#plan}. It decides in this order, and a
 * later wish never costs an earlier one: every replica placed by the rules; load balanced within a
 * band; as little moved as possible; leaders balanced within a band; as few leaders handed over as
 * possible. Inside it works on flat arrays, so a million shards are a few dozen megabytes.
 *
 * <p>Getting there from where things are is another's business: the move scheduler.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.plan;

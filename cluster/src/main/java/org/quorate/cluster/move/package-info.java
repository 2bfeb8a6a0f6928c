/**
 * The way from where shards are to where they should be: the move scheduler. Like the planner a
 * pure function: it is told the map, the plan, what the nodes have reported and how much may move
 * at once, and says what to change in the map next. It reads no clock and keeps nothing between two
 * rounds, so a new planner goes on where the last one stopped.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.move;

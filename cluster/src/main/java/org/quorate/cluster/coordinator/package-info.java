/**
 * The tie to the coordination service that all parts of the toolkit share: sessions and the leases
 * that hang on them, reads and transactions that survive a lost connection, watches that never miss
 * a change for good, and loops that keep trying.
 *
 * <p>The door is {@link org.quorate.cluster.coordinator.Coordinator}. Four ideas stand behind it.
 *
 * <ul>
 *   <li><b>A session is an object.</b> When it expires its leases are over, and a new {@link
 *       org.quorate.cluster.coordinator.Session} takes its place: whoever had something in the old
 *       one joins again.
 *   <li><b>Contact is proven by a quorum.</b> A lease is counted from the moment at which a
 *       transaction was sent that the ensemble then committed. An answer to a read or a ping does
 *       not count: a follower that has lost its leader goes on giving them.
 *   <li><b>A lost answer is looked up, not guessed.</b> See {@link
 *       org.quorate.cluster.coordinator.Transaction}.
 *   <li><b>Parts are level-triggered.</b> An event only says "look again"; a {@link
 *       org.quorate.cluster.coordinator.Reconciler} reads what is there and brings it nearer to
 *       what is wanted, however often it takes.
 * </ul>
 *
 * <p>{@link org.quorate.cluster.coordinator.Host} is where a coordinator lives: on Curator, or in
 * {@link org.quorate.cluster.simulated}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.coordinator;

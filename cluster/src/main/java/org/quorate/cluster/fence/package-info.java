/**
 * Exactly one owner: epochs, leases and fences. Pure rules; nothing here opens a connection, starts
 * a thread or reads a clock that was not handed in.
 *
 * <p>Three rules hold together. An owner acts only under a lease that runs out on its own clock
 * before its session can end. A successor is named only after that session has ended, or the owner
 * has given up. And whoever stores data refuses an epoch lower than the highest one it has seen.
 * The first two make two owners unlikely, the third makes the stale one harmless.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.fence;

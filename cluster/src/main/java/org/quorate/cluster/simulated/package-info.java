/**
 * A coordination service, processes and time in one thread, replayable from a seed. The parts of
 * the toolkit run in it unchanged, on simulated {@link org.quorate.cluster.coordinator.Host}s, and
 * a test of a database can use it the same way.
 *
 * <p>{@link org.quorate.cluster.simulated.World} owns the true time and passes it from event to
 * event. Blocking code runs as it is, on threads of its own, but only one of them moves at any
 * moment and the world says which: a call that blocks hands on to whatever is due next. So nothing
 * is ever parallel, every interleaving at the granularity of calls can happen, and the same seed
 * gives the same run.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.simulated;

/**
 * A coordination service, processes and time in one thread, replayable from a seed. The parts of
 * the toolkit run in it unchanged, on simulated {@link org.quorate.cluster.coordinator.Host}s, and
 * a test of a database can use it the same way.
 *
 * <p>{@link org.quorate.cluster.simulated.World} owns the true time and passes it from event to
 * event. A blocking call of one process passes time by running the rest of the world inside the
 * call. So nothing is ever parallel, and the same seed gives the same run.
 *
 * <p>Calls that are under way at once return in the reverse order of their beginning: an outer one
 * must wait for the inner ones, as if its answer were late. That is safe to test with, because any
 * answer may be late; but where an inner call waits for what an outer one would do next, it waits
 * until it gives up. Leave room for that in tests that say how soon something must happen.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.simulated;

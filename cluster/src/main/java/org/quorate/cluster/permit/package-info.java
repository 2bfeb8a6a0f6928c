/**
 * Permission to do something, from a limited number in the whole cluster: semaphores and read-write
 * locks, each grant with a fencing token and a lease.
 *
 * <p>All claims of one kind stand in one queue, as ephemeral sequential znodes under one path. Who
 * holds is a rule over the order of the queue: the claims from the front whose weights fit into the
 * limit; the writer at the front, or the readers before the first writer. So nobody is overtaken,
 * and a view that lags is on the safe side: it may still show claims that are gone, but never lacks
 * one that stands before ours.
 *
 * <pre>
 * &lt;path&gt;                                     JSON: {"limit": n} for a semaphore
 * &lt;path&gt;/&lt;kind&gt;&lt;weight&gt;-&lt;nonce&gt;-&lt;number&gt;       ephemeral; kind p, r or w; its creating zxid is the token
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.permit;

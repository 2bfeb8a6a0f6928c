/**
 * So many per second in the whole cluster: one ledger in the service, from which each process takes
 * small amounts ahead and spends them without asking.
 *
 * <pre>
 * &lt;path&gt;   JSON: {"perSecond", "burst", "tokens", "asOfMillis"}
 * </pre>
 *
 * <p>In any span of {@code t} seconds at most {@code perSecond * (t + lease) + burst} are spent,
 * because what was taken ahead lapses after {@link org.quorate.cluster.rate.RateLimit#LEASE}. Time
 * in the ledger is the service's, as far as a process can know it; see {@link
 * org.quorate.cluster.rate.Ledger}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.rate;

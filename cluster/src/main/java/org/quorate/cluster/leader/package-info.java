/**
 * One leader at a time: candidates enter an election, one of them leads under an epoch and a lease,
 * and hands over on purpose or is succeeded.
 *
 * <p>Znodes under the election's path:
 *
 * <pre>
 * &lt;path&gt;            JSON: {"holder": id} since the last election, or {"next": id} after a hand-over.
 *                   Written in the same transaction as the leader's znode is created or deleted, so
 *                   its version belongs to one leadership and guards that leadership's transactions
 * &lt;path&gt;/leader     ephemeral, JSON: {"id": id}; its creating zxid is the epoch
 * &lt;path&gt;/c-&lt;id&gt;     ephemeral, one per candidate; the oldest is first in turn
 * </pre>
 *
 * <p>Why there are never two: the leader's znode exists once; its creator acts only under a lease
 * of the session that owns the znode, and that lease is over before the session can end. A process
 * that was paused finds its lease over, and what it sends all the same carries an old epoch or an
 * old version and is refused.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.leader;

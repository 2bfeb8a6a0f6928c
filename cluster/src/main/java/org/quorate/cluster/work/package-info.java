/**
 * A queue of work for the whole cluster: an item is taken by one worker at a time, removed when it
 * is done, and given to another when its worker is gone.
 *
 * <p>Delivery is at least once; being done is exactly once. An item's version counts its deliveries
 * and moves on with each, in the same transaction that makes the claim, so only the newest delivery
 * can be marked as done: a worker that was paused and succeeded is refused.
 *
 * <pre>
 * &lt;path&gt;/items/&lt;nonce&gt;-&lt;number&gt;    the payload; its version is the number of deliveries so far
 * &lt;path&gt;/claims/&lt;item&gt;            ephemeral, one while somebody works on it
 * &lt;path&gt;/dead/&lt;item&gt;              the payload of an item delivered too often
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.work;

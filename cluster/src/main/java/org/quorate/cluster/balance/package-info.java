/**
 * Spreading requests by load: members report how loaded they are, whoever sends requests turns the
 * reports into shares. A report is always late and everybody sees the same ones, so shares move a
 * little at a time: chasing the least loaded member would only move the crowd from one to the next.
 *
 * <pre>
 * &lt;path&gt;/&lt;member&gt;    ephemeral, JSON: load by dimension in per mille of the member's capacity
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.balance;

/**
 * Who is there: members join with what they can do, leave with or without notice, and come back as
 * a new incarnation. {@link org.quorate.cluster.member.Membership} is a process's own place, {@link
 * org.quorate.cluster.member.Members} the view of all.
 *
 * <p>Znodes under {@code <root>/members}:
 *
 * <pre>
 * live/&lt;id&gt;      ephemeral, JSON: the profile; its creating zxid is the incarnation
 * history/&lt;id&gt;   JSON: whether the last departure was announced, and when it was not
 * drains/&lt;id&gt;    exists while an operator wants that member drained
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.member;

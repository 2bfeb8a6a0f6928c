package org.quorate.cluster.member;

import java.util.List;

/**
 * One member that is there. Immutable.
 *
 * @param id its name, kept across incarnations
 * @param incarnation greater each time it joins; the transaction that let it join
 * @param sessionId the session that its presence hangs on
 * @param profile what it says about itself
 * @param draining whether it should be given nothing new and be relieved of what it has: by its own
 *     wish or an operator's
 * @param joinedMillis when this incarnation joined, wall time of the service
 * @param lossMillis when it came back from each departure that was not announced, ascending
 * @param steadyAtMillis before this it has come back too recently to be relied on; 0 if never lost
 */
public record Member(
        String id,
        long incarnation,
        long sessionId,
        Profile profile,
        boolean draining,
        long joinedMillis,
        List<Long> lossMillis,
        long steadyAtMillis) {
    /** Copies the list. */
    public Member {
        lossMillis = List.copyOf(lossMillis);
    }

    /** Whether it can be relied on at {@code wallMillis}, after all its comings and goings. */
    public boolean steady(long wallMillis) {
        return wallMillis >= steadyAtMillis;
    }
}

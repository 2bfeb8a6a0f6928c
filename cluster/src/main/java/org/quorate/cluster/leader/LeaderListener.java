package org.quorate.cluster.leader;

/**
 * Hears of this candidate's own reigns, in order, one call at a time, on a thread of the toolkit.
 * It may block. A reign that is over before it could be told is not told.
 */
public interface LeaderListener {
    /** This process leads. Its lease may run out at any time, also during this call. */
    void elected(Leadership leadership);

    /**
     * That reign is over. In a planned hand-over the successor is let in when this returns (or
     * after {@link Candidate#DEMOTION_MOST}), so finish here what must be finished before.
     */
    void ended(Leadership leadership);
}

package org.quorate.zab;

import java.util.List;

/**
 * What a leader knows of its learners, at one moment, for people.
 *
 * @param sinceNanos monotonic time at which it began to lead
 * @param voters of the committed configuration
 * @param pendingSyncs syncs that wait for their answer
 * @param learners all that have introduced themselves, in the order of their coming
 */
public record Leadership(long sinceNanos, int voters, int pendingSyncs, List<Follower> learners) {
    public Leadership {
        learners = List.copyOf(learners);
    }

    /**
     * One learner.
     *
     * @param link its link
     * @param serverId negative for an anonymous observer
     * @param address where it connects from
     * @param connectedNanos monotonic time
     * @param isObserver it does not acknowledge
     * @param isVoter its acknowledgements count
     * @param isActive it is in sync and serves clients
     * @param behind proposals that it was sent and has not acknowledged; 0 for an observer
     */
    public record Follower(
            long link,
            long serverId,
            String address,
            long connectedNanos,
            boolean isObserver,
            boolean isVoter,
            boolean isActive,
            long behind) {}
}

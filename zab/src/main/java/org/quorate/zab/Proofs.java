package org.quorate.zab;

/**
 * How a leader proves that it still leads: a quorum answers a PING that was sent after the question
 * came. And since when that is known. Owned by the core thread.
 */
final class Proofs {
    private final Server server;
    private final LearnerLinks learners;
    private final Broadcast broadcast;

    Proofs(Server server, LearnerLinks learners, Broadcast broadcast) {
        this.server = server;
        this.learners = learners;
        this.broadcast = broadcast;
    }

    /** Asks all who are here. */
    void ask() {
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            learner.proofAt = -1;
            ask(learner);
        }
    }

    /** Asks one; of the proof under way its first answer counts. */
    void ask(LearnerLink learner) {
        if (learner.phase == LearnerLink.Phase.ACTIVE) {
            learner.ping(broadcast.lastProposed(), server.nowNanos);
            if (learner.proofAt < 0) {
                learner.proofAt = learner.pingsSent();
            }
        }
    }

    /** Has a quorum answered what was asked last? */
    boolean isComplete() {
        return broadcast.quorum().isQuorum(this::hasAnswered);
    }

    private boolean hasAnswered(long serverId) {
        if (serverId == server.id()) {
            return true;
        }
        LearnerLink learner = learners.of(serverId);
        return learner != null
                && learner.proofAt >= 0
                && learner.pingsAnswered() >= learner.proofAt;
    }

    /** When the newest thing was sent that a quorum has answered; 0 for never. */
    long contactNanos() {
        return Math.max(0, broadcast.quorum().reached(this::contactNanos));
    }

    private long contactNanos(long serverId) {
        if (serverId == server.id()) {
            return server.nowNanos;
        }
        LearnerLink learner = learners.of(serverId);
        return learner == null ? 0 : learner.provedNanos();
    }
}

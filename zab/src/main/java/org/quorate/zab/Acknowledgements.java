package org.quorate.zab;

import org.quorate.protocol.Zxid;
import org.quorate.protocol.peer.Capabilities;

/**
 * What the learners of a leader have on disk (peer protocol §6.1, steps 5 and 6). An
 * acknowledgement belongs to its connection: a learner that comes again begins with none. One of
 * something that was not sent next is not believed. Owned by the core thread.
 */
final class Acknowledgements {
    private final Server server;
    private final LearnerLinks learners;

    Acknowledgements(Server server, LearnerLinks learners) {
        this.server = server;
        this.learners = learners;
    }

    /**
     * A learner has a transaction, or all up to it, on disk.
     *
     * @return whether it counts towards a quorum, so that something may be committed now
     */
    boolean acked(LearnerLink learner, long zxid) {
        if (!learner.isFollower) {
            return false;
        }
        TxnWindow window = server.ledger.window();
        long next = Math.max(learner.ackedTo, window.first());
        if (isOldNews(zxid, next)) {
            return false;
        }
        if (next < learner.sentTo && window.zxid(next) == zxid) {
            learner.ackedTo = next + 1;
        } else if (learner.can(Capabilities.CUMULATIVE_ACKS)
                && next < learner.sentTo
                && zxid <= window.zxid(learner.sentTo - 1)) {
            learner.ackedTo = window.placeBehind(zxid);
        } else {
            learners.drop(
                    learner,
                    "it acknowledges 0x%s, which is not what it was sent next"
                            .formatted(Zxid.hex(zxid)));
            return false;
        }
        learner.ackProgress(server.nowNanos);
        return learner.is(LearnerLink.Phase.SYNCED);
    }

    private boolean isOldNews(long zxid, long next) {
        TxnWindow window = server.ledger.window();
        if (next < window.end()) {
            return zxid < window.zxid(next);
        }
        return zxid <= server.ledger.lastRecord();
    }

    /** Behind the last place that a voter has on disk; 0 if it does not count yet. */
    long ackedTo(long serverId) {
        if (serverId == server.id()) {
            return server.ledger.durable();
        }
        LearnerLink learner = learners.of(serverId);
        return learner != null && learner.is(LearnerLink.Phase.SYNCED) ? learner.ackedTo : 0;
    }
}

package org.quorate.zab;

import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.PacketType;

/** Who leads after this server, when it is reconfigured away or wants to stop (§8). */
final class Succession {
    private final Server server;
    private final LearnerLinks learners;

    Succession(Server server, LearnerLinks learners) {
        this.server = server;
        this.learners = learners;
    }

    /**
     * The leader under a new configuration: this server if it stays a voter at the same quorum
     * addresses, else the voter that has acknowledged most.
     */
    long designate(EnsembleConfig next) {
        return isServedBySelf(next) ? server.id() : mostAdvanced(next);
    }

    boolean isServedBySelf(EnsembleConfig next) {
        return next.isVoter(server.id()) && server.keepsQuorumAddress(next);
    }

    private long mostAdvanced(EnsembleConfig next) {
        long best = -1;
        long bestAcked = -1;
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (next.isVoter(learner.serverId)
                    && learner.is(LearnerLink.Phase.SYNCED)
                    && (learner.ackedTo > bestAcked
                            || learner.ackedTo == bestAcked && learner.serverId > best)) {
                best = learner.serverId;
                bestAcked = learner.ackedTo;
            }
        }
        return best;
    }

    /** Can a quorum without this server be told whom to follow, with no election? */
    boolean canHandOver() {
        return server.quorum().isQuorum(this::canFollowDirectly);
    }

    /** The voter to hand over to: it has everything. −1 if there is none yet. */
    long heir() {
        long heir = -1;
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.canHandOver()
                    && learner.ackedTo == server.ledger.end()
                    && server.config().isVoter(learner.serverId)) {
                heir = Math.max(heir, learner.serverId);
            }
        }
        return heir;
    }

    /** Tells everybody who can be told. */
    void tell(long heir, long lastProposed) {
        JuteOut data = new JuteOut().writeLong(heir);
        Slice slice = new Slice().set(data.array(), 0, data.size());
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.canHandOver()) {
                learner.link.write(PacketType.HAND_OVER, lastProposed, slice);
            }
        }
    }

    private boolean canFollowDirectly(long serverId) {
        LearnerLink learner = learners.of(serverId);
        return learner != null && learner.canHandOver();
    }
}

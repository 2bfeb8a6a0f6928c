package org.quorate.zab;

import java.util.TreeSet;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.PacketType;

/**
 * Who leads after this server, when it is reconfigured away or wants to stop (§8).
 *
 * <p>Before a stop it names its heir and has the next epoch promised to it, on the disks of a
 * quorum, while it leads on: of what a new leader has to wait for, only the new epoch's beginning
 * then remains for the time in which nobody leads. The promise is no more than one given early:
 * each learner tells the heir its history behind the last that it acknowledges to this server.
 */
final class Succession {
    /** What all learners must be able to do; whoever has promised may have to be rolled over to. */
    private static final long NAMING = Capabilities.NAMED_HEIR | Capabilities.EPOCH_ROLL_OVER;

    private final Server server;
    private final LearnerLinks learners;

    /** Who is to lead next and makes itself ready; −1 if nobody is named. */
    private long named = -1;

    /** The epoch that is promised to it. */
    private long epoch;

    private long deadlineNanos;

    /** Voters that have promised the epoch, on disk. */
    private final TreeSet<Long> promised = new TreeSet<>();

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

    /**
     * Names the voter that is to lead next and has the next epoch promised to it, while this server
     * leads on; see {@link #isReady}.
     *
     * @return false if not all learners can do so
     */
    boolean name() {
        long chosen = -1;
        long chosenAcked = -1;
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (isCandidate(learner)
                    && (learner.ackedTo > chosenAcked
                            || learner.ackedTo == chosenAcked && learner.serverId > chosen)) {
                chosen = learner.serverId;
                chosenAcked = learner.ackedTo;
            }
        }
        if (chosen < 0 || !canHandOver() || !learners.allCan(NAMING)) {
            return false;
        }
        named = chosen;
        epoch = server.acceptedEpoch + 1;
        deadlineNanos = server.nowNanos + server.tickNanos();
        Slice data = written(new JuteOut().writeLong(named));
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.canHandOver()) {
                learner.link.write(PacketType.HEIR, Zxid.of(epoch, 0), data);
            }
        }
        return true;
    }

    boolean isNamed() {
        return named >= 0;
    }

    /** When to go on without the promises. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** A learner has acknowledged the start of an epoch; perhaps that of the heir. */
    void acked(LearnerLink learner, long zxid) {
        if (isNamed() && zxid == Zxid.of(epoch, 0)) {
            promised.add(learner.serverId);
        }
    }

    /** Has a quorum without this server promised the heir its epoch, and the heir itself? */
    boolean isReady() {
        return isNamed()
                && canFollowDirectly(named)
                && server.config().isVoter(named)
                && promised.contains(named)
                && server.quorum().isQuorum(promised::contains);
    }

    /**
     * The voter to hand over to: it has everything, and is the one named, unless that one has not
     * answered. −1 if there is none yet.
     */
    long heir() {
        boolean isReady = isReady();
        long heir = -1;
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (isCandidate(learner)
                    && learner.ackedTo == server.ledger.end()
                    && (!isNamed() || (learner.serverId == named) == isReady)) {
                heir = Math.max(heir, learner.serverId);
            }
        }
        return heir;
    }

    /** Tells everybody who can be told. */
    void tell(long heir, long lastProposed) {
        JuteOut data = new JuteOut().writeLong(heir);
        if (heir == named && isReady()) {
            data.writeLong(epoch);
        }
        Slice slice = written(data);
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.canBeToldOfHandOver()) {
                learner.link.write(PacketType.HAND_OVER, lastProposed, slice);
            }
        }
    }

    private boolean isCandidate(LearnerLink learner) {
        return learner.canHandOver()
                && server.config().isVoter(learner.serverId)
                && server.hasWeight(learner.serverId);
    }

    private static Slice written(JuteOut data) {
        return new Slice().set(data.array(), 0, data.size());
    }

    private boolean canFollowDirectly(long serverId) {
        LearnerLink learner = learners.of(serverId);
        return learner != null && learner.canHandOver();
    }
}

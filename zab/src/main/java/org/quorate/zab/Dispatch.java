package org.quorate.zab;

import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;

/**
 * What a leader sends to all its learners (peer protocol §6.1, steps 4 and 6): followers the
 * proposals and then their commits, observers what is committed. Owned by the core thread.
 */
final class Dispatch {
    private final Ledger ledger;
    private final LearnerLinks learners;
    private final RollOver rollOver;
    private final Slice txn = new Slice();
    private final Slice packetData = new Slice();
    private final JuteOut data = new JuteOut();

    Dispatch(Ledger ledger, LearnerLinks learners, RollOver rollOver) {
        this.ledger = ledger;
        this.learners = learners;
        this.rollOver = rollOver;
    }

    /** Hands over what was collected for the learners, and behind it what was proposed. */
    void proposals(long nowNanos) {
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            learner.link.flush();
            if (learner.isFollower
                    && learner.is(LearnerLink.Phase.SYNCING)
                    && learner.sentTo < ledger.end()) {
                ledger.window().packets(learner.sentTo, ledger.end(), learner.link);
                learner.sent(ledger.end(), nowNanos);
            }
        }
    }

    /** Hands over what was collected for the learners, and nothing behind it. */
    void flush() {
        for (int i = 0; i < learners.count(); i++) {
            learners.at(i).link.flush();
        }
    }

    /** The transaction at a place is committed. */
    void committed(long place) {
        long zxid = ledger.window().zxid(place);
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (!isToHear(learner, place)) {
                continue;
            }
            if (learner.isFollower) {
                learner.link.write(PacketType.COMMIT, zxid);
            } else {
                rollOver.tellBefore(learner, zxid);
                ledger.window().txn(place, txn);
                learner.inform(zxid, txn);
            }
        }
    }

    /** The reconfig at a place is committed, and this server is to lead from now on. */
    void reconfigured(long place, long designated) {
        long zxid = ledger.window().zxid(place);
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (!isToHear(learner, place)) {
                continue;
            }
            if (learner.isFollower) {
                data.clear().writeLong(designated);
                packetData.set(data.array(), 0, data.size());
                learner.link.write(PacketType.COMMIT_AND_ACTIVATE, zxid, packetData);
            } else {
                rollOver.tellBefore(learner, zxid);
                ledger.window().txn(place, txn);
                learner.informAndActivate(zxid, designated, txn, data);
            }
        }
    }

    /** One who is brought to the history was told of earlier commits with it. */
    private static boolean isToHear(LearnerLink learner, long place) {
        return learner.is(LearnerLink.Phase.SYNCING) && place >= learner.committedTo;
    }
}

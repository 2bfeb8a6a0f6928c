package org.quorate.zab;

import java.util.TreeSet;
import org.quorate.protocol.Zxid;

/**
 * How a leader whose zxids run out goes on in the next epoch without an election, between Quorate
 * servers. It asks for the promise of the next epoch while it goes on proposing in this one; when a
 * quorum has promised, nobody else can begin that epoch, and the leader does. What it proposed
 * before goes before, because each learner gets and logs it before. With a learner that cannot, the
 * leader steps down before the last zxid, as ZooKeeper does. In the same way it reaches an epoch in
 * which a member may follow it that has promised a higher one to somebody else.
 */
final class RollOver {
    private final Server server;
    private final Leading leading;
    private final LearnerLinks learners;
    private final TreeSet<Long> promised = new TreeSet<>();

    /** The epoch asked for; −1 when none is. */
    private long next = -1;

    private long beganNanos;

    /** Members that cannot follow in this term; said once of each. */
    private final TreeSet<Long> leftOut = new TreeSet<>();

    /** An epoch has begun, and of the one before not all is committed yet. */
    private boolean observersBehind;

    RollOver(Server server, Leading leading, LearnerLinks learners) {
        this.server = server;
        this.leading = leading;
        this.learners = learners;
    }

    /** While it is, learners that come have to wait to be told an epoch. */
    boolean isUnderWay() {
        return next >= 0;
    }

    /** Do the zxids of this epoch run out? */
    boolean isDue(long lastDrawn) {
        return left(lastDrawn) <= server.options.rollOverMargin();
    }

    private long left(long lastDrawn) {
        return server.options.counterMax() - Zxid.counter(lastDrawn);
    }

    /** A turn ends: begins if it is time. */
    void endTurn(long epoch, long lastDrawn) {
        if (observersBehind && Zxid.epoch(server.ledger.nextToApply()) != epoch - 1) {
            observersBehind = false;
            for (int i = 0; i < learners.count(); i++) {
                LearnerLink learner = learners.at(i);
                if (learner.phase == LearnerLink.Phase.ACTIVE && !learner.isFollower) {
                    tellBefore(learner, Zxid.of(epoch, 0));
                }
            }
        }
        long left = left(lastDrawn);
        long margin = server.options.rollOverMargin();
        if (isUnderWay()) {
            if (server.nowNanos - beganNanos > server.syncLimitNanos() || left <= margin / 4) {
                leading.giveUp("no quorum promises the next epoch");
            }
        } else if (left > margin) {
            return;
        } else if (learners.allCanRollOver()) {
            ask(epoch + 1);
        } else if (left <= margin / 2) {
            leading.giveUp("its zxids run out at 0x" + Zxid.hex(lastDrawn));
        }
    }

    /**
     * A member has promised an epoch beyond this leader's to somebody who did not come to lead: it
     * may follow again only in a later one, so the leader goes on in that. Where some learner
     * cannot, the member waits for the next election, as in ZooKeeper.
     */
    void reachBeyond(LearnerLink member) {
        if (isUnderWay()) {
            return; // told the epoch when it has begun; if that is not enough it comes again
        }
        if (learners.allCanRollOver()) {
            ask(member.acceptedEpoch + 1);
        } else if (leftOut.add(member.serverId)) {
            server.state.warn(
                    "%s has promised epoch %d to another; it can follow after the next election"
                            .formatted(member, member.acceptedEpoch));
        }
    }

    private void ask(long epoch) {
        beganNanos = server.nowNanos;
        next = epoch;
        promised.clear();
        learners.closeUnsynced();
        for (int i = 0; i < learners.count(); i++) {
            if (learners.at(i).phase == LearnerLink.Phase.ACTIVE) {
                learners.at(i).askPromise(next);
            }
        }
        server.accept(next, server.id(), leading, () -> promised(server.id()));
    }

    /** A learner has acknowledged the start of an epoch; perhaps the one that is asked for. */
    void acked(LearnerLink learner, long zxid) {
        if (isUnderWay() && zxid == Zxid.of(next, 0)) {
            promised(learner.serverId);
        }
    }

    private void promised(long serverId) {
        promised.add(serverId);
        if (isUnderWay()
                && leading.isServing()
                && promised.contains(server.id())
                && server.quorum().isQuorum(promised::contains)) {
            // Behind all that was proposed in the old epoch.
            leading.sendAll();
            server.rollTo(next);
            for (int i = 0; i < learners.count(); i++) {
                LearnerLink learner = learners.at(i);
                if (learner.phase == LearnerLink.Phase.ACTIVE && learner.isFollower) {
                    learner.tellEpoch(next);
                }
            }
            observersBehind = true;
            long begun = next;
            next = -1;
            leading.goOnIn(begun);
        }
    }

    /** An observer, which hears only of commits, enters an epoch behind the last of the old one. */
    void tellBefore(LearnerLink observer, long zxid) {
        if (Zxid.epoch(zxid) > observer.epoch) {
            observer.tellEpoch(Zxid.epoch(zxid));
        }
    }
}

package org.quorate.zab;

import java.util.TreeSet;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;

/**
 * How a leader whose zxids run out goes on in the next epoch without an election, between Quorate
 * servers. It asks for the promise of the next epoch while it goes on proposing in this one; when a
 * quorum has promised, nobody else can begin that epoch, and the leader does. What it proposed
 * before goes before, because each learner gets and logs it before. With a learner that cannot, the
 * leader steps down before the last zxid, as ZooKeeper does.
 */
final class RollOver {
    /** Data of ROLL_OVER when the epoch has begun; null data asks for the promise. */
    private static final Slice BEGUN = Slice.of("");

    private static final Slice PROMISE = new Slice();

    private final Server server;
    private final Leading leading;
    private final LearnerLinks learners;
    private final TreeSet<Long> promised = new TreeSet<>();

    /** The epoch asked for; −1 when none is. */
    private long next = -1;

    private long beganNanos;

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
        long left = server.options.counterMax() - Zxid.counter(lastDrawn);
        long margin = server.options.rollOverMargin();
        if (left > margin) {
            return;
        }
        if (isUnderWay()) {
            if (server.nowNanos - beganNanos > server.syncLimitNanos() || left <= margin / 4) {
                leading.giveUp("no quorum promises the next epoch");
            }
        } else if (learners.allCanRollOver()) {
            beganNanos = server.nowNanos;
            next = epoch + 1;
            promised.clear();
            learners.closeUnsynced();
            askPromises();
            server.accept(next, server.id(), leading, () -> promised(server.id()));
        } else if (left <= margin / 2) {
            leading.giveUp("its zxids run out at 0x" + Zxid.hex(lastDrawn));
        }
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
                    begun(learner, next);
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
            begun(observer, Zxid.epoch(zxid));
        }
    }

    private static void begun(LearnerLink learner, long epoch) {
        learner.epoch = epoch;
        learner.link.write(PacketType.ROLL_OVER, Zxid.of(epoch, 0), BEGUN);
    }

    private void askPromises() {
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.phase == LearnerLink.Phase.ACTIVE) {
                learner.link.write(PacketType.ROLL_OVER, Zxid.of(next, 0), PROMISE);
            }
        }
    }
}

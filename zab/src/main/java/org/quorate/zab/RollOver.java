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

    RollOver(Server server, Leading leading, LearnerLinks learners) {
        this.server = server;
        this.leading = leading;
        this.learners = learners;
    }

    /** While it is, learners that come have to wait to be told an epoch. */
    boolean isUnderWay() {
        return next >= 0;
    }

    /** Begins if it is time. */
    void beginIfDue(long epoch, long lastDrawn) {
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
            tell(PROMISE);
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
            long epoch = next;
            server.currentEpoch = epoch;
            server.journal.currentEpoch(epoch);
            tell(BEGUN);
            next = -1;
            leading.goOnIn(epoch);
        }
    }

    private void tell(Slice data) {
        for (int i = 0; i < learners.count(); i++) {
            LearnerLink learner = learners.at(i);
            if (learner.phase == LearnerLink.Phase.ACTIVE) {
                learner.link.write(PacketType.ROLL_OVER, Zxid.of(next, 0), data);
            }
        }
    }
}

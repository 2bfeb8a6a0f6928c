package org.quorate.zab;

import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.PacketType;

/**
 * How a leader comes to its epoch (peer protocol §5.2, steps 3 to 6): one that a quorum has not
 * promised to anybody else, begun only if its history is the newest of a quorum. Owned by the core
 * thread, as all of Zab.
 */
final class Discovery {
    private final Server server;
    private final Leading leading;
    private final LearnerLinks learners;

    /** The own epoch as it was when this server began to lead: what ACKEPOCH is compared with. */
    private long ownEpoch;

    /** The own history as it was then. */
    private long ownZxid;

    private final Slice packetData = new Slice();
    private final JuteOut data = new JuteOut();

    /** The epoch that a quorum has promised to this server before it led; −1 if none. */
    private final long promisedEpoch;

    private long epoch;
    private boolean epochIsDurable;

    Discovery(Server server, Leading leading, LearnerLinks learners, long promisedEpoch) {
        this.server = server;
        this.leading = leading;
        this.learners = learners;
        this.promisedEpoch = promisedEpoch;
        this.epoch = promisedEpoch < 0 ? Zxid.epoch(server.ledger.lastZxid()) : promisedEpoch;
    }

    /** The leader's epoch, as far as it is known; of a standalone server the one it is in. */
    long epoch() {
        return epoch;
    }

    /** Waits for learners until a quorum has introduced itself, unless its epoch is fixed. */
    void begin() {
        ownEpoch = server.currentEpoch;
        ownZxid = server.ledger.lastZxid();
        if (promisedEpoch < 0) {
            epoch = server.acceptedEpoch + 1;
            fixEpoch();
        } else {
            leading.begin(Leading.Phase.PROMISES, server.initLimitNanos());
            for (LearnerLink learner : learners.copy()) {
                if (learner.phase == LearnerLink.Phase.PROMISED) {
                    promised(learner);
                }
            }
        }
    }

    /** The own promise to lead in an epoch, as the heir of who leads now, is on disk. */
    void promisedToSelf() {
        epochIsDurable = true;
        tellEpoch();
    }

    /** A learner has said who it is. */
    void introduced(LearnerLink learner) {
        if (leading.is(Leading.Phase.EPOCH)) {
            epoch = Math.max(epoch, learner.acceptedEpoch + 1);
            fixEpoch();
        } else {
            tellEpoch();
        }
    }

    private void fixEpoch() {
        if (QuorumRule.of(server.config()).isQuorum(leading::isConnected)) {
            leading.begin(Leading.Phase.PROMISES, server.initLimitNanos());
            server.accept(
                    epoch,
                    server.id(),
                    leading,
                    () -> {
                        epochIsDurable = true;
                        tellEpoch();
                        countPromises();
                    });
        }
    }

    /** The same leader goes on in the next epoch, which a quorum has promised it. */
    void goOnIn(long next) {
        epoch = next;
        tellEpoch();
    }

    /** Tells the epoch to those who wait for it, when it is certain. */
    private void tellEpoch() {
        if (!epochIsDurable || leading.isRollingOver()) {
            return;
        }
        for (LearnerLink learner : learners.copy()) {
            if (learner.phase != LearnerLink.Phase.INTRODUCED) {
                continue;
            }
            if (learner.isOld) {
                learner.phase = LearnerLink.Phase.PROMISED;
                leading.promised(learner);
            } else {
                learner.phase = LearnerLink.Phase.TOLD_EPOCH;
                learner.toldNanos = server.nowNanos;
                data.clear();
                new LeaderInfo(LeaderInfo.PROTOCOL_VERSION, learner.capabilities).write(data);
                packetData.set(data.array(), 0, data.size());
                learner.link.write(PacketType.LEADER_INFO, Zxid.of(epoch, 0), packetData);
            }
        }
    }

    /** A learner has promised the epoch while promises are collected. */
    void promised(LearnerLink learner) {
        boolean counts = learner.learnerEpoch != -1;
        if (counts && isAhead(learner)) {
            learners.drop(
                    learner,
                    "its history (epoch %d, 0x%s) is ahead of this server's (epoch %d, 0x%s)"
                            .formatted(
                                    learner.learnerEpoch,
                                    Zxid.hex(learner.learnerZxid),
                                    ownEpoch,
                                    Zxid.hex(ownZxid)));
            return;
        }
        if (counts && learner.learnerZxid != Vote.UNKNOWN_ZXID) {
            learner.promiseCounts = true;
            countPromises();
        }
    }

    /** Has it what this server began with, and nothing else, all of one epoch? */
    boolean isAsFar(LearnerLink learner) {
        return learner.isBehindAll
                && learner.learnerEpoch == ownEpoch
                && learner.learnerZxid == ownZxid;
    }

    private boolean isAhead(LearnerLink learner) {
        return learner.learnerEpoch != ownEpoch
                ? learner.learnerEpoch > ownEpoch
                : learner.learnerZxid > ownZxid;
    }

    private void countPromises() {
        if (leading.is(Leading.Phase.PROMISES)
                && epochIsDurable
                && QuorumRule.of(server.config()).isQuorum(this::hasPromised)) {
            leading.beginHistory();
        }
    }

    /** A server that is gone counts no more: it may come again without what it had. */
    private boolean hasPromised(long serverId) {
        LearnerLink learner = learners.of(serverId);
        return serverId == server.id() || learner != null && learner.promiseCounts;
    }
}

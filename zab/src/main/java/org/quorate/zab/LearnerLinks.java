package org.quorate.zab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.LearnerInfo;

/**
 * The connections of learners to their leader, or observers to a follower: who is let in, who is
 * sent away, and who is who.
 */
final class LearnerLinks {
    /** Connections of learners, with and without a name, at most. */
    static final int LEARNERS_MAX = 1000;

    /** Ids below this are looked up without a search; all that voters should have are. */
    private static final int PLAIN_IDS = 256;

    private final Server server;
    private final LearnerMaster master;
    private final TreeMap<Long, LearnerLink> byLink = new TreeMap<>();

    /** In the order of their coming, for going through all without an iterator. */
    private final ArrayList<LearnerLink> all = new ArrayList<>();

    private final @Nullable LearnerLink[] byPlainId = new LearnerLink[PLAIN_IDS];
    private final TreeMap<Long, LearnerLink> byOtherId = new TreeMap<>();
    private long lastAnonymous;

    /** Servers with another ensemble's history that were sent away. */
    private final TreeSet<Long> strangers = new TreeSet<>();

    LearnerLinks(Server server, LearnerMaster master) {
        this.server = server;
        this.master = master;
    }

    int count() {
        return all.size();
    }

    LearnerLink at(int index) {
        return all.get(index);
    }

    /** For going through all while some may be sent away. */
    List<LearnerLink> copy() {
        return List.copyOf(all);
    }

    @Nullable LearnerLink on(long link) {
        return byLink.get(link);
    }

    /** The learner of this id, if it has introduced itself. */
    @Nullable LearnerLink of(long serverId) {
        return serverId >= 0 && serverId < PLAIN_IDS
                ? byPlainId[(int) serverId]
                : byOtherId.get(serverId);
    }

    void connected(long link, String address) {
        if (all.size() >= LEARNERS_MAX) {
            server.state.warn(
                    "a learner at %s is sent away: %d are connected, which is the limit"
                            .formatted(address, LEARNERS_MAX));
            server.peers.close(link);
            return;
        }
        LearnerLink learner =
                new LearnerLink(
                        master,
                        new Link(link, server.peers, server.chunks),
                        address,
                        server.options.fieldBytesMax());
        learner.connectedNanos = server.nowNanos;
        learner.lastHeardNanos = server.nowNanos;
        byLink.put(link, learner);
        all.add(learner);
    }

    /**
     * Gives an introduced learner its id, or sends it away.
     *
     * @param epoch of the leader, as far as it is known
     */
    boolean admit(LearnerLink learner, LearnerInfo info, long epoch) {
        String refusal = refusal(learner, info, epoch);
        if (refusal != null) {
            drop(learner, "server %d, %s".formatted(info.serverId(), refusal));
            return false;
        }
        if (info.serverId() < 0) {
            learner.serverId = --lastAnonymous;
        } else {
            LearnerLink before = of(info.serverId());
            if (before != null) {
                // Not as if it were lost: the same server is there again.
                server.state.notice("%s has connected anew".formatted(before));
                server.peers.close(before.link.id);
                remove(before);
            }
            learner.serverId = info.serverId();
            if (server.config().member(learner.serverId) == null) {
                server.state.warn(
                        "%s is not in the configuration: it learns, and has no vote"
                                .formatted(learner));
            }
        }
        name(learner.serverId, learner);
        server.peers.introduced(learner.link.id);
        return true;
    }

    private @Nullable String refusal(LearnerLink learner, LearnerInfo info, long epoch) {
        if (info.serverId() == server.id()) {
            return "has the id of this server: two servers with one id";
        }
        LearnerLink before = of(info.serverId());
        if (before != null && server.nowNanos - before.lastHeardNanos < server.tickNanos()) {
            return "is connected from %s, too: two servers with one id".formatted(before.address);
        }
        if (info.configVersion() > server.config().version()) {
            return "has configuration 0x%s, newer than this server's 0x%s"
                    .formatted(Zxid.hex(info.configVersion()), Zxid.hex(server.config().version()));
        }
        if (learner.acceptedEpoch < 0 || learner.acceptedEpoch > epoch + Server.EPOCHS_AHEAD_MAX) {
            return "claims epoch %d, while this server is at %d"
                    .formatted(learner.acceptedEpoch, epoch);
        }
        return null;
    }

    /** The same of one that is not going to be another by trying again: said once of each. */
    void dropStranger(LearnerLink learner, String why) {
        drop(learner, why, strangers.size() < LEARNERS_MAX && strangers.add(learner.serverId));
    }

    /** Closes a learner's connection and says why. */
    void drop(LearnerLink learner, String why) {
        drop(learner, why, true);
    }

    private void drop(LearnerLink learner, String why, boolean aloud) {
        if (byLink.containsKey(learner.link.id)) {
            if (aloud) {
                server.state.warn("%s is sent away: %s".formatted(learner, why));
            }
            learner.sayWhy(why);
            server.peers.close(learner.link.id);
            remove(learner);
            master.lost();
        }
    }

    /** Sends away who was silent too long, at this time. */
    void dropSilent() {
        for (int i = all.size() - 1; i >= 0 && i < all.size(); i--) {
            LearnerLink learner = all.get(i);
            long limit =
                    learner.is(LearnerLink.Phase.SYNCED)
                            ? server.syncLimitNanos()
                            : server.initLimitNanos();
            if (server.nowNanos - learner.lastHeardNanos > limit) {
                drop(learner, "nothing was heard of it for too long");
            }
        }
    }

    void remove(LearnerLink learner) {
        byLink.remove(learner.link.id);
        all.remove(learner);
        if (of(learner.serverId) == learner) {
            name(learner.serverId, null);
        }
    }

    /** Closes those who are being synchronised; they come again. */
    void closeUnsynced() {
        for (LearnerLink learner : copy()) {
            if (learner.is(LearnerLink.Phase.TOLD_EPOCH)
                    && learner.phase != LearnerLink.Phase.ACTIVE) {
                server.peers.close(learner.link.id);
                remove(learner);
            }
        }
    }

    void closeAll() {
        for (LearnerLink learner : all) {
            learner.link.flush();
            server.peers.close(learner.link.id);
        }
        byLink.clear();
        all.clear();
        byOtherId.clear();
        Arrays.fill(byPlainId, null);
    }

    /** Observers that have all on disk. */
    int syncedObservers() {
        int count = 0;
        for (LearnerLink each : all) {
            if (!each.isFollower && each.is(LearnerLink.Phase.SYNCED)) {
                count++;
            }
        }
        return count;
    }

    /**
     * May one more learner be brought to the history? Followers always may: a quorum waits for
     * them.
     */
    boolean isRoomForSync(LearnerLink learner, boolean wholeState) {
        ZabOptions.Observers limits = server.options.observers();
        int limit = wholeState ? limits.snapSyncsMax() : limits.diffSyncsMax();
        if (learner.isFollower) {
            return true;
        }
        int underWay = 0;
        for (LearnerLink each : all) {
            if (each.phase == LearnerLink.Phase.SYNCING && each.takesState == wholeState) {
                underWay++;
            }
        }
        return underWay < limit;
    }

    boolean allCanRollOver() {
        return allCan(Capabilities.EPOCH_ROLL_OVER);
    }

    /** Can each learner that is being brought to the history, or has it, do all of this? */
    boolean allCan(long capability) {
        for (LearnerLink learner : all) {
            if (learner.is(LearnerLink.Phase.TOLD_EPOCH) && !learner.can(capability)) {
                return false;
            }
        }
        return true;
    }

    private void name(long serverId, @Nullable LearnerLink learner) {
        if (serverId >= 0 && serverId < PLAIN_IDS) {
            byPlainId[(int) serverId] = learner;
        } else if (learner != null) {
            byOtherId.put(serverId, learner);
        } else {
            byOtherId.remove(serverId);
        }
    }
}

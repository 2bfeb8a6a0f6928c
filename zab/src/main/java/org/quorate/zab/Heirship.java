package org.quorate.zab;

import java.util.TreeMap;
import org.quorate.protocol.jute.JuteOut;

/**
 * What a follower has ready that its leader has named as its heir: the promise of its own epoch, on
 * disk, and its open port. Learners that have heard of the hand-over earlier than this server wait
 * here until it leads. Owned by the core thread.
 */
final class Heirship {
    /** Bytes of a learner that waits: it has no more to say than who it is. */
    private static final int EARLY_BYTES_MAX = 16 << 10;

    private record Early(String address, JuteOut said) {}

    private final Server server;
    private final long epoch;
    private final TreeMap<Long, Early> early = new TreeMap<>();
    private boolean promised;

    Heirship(Server server, long epoch) {
        this.server = server;
        this.epoch = epoch;
        server.peers.acceptLearners(true);
    }

    /** The own promise is on disk. */
    void promised() {
        promised = true;
    }

    /** May this server lead in an epoch that its leader says a quorum has promised? */
    boolean isFor(long promisedEpoch) {
        return promised && epoch == promisedEpoch;
    }

    /** Leads, with those who wait. */
    void lead() {
        server.enter(Leading.heir(server, epoch));
        early.forEach((link, learner) -> {
            server.standing().learnerConnected(link, learner.address);
            server.standing().received(link, learner.said.array(), 0, learner.said.size());
        });
    }

    /** Another server leads. */
    void end() {
        server.peers.acceptLearners(false);
        early.keySet().forEach(server.peers::close);
    }

    void connected(long link, String address) {
        if (early.size() < LearnerLinks.LEARNERS_MAX) {
            early.put(link, new Early(address, new JuteOut()));
        } else {
            server.peers.close(link);
        }
    }

    /** Is it the link of somebody who waits? Then what came in waits, too. */
    boolean received(long link, byte[] bytes, int from, int to) {
        Early learner = early.get(link);
        if (learner == null) {
            return false;
        }
        if (learner.said.size() + to - from <= EARLY_BYTES_MAX) {
            learner.said.writeRaw(bytes, from, to - from);
        } else {
            early.remove(link);
            server.peers.close(link);
        }
        return true;
    }

    /** Was it the link of somebody who waited? */
    boolean closed(long link) {
        return early.remove(link) != null;
    }
}

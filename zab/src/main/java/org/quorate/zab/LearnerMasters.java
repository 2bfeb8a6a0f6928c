package org.quorate.zab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.quorate.protocol.peer.Member;

/**
 * Whom a learner dials: its leader. An observer of an ensemble whose followers serve observers
 * dials these in turn, beginning at one by chance, and the leader when none of them answers.
 */
final class LearnerMasters {
    private final Server server;
    private final long leader;
    private final List<Long> followers = new ArrayList<>();
    private int next;
    private long current;

    LearnerMasters(Server server, long leader, boolean withFollowers) {
        this.server = server;
        this.leader = leader;
        this.current = leader;
        if (withFollowers) {
            for (Member voter : server.config().voters()) {
                if (voter.serverId() != leader && voter.serverId() != server.id()) {
                    followers.add(voter.serverId());
                }
            }
            if (!followers.isEmpty()) {
                Collections.rotate(followers, (int) server.draw(followers.size()));
            }
        }
    }

    void dialNext(long attempt) {
        int turn = next++ % (followers.size() + 1);
        current = turn < followers.size() ? followers.get(turn) : leader;
        if (isLeader()) {
            server.peers.dial(attempt, leader);
        } else {
            server.peers.dialMaster(attempt, current);
        }
    }

    /** Whom was dialled last. */
    long current() {
        return current;
    }

    /** Is it the leader itself? */
    boolean isLeader() {
        return current == leader;
    }

    /** How long to go on dialling. */
    long redialNanosMax() {
        return followers.isEmpty() ? Learning.REDIAL_NANOS_MAX : server.initLimitNanos();
    }
}

package org.quorate.sim;

import java.util.TreeMap;
import org.quorate.zab.Role;

/** Who led in which epoch: one server in each, and with all that was committed before. */
final class Leaders {
    private final Marks marks;
    private final TreeMap<Long, Long> leaderOf = new TreeMap<>();
    private long newestLeader = -1;

    Leaders(Marks marks) {
        this.marks = marks;
    }

    /** A server takes a role in which it serves; its state has been confirmed. */
    void serves(long server, Role role) {
        if (role.kind() != Role.Kind.LEADING) {
            return;
        }
        Long other = leaderOf.put(role.epoch(), server);
        if (other != null) {
            throw new SimulationFailure(
                    "epoch %d begins twice, led by %d and by %d", role.epoch(), other, server);
        }
        marks.add(server == newestLeader ? "same leader in a new epoch" : "leader");
        newestLeader = server;
    }

    int count() {
        return leaderOf.size();
    }
}

package org.quorate.example.cassandra;

import java.io.IOException;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.leader.Leadership;

/**
 * Repairs in rounds, one leader at a time: two repairs of the same ranges at once only hinder each
 * other. Which round is done stands in a znode that only the leader of the time can write.
 */
final class Repairs {
    static final String LEADER = "/cassandra-example/repair-leader";

    private static final String ROUND = "/cassandra-example/repaired";

    private final Coordinator coordinator;
    private final CassandraNode cassandra;

    Repairs(Coordinator coordinator, CassandraNode cassandra) {
        this.coordinator = coordinator;
        this.cassandra = cassandra;
    }

    /**
     * Repairs once more, as the leader.
     *
     * @return the number of the round that is done
     * @throws CoordinationException if somebody else leads by now
     */
    int next(Leadership reign) throws CoordinationException, IOException, InterruptedException {
        coordinator.znodes().ensure(ROUND);
        Znode before = coordinator.znodes().read(ROUND).orElseThrow();
        int round = before.data().size() == 0 ? 1 : Integer.parseInt(before.data().text()) + 1;
        String said = cassandra.repair(Migrations.KEYSPACE);
        Transaction done =
                reign.guard(
                        new Transaction()
                                .put(ROUND, Bytes.utf8(Integer.toString(round)), before.version()));
        if (!coordinator.znodes().commit(done).done()) {
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN, "another leads, or has repaired");
        }
        System.out.println("  nodetool: " + said);
        return round;
    }
}

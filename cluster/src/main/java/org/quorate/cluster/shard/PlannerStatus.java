package org.quorate.cluster.shard;

import java.util.List;
import java.util.Map;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Shortfall;

/**
 * How the planner stands, for metrics and people. Immutable.
 *
 * @param leading whether this process plans
 * @param versions of the maps, by table
 * @param leaderless shards of led tables that nobody leads
 * @param underReplicated shards with fewer living copies than they should have
 * @param copies under way
 * @param handOvers leaders that have been asked to stop so that others take over
 * @param planNanos what the last plan took
 * @param balances how even the last plan is
 * @param shortfalls what it could not place
 * @param alerts what a person should look at, in sentences
 */
public record PlannerStatus(
        boolean leading,
        Map<String, Long> versions,
        int leaderless,
        int underReplicated,
        int copies,
        int handOvers,
        long planNanos,
        List<Plan.Balance> balances,
        List<Shortfall> shortfalls,
        List<String> alerts) {
    /** Before anything is known. */
    public static final PlannerStatus NONE =
            new PlannerStatus(false, Map.of(), 0, 0, 0, 0, 0, List.of(), List.of(), List.of());

    /** It leads and cannot go on. */
    static PlannerStatus stuck(String why) {
        return new PlannerStatus(true, Map.of(), 0, 0, 0, 0, 0, List.of(), List.of(), List.of(why));
    }

    /** Copies. */
    public PlannerStatus {
        versions = Map.copyOf(versions);
        balances = List.copyOf(balances);
        shortfalls = List.copyOf(shortfalls);
        alerts = List.copyOf(alerts);
    }
}

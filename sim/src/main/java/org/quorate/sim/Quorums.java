package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * What is a quorum, put as plainly as it can be; the production code has a way of its own. Without
 * groups each voter has weight 1 in a group of its own.
 */
final class Quorums {
    private Quorums() {}

    /** More than half of the groups that have weight, each by more than half of it. */
    static boolean isQuorum(EnsembleConfig config, LongPredicate has) {
        TreeMap<Long, Long> all = new TreeMap<>();
        TreeMap<Long, Long> here = new TreeMap<>();
        for (Member voter : config.voters()) {
            long id = voter.serverId();
            long group = config.groupOf().getOrDefault(id, id);
            long weight = config.weights().getOrDefault(id, 1L);
            all.merge(group, weight, Long::sum);
            here.merge(group, has.test(id) ? weight : 0, Long::sum);
        }
        all.values().removeIf(weight -> weight == 0);
        long won =
                all.entrySet().stream()
                        .filter(group ->
                                2 * here.getOrDefault(group.getKey(), 0L) > group.getValue())
                        .count();
        return 2 * won > all.size();
    }

    /** As many voters as can be missed at once, those with the lowest numbers. */
    static List<Long> expendable(EnsembleConfig config) {
        List<Long> some = new ArrayList<>();
        for (Member voter : config.voters()) {
            some.add(voter.serverId());
            if (!isQuorum(config, id -> !some.contains(id))) {
                some.removeLast();
            }
        }
        return some;
    }
}

package org.quorate.zab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * What is a quorum under one configuration, or under two at once while the second is being
 * introduced (peer protocol §6.3). Immutable but for a scratch array: owned by one thread.
 *
 * <p>Majorities: more than half of the voters. Hierarchical: more than half of the groups, each by
 * more than half of its weight; groups without weight do not count.
 */
final class QuorumRule {
    /** What {@link #reached} answers if a configuration has no quorum at all. */
    static final long NOTHING = Long.MIN_VALUE;

    private final List<OneConfig> configs;

    private QuorumRule(List<OneConfig> configs) {
        this.configs = List.copyOf(configs);
    }

    /** The rule of a single server, whatever the configuration says. */
    static QuorumRule alone(long serverId) {
        return new QuorumRule(List.of(new Majority(new long[] {serverId})));
    }

    static QuorumRule of(EnsembleConfig config) {
        return new QuorumRule(List.of(one(config)));
    }

    /** Quorums of both are needed if {@code next} is newer, else of {@code config} alone. */
    static QuorumRule of(EnsembleConfig config, EnsembleConfig next) {
        return next.version() > config.version()
                ? new QuorumRule(List.of(one(config), one(next)))
                : of(config);
    }

    /** Do the servers that satisfy {@code has} contain a quorum of each configuration? */
    boolean isQuorum(LongPredicate has) {
        for (int i = 0; i < configs.size(); i++) {
            if (!configs.get(i).isQuorum(has)) {
                return false;
            }
        }
        return true;
    }

    /** Does every voter of each configuration satisfy {@code has}? */
    boolean isEverybody(LongPredicate has) {
        for (OneConfig config : configs) {
            if (!Arrays.stream(config.voters()).allMatch(has)) {
                return false;
            }
        }
        return true;
    }

    /**
     * How far a quorum has come.
     *
     * @param of how far each voter has come
     * @return the greatest value that the voters who have come so far, or farther, are a quorum;
     *     {@link #NOTHING} if no voters are
     */
    long reached(LongUnaryOperator of) {
        long all = Long.MAX_VALUE;
        for (int i = 0; i < configs.size(); i++) {
            all = Math.min(all, configs.get(i).reached(of));
        }
        return all;
    }

    private static OneConfig one(EnsembleConfig config) {
        return config.isHierarchical() ? Hierarchy.of(config) : new Majority(votersOf(config));
    }

    private static long[] votersOf(EnsembleConfig config) {
        return config.voters().stream().mapToLong(Member::serverId).toArray();
    }

    private sealed interface OneConfig {
        boolean isQuorum(LongPredicate has);

        long reached(LongUnaryOperator of);

        long[] voters();
    }

    private static final class Majority implements OneConfig {
        private final long[] voters;
        private final long[] scratch;

        Majority(long[] voters) {
            this.voters = voters;
            scratch = new long[voters.length];
        }

        @Override
        public long[] voters() {
            return voters;
        }

        @Override
        public boolean isQuorum(LongPredicate has) {
            int count = 0;
            for (long voter : voters) {
                if (has.test(voter)) {
                    count++;
                }
            }
            return count > voters.length / 2;
        }

        @Override
        public long reached(LongUnaryOperator of) {
            if (voters.length == 0) {
                return NOTHING;
            }
            for (int i = 0; i < voters.length; i++) {
                scratch[i] = of.applyAsLong(voters[i]);
            }
            Arrays.sort(scratch);
            return scratch[voters.length - (voters.length / 2 + 1)];
        }
    }

    private static final class Hierarchy implements OneConfig {
        private final long[] voters;
        private final long[] weights;
        private final int[] groups;
        private final long[] groupWeights;
        private final int groupsThatCount;
        private final long[] scratch;

        private Hierarchy(long[] voters, long[] weights, int[] groups, int groupCount) {
            this.voters = voters;
            this.weights = weights;
            this.groups = groups;
            scratch = new long[voters.length];
            groupWeights = new long[groupCount];
            for (int i = 0; i < voters.length; i++) {
                groupWeights[groups[i]] += weights[i];
            }
            groupsThatCount = (int) Arrays.stream(groupWeights).filter(w -> w > 0).count();
        }

        static Hierarchy of(EnsembleConfig config) {
            long[] voters = votersOf(config);
            TreeMap<Long, Integer> groupIndex = new TreeMap<>();
            List<Integer> groups = new ArrayList<>();
            for (long voter : voters) {
                long group = config.groupOf().getOrDefault(voter, 0L);
                Integer next = groupIndex.size();
                Integer known = groupIndex.putIfAbsent(group, next);
                groups.add(known == null ? next : known);
            }
            return new Hierarchy(
                    voters,
                    Arrays.stream(voters)
                            .map(voter -> config.weights().getOrDefault(voter, 1L))
                            .toArray(),
                    groups.stream().mapToInt(Integer::intValue).toArray(),
                    groupIndex.size());
        }

        @Override
        public long[] voters() {
            return voters;
        }

        @Override
        public boolean isQuorum(LongPredicate has) {
            long[] acked = new long[groupWeights.length];
            for (int i = 0; i < voters.length; i++) {
                if (has.test(voters[i])) {
                    acked[groups[i]] += weights[i];
                }
            }
            int satisfied = 0;
            for (int group = 0; group < acked.length; group++) {
                if (acked[group] > groupWeights[group] / 2) {
                    satisfied++;
                }
            }
            return satisfied > groupsThatCount / 2;
        }

        @Override
        public long reached(LongUnaryOperator of) {
            for (int i = 0; i < voters.length; i++) {
                scratch[i] = of.applyAsLong(voters[i]);
            }
            Arrays.sort(scratch);
            for (int i = scratch.length - 1; i >= 0; i--) {
                long candidate = scratch[i];
                if (isQuorum(voter -> of.applyAsLong(voter) >= candidate)) {
                    return candidate;
                }
            }
            return NOTHING;
        }
    }
}

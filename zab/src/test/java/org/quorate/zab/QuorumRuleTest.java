package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/** Quorum arithmetic against its slow and obvious version. */
class QuorumRuleTest {
    @Test
    void aMajorityIsMoreThanHalfOfTheVotersAndObserversDoNotCount() {
        QuorumRule rule = QuorumRule.of(Town.members(4, 2));

        assertThat(rule.isQuorum(id -> id <= 3)).isTrue();
        assertThat(rule.isQuorum(id -> id <= 2)).isFalse();
        assertThat(rule.isQuorum(id -> id >= 3)).isFalse();
    }

    @Test
    void twoConfigurationsNeedAQuorumOfEach() {
        EnsembleConfig before = Town.members(3, 0);
        EnsembleConfig next =
                EnsembleConfig.of(
                        List.of(Town.member(3, true), Town.member(4, true), Town.member(5, true)),
                        9);
        QuorumRule rule = QuorumRule.of(before, next);

        assertThat(rule.isQuorum(id -> id == 2 || id == 3 || id == 4)).isTrue();
        assertThat(rule.isQuorum(id -> id <= 3)).isFalse();
        assertThat(rule.isQuorum(id -> id >= 3)).isFalse();
        assertThat(QuorumRule.of(before, next.withVersion(0)).isQuorum(id -> id <= 2)).isTrue();
    }

    @Test
    void nobodyIsAQuorumOfNobody() {
        QuorumRule rule = QuorumRule.of(EnsembleConfig.of(List.of(), 0));

        assertThat(rule.isQuorum(id -> true)).isFalse();
        assertThat(rule.reached(id -> 7)).isEqualTo(QuorumRule.NOTHING);
    }

    @Test
    void groupsWithoutWeightDoNotCount() {
        EnsembleConfig config =
                hierarchy(new int[] {1, 1, 2, 2, 3, 3}, new long[] {1, 1, 1, 1, 0, 0});
        QuorumRule rule = QuorumRule.of(config);

        assertThat(rule.isQuorum(id -> id <= 4)).isTrue();
        assertThat(rule.isQuorum(id -> id != 1)).isFalse();
        assertThat(rule.isQuorum(id -> id <= 2 || id >= 5)).isFalse();
    }

    @Test
    void theRulesAgreeWithTheirDefinition() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(7);
            int[] groups = random.ints(size, 1, 4).toArray();
            long[] weights = random.longs(size, 0, 4).toArray();
            boolean hierarchical = random.nextBoolean();
            EnsembleConfig config =
                    hierarchical ? hierarchy(groups, weights) : Town.members(size, 0);
            QuorumRule rule = QuorumRule.of(config);
            TreeMap<Long, Long> reached = new TreeMap<>();
            for (long id = 1; id <= size; id++) {
                reached.put(id, (long) random.nextInt(5));
            }
            long best = QuorumRule.NOTHING;
            for (long value = 0; value < 5; value++) {
                TreeSet<Long> has = new TreeSet<>();
                long least = value;
                reached.forEach((id, to) -> {
                    if (to >= least) {
                        has.add(id);
                    }
                });
                boolean quorum =
                        hierarchical ? slowHierarchy(groups, weights, has) : has.size() > size / 2;
                assertThat(rule.isQuorum(has::contains)).as("seed %d", seed).isEqualTo(quorum);
                if (quorum && !has.isEmpty()) {
                    best = value;
                }
            }
            long actual = rule.reached(id -> reached.getOrDefault(id, 0L));
            assertThat(actual)
                    .as("seed %d", seed)
                    .isEqualTo(best == QuorumRule.NOTHING ? QuorumRule.NOTHING : best);
        }
    }

    private static boolean slowHierarchy(int[] groups, long[] weights, TreeSet<Long> has) {
        int satisfied = 0;
        int counting = 0;
        for (int group = 1; group <= 3; group++) {
            long all = 0;
            long acked = 0;
            for (int i = 0; i < groups.length; i++) {
                if (groups[i] == group) {
                    all += weights[i];
                    acked += has.contains(i + 1L) ? weights[i] : 0;
                }
            }
            counting += all > 0 ? 1 : 0;
            satisfied += acked > all / 2 ? 1 : 0;
        }
        return satisfied > counting / 2;
    }

    private static EnsembleConfig hierarchy(int[] groups, long[] weights) {
        TreeMap<Long, Member> members = new TreeMap<>();
        TreeMap<Long, Long> groupOf = new TreeMap<>();
        TreeMap<Long, Long> weightOf = new TreeMap<>();
        for (int i = 0; i < groups.length; i++) {
            long id = i + 1L;
            members.put(id, Town.member(id, true));
            groupOf.put(id, (long) groups[i]);
            weightOf.put(id, weights[i]);
        }
        return new EnsembleConfig(members, groupOf, weightOf, 0);
    }
}

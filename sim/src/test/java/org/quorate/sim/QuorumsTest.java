package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.peer.EnsembleConfig;

/** What those who judge hold for a quorum. */
class QuorumsTest {
    @Test
    void withoutGroupsMoreThanHalfOfTheVotersAreOne() {
        assertThat(Quorums.isQuorum(members(4), List.of(1L, 2L)::contains)).isFalse();
        assertThat(Quorums.isQuorum(members(4), List.of(1L, 2L, 4L)::contains)).isTrue();
        assertThat(Quorums.expendable(members(3))).containsExactly(1L);
        assertThat(Quorums.expendable(members(4))).containsExactly(1L);
        assertThat(Quorums.expendable(members(7))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void withGroupsMoreThanHalfOfTheWeightInMoreThanHalfOfThemIs() {
        // Groups 1 and 4, 2 and 5, 3; server 1 weighs two, server 5 nothing.
        EnsembleConfig config = inGroups(5, 1, 2, 5, 0);

        assertThat(Quorums.isQuorum(config, List.of(1L, 2L)::contains)).isTrue();
        assertThat(Quorums.isQuorum(config, List.of(3L, 4L, 5L)::contains)).isFalse();
        assertThat(Quorums.expendable(config)).containsExactly(1L, 4L, 5L);
    }

    @Test
    void aGroupWithoutWeightDoesNotCount() {
        EnsembleConfig config = inGroups(3, 3, 0, 1, 1);

        assertThat(Quorums.isQuorum(config, List.of(1L, 2L)::contains)).isTrue();
        assertThat(Quorums.isQuorum(config, List.of(1L, 3L)::contains)).isFalse();
    }

    private static EnsembleConfig members(int count) {
        return EnsembleConfig.of(
                java.util.stream.LongStream.rangeClosed(1, count)
                        .mapToObj(id -> Settings.member(id, true))
                        .toList(),
                0);
    }

    private static EnsembleConfig inGroups(
            int count, long one, long oneWeighs, long other, long otherWeighs) {
        TreeMap<Long, Long> groupOf = new TreeMap<>();
        TreeMap<Long, Long> weights = new TreeMap<>();
        for (long id = 1; id <= count; id++) {
            groupOf.put(id, id % 3);
            weights.put(id, id == one ? oneWeighs : id == other ? otherWeighs : 1L);
        }
        return new EnsembleConfig(members(count).members(), groupOf, weights, 0);
    }
}

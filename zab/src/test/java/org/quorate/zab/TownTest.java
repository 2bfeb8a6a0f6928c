package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ensembles on a simulated network without faults. */
class TownTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7})
    void anEnsembleElectsALeaderAndReplicatesWrites(int size) {
        Town town = Town.of(size, size, 2);

        assertThat(town.runUntil(town::everybodyServes, 10_000)).isBetween(0L, 1000L);
        for (int i = 1; i <= 50; i++) {
            town.get(1 + i % (size + 2)).write(i);
            if (i % 5 == 0) {
                town.get(1 + i % 7 % size).sync();
            }
            town.runMillis(1);
        }
        town.runMillis(200);

        assertThat(town.witness.acknowledgedCount()).isEqualTo(50);
        assertThat(town.witness.syncsDone()).isEqualTo(10);
        assertThat(town.witness.leaderCount()).isEqualTo(1);
        town.witness.checkEqual();
    }

    @Test
    void theElectionEndsAtOnceWhenAllVotersAgree() {
        Town town = Town.of(1, 3, 0);

        assertThat(town.runUntil(town::everybodyServes, 10_000)).isLessThan(150);
    }

    /** It acknowledges nothing: a change that needed its vote would never be committed. */
    @Test
    void anObserverDoesNotCountForAConfigurationInWhichItIsAVoter() {
        Town town = Town.of(1, 3, 1);
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant leader = Objects.requireNonNull(town.leader());
        assertThat(leader.zab().hasSyncedQuorum(Town.members(4, 0))).isTrue();

        town.get(leader.id() == 1 ? 2 : 1).crash();
        town.runMillis(1);

        assertThat(leader.zab().hasSyncedQuorum(Town.members(3, 1))).isTrue();
        assertThat(leader.zab().hasSyncedQuorum(Town.members(4, 0))).isFalse();
    }
}

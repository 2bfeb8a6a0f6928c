package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.peer.EnsembleConfig;

/**
 * An ensemble of three groups, of which a majority of the weight in a majority of groups is a
 * quorum: servers 1 and 2, 3 and 4, 5 to 7; server 7 has no weight.
 */
class GroupsTest {
    private final Town town = new Town(21);

    @Test
    void worksWithoutAWholeGroup() {
        settle(town);
        crash(town, 5, 6, 7);
        assertThat(writes(town, 1)).isTrue();
    }

    @Test
    void standsStillWithoutAMajorityInAMajorityOfGroupsHoweverManyServersThereAre() {
        settle(town);
        crash(town, 2, 6);

        town.runMillis(3_000);
        assertThat(town.leader()).isNull();

        town.get(6).start();
        assertThat(writes(town, 1)).isTrue();
    }

    @Test
    void aServerWithoutWeightFollowsAndItsWordCountsForNothing() {
        settle(town);
        assertThat(town.get(7).zab().role().kind()).isEqualTo(Role.Kind.FOLLOWING);
        crash(town, 1, 6);

        town.runMillis(3_000);
        assertThat(town.leader()).as("5 and 7 are no majority of their group").isNull();
    }

    @Test
    void handsOverToAServerWithWeight() {
        settle(town);
        for (int time = 1; time <= 8; time++) {
            Inhabitant old = town.leader();
            assertThat(old).isNotNull();
            old.input(() -> old.zab().handOver());
            town.runUntil(() -> town.leader() != null && town.leader() != old, 10_000);
            assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
            assertThat(town.leader().id()).isNotEqualTo(7);
            town.runMillis(200);
        }
        assertThat(town.marks()).containsKey("HEIR");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void losesNothingWhateverServersComeAndGo(long seed) {
        Town storm = new Town(seed);
        settle(storm);
        for (int i = 1; i <= 200; i++) {
            Inhabitant one = storm.get(1 + storm.random.nextInt(7));
            if (storm.random.nextInt(8) == 0) {
                one.crash();
            } else if (!one.isUp()) {
                one.start();
            }
            storm.get(1 + storm.random.nextInt(7)).write(i);
            storm.runMillis(storm.random.nextInt(60));
        }
        storm.inhabitants.values().stream().filter(each -> !each.isUp()).forEach(Inhabitant::start);
        assertThat(writes(storm, 1_000)).isTrue();
        assertThat(storm.runUntil(storm::everybodyFollowsOneLeader, 20_000)).isNotNegative();
        storm.runMillis(500);
        storm.witness.checkEqual();
    }

    private static void settle(Town town) {
        TreeMap<Long, Long> groups = new TreeMap<>();
        TreeMap<Long, Long> weights = new TreeMap<>();
        for (long id = 1; id <= 7; id++) {
            groups.put(id, Math.min(3, (id + 1) / 2));
            weights.put(id, id == 7 ? 0L : 1L);
        }
        town.settle(
                new EnsembleConfig(Town.members(7, 0).members(), groups, weights, 0),
                Town::options);
        assertThat(town.runUntil(town::everybodyServes, 10_000)).isNotNegative();
        town.runMillis(300);
    }

    private static void crash(Town town, long... ids) {
        for (long id : ids) {
            town.get(id).crash();
        }
    }

    /** Does a write through the leader that there soon is come about? */
    private static boolean writes(Town town, long number) {
        long before = town.witness.acknowledgedCount();
        for (int tries = 0; tries < 100; tries++) {
            town.runMillis(100);
            Inhabitant leader = town.leader();
            if (leader != null) {
                leader.write(number + tries);
            }
            if (town.witness.acknowledgedCount() > before) {
                return true;
            }
        }
        return false;
    }
}

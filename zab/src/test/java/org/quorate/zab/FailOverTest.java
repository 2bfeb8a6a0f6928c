package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.peer.Capabilities;

/** How long an ensemble is without a leader. Links here take up to 1 ms, a sync up to 3 ms. */
class FailOverTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aKilledLeaderOfThreeIsReplacedWithoutWaitingForItsVote(long seed) {
        Town town = settled(seed, 3, Capabilities.ALL);

        leader(town).crash();
        long took = town.runUntil(() -> town.leader() != null, 10_000);

        assertThat(took).isBetween(0L, 100L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aPlannedStopLeavesNobodyLeadingForAFewRoundTripsAndOneSync(long seed) {
        Town town = settled(seed, 5, Capabilities.ALL);
        Inhabitant old = leader(town);
        for (int i = 1; i <= 20; i++) {
            old.write(i);
        }

        old.input(() -> old.zab().handOver());
        assertThat(old.zab().role().kind()).isEqualTo(Role.Kind.LEADING);
        assertThat(town.runUntil(() -> old.zab().role() == Role.LOOKING, 100)).isNotNegative();
        long took = town.runUntil(() -> town.leader() != null, 10_000);

        assertThat(took).isBetween(0L, 40L);
        assertThat(town.leader()).isNotSameAs(old);
        assertThat(town.leader().zab().role().epoch()).isEqualTo(2);
        assertThat(town.runUntil(town::everybodyServes, 10_000)).isBetween(0L, 300L);
        assertThat(town.leader().state().entries()).hasSize(20);
        assertThat(town.marks()).containsKeys("HEIR", "HAND_OVER");
        long next = town.leader().id();
        assertThat(old.notices).contains("hands epoch 1 over to server " + next);
        assertThat(town.inhabitants.values())
                .filteredOn(each -> each != old)
                .as("everybody knows why there is another leader")
                .allMatch(each ->
                        each.notices.contains(
                                "leader %d hands epoch 1 over to server %d"
                                        .formatted(old.id(), next)));
    }

    @Test
    void writesGoOnWhileTheHeirMakesItselfReady() {
        Town town = settled(1, 3, Capabilities.ALL);
        Inhabitant old = leader(town);
        town.inhabitants.values().stream()
                .filter(each -> each != old)
                .max(Comparator.comparingLong(Inhabitant::id))
                .ifPresent(heir -> heir.slowDisk(true));

        old.input(() -> old.zab().handOver());
        old.write(1);
        town.runUntil(() -> town.witness.acknowledgedCount() == 1, 1_000);

        assertThat(leader(town)).isSameAs(old);
        town.runUntil(() -> town.leader() != null && town.leader() != old, 10_000);
        assertThat(leader(town).state().entries()).hasSize(1);
    }

    @Test
    void anHeirThatDoesNotGetReadyIsNotWaitedForLongerThanATick() {
        Town town = settled(2, 5, Capabilities.ALL);
        Inhabitant old = leader(town);
        old.write(1);
        town.runMillis(100);
        Inhabitant heir = town.get(old.id() == 5 ? 4 : 5);

        heir.pause();
        old.input(() -> old.zab().handOver());
        long took = town.runUntil(() -> old.zab().role() == Role.LOOKING, 10_000);

        assertThat(took).isBetween((long) Town.TICK_MILLIS - 10, Town.TICK_MILLIS + 20L);
        assertThat(town.runUntil(() -> town.leader() != null, 10_000)).isBetween(0L, 300L);
        assertThat(leader(town)).isNotSameAs(heir).isNotSameAs(old);
        assertThat(leader(town).state().entries()).hasSize(1);
        heir.resume();
        assertThat(town.runUntil(town::everybodyServes, 10_000)).isNotNegative();
        town.witness.checkEqual();
    }

    @Test
    void anHeirThatDiesIsMissedByNobodyForLong() {
        Town town = settled(4, 5, Capabilities.ALL);
        Inhabitant old = leader(town);
        old.write(1);
        town.runMillis(100);

        old.input(() -> old.zab().handOver());
        town.get(old.id() == 5 ? 4 : 5).crash();

        assertThat(town.runUntil(() -> town.leader() != null && town.leader() != old, 10_000))
                .isBetween(0L, 1_000L);
        assertThat(leader(town).state().entries()).hasSize(1);
    }

    @Test
    void withOneThatCannotNobodyIsNamed() {
        Town town = new Town(6);
        town.settle(
                Town.members(5, 0),
                id ->
                        Town.options(
                                id,
                                500,
                                Long.MAX_VALUE,
                                id == 1
                                        ? Capabilities.ALL & ~Capabilities.NAMED_HEIR
                                        : Capabilities.ALL));
        town.runUntil(town::everybodyServes, 10_000);
        town.runMillis(300);
        Inhabitant old = leader(town);

        old.input(() -> old.zab().handOver());
        assertThat(old.zab().role()).isEqualTo(Role.LOOKING);
        town.runUntil(town::everybodyServes, 10_000);

        assertThat(leader(town)).isNotSameAs(old);
        assertThat(town.marks()).containsKey("HAND_OVER").doesNotContainKey("HEIR");
    }

    @Test
    void whoCannotLeadAnyMoreWaitsForNobody() {
        Town town = settled(3, 3, Capabilities.ALL);
        Inhabitant old = leader(town);

        old.input(() -> old.zab().handOverAtOnce());
        assertThat(old.zab().role()).isEqualTo(Role.LOOKING);
        town.runUntil(town::everybodyServes, 10_000);

        assertThat(leader(town)).isNotSameAs(old);
        assertThat(town.marks()).containsKey("HAND_OVER").doesNotContainKey("HEIR");
    }

    @Test
    void whereOthersCannotBeToldTheLeaderResignsAndDoesNotStandAgainAtOnce() {
        Town town = settled(3, 3, 0);
        Inhabitant old = leader(town);

        old.input(() -> old.zab().handOver());
        town.runUntil(town::everybodyServes, 10_000);

        assertThat(town.leader()).isNotNull().isNotSameAs(old);
        assertThat(town.marks()).doesNotContainKey("HAND_OVER");
    }

    @Test
    void aHandOverWithTransactionsUnderWayCommitsThemFirst() {
        Town town = settled(3, 3, Capabilities.ALL);
        Inhabitant old = leader(town);
        old.slowDisk(true);
        for (int i = 1; i <= 10; i++) {
            old.write(i);
        }

        old.input(() -> old.zab().handOver());
        town.runUntil(() -> town.leader() != old, 10_000);
        town.runUntil(town::everybodyServes, 10_000);

        assertThat(town.witness.committedCount()).isEqualTo(10);
        town.witness.checkEqual();
    }

    @Test
    void zxidsThatRunOutChangeTheEpochAndNothingElse() {
        Town town = new Town(7);
        town.settle(Town.members(3, 1), id -> Town.options(id, 500, 100, Capabilities.ALL));
        town.runUntil(town::everybodyServes, 10_000);
        town.runMillis(300);
        Inhabitant leader = leader(town);
        List<Integer> roles = town.inhabitants.values().stream().map(i -> i.roles.size()).toList();

        for (int i = 1; i <= 1000; i++) {
            town.get(1 + i % 3).write(i);
            town.runMillis(1);
        }
        town.runMillis(100);

        assertThat(leader(town)).isSameAs(leader);
        assertThat(leader.zab().role().epoch()).isGreaterThan(10);
        assertThat(town.inhabitants.values().stream().map(i -> i.roles.size()).toList())
                .isEqualTo(roles);
        assertThat(town.witness.acknowledgedCount()).isEqualTo(1000);
        town.witness.checkEqual();
        for (Inhabitant each : town.inhabitants.values()) {
            assertThat(each.disk().lasting(false)).isEqualTo(leader.zab().role().epoch());
        }
    }

    @Test
    void amongServersThatCannotRollOverTheLeaderStepsDownBeforeTheLastZxid() {
        Town town = new Town(7);
        town.settle(
                Town.members(3, 0),
                id -> Town.options(id, 500, 100, id <= 2 ? 0 : Capabilities.ALL));
        town.runUntil(town::everybodyServes, 10_000);
        long number = 0;
        while (town.nowNanos() < 5_000 * Town.MILLI) {
            town.get(1).write(++number);
            town.runMillis(2);
        }

        assertThat(town.marks()).doesNotContainKey("ROLL_OVER");
        assertThat(town.leader()).isNotNull();
        assertThat(town.leader().zab().role().epoch()).isGreaterThan(3);
        assertThat(town.inhabitants.values().stream().flatMap(i -> i.notices.stream()))
                .anyMatch(line -> line.contains("zxids run out"));
        assertThat(town.witness.acknowledgedCount()).isGreaterThan(200);
    }

    @Test
    void aServerThatPromisedALaterEpochFollowsAgainAndNobodyElseNotices() {
        Town town = new Town(11);
        town.settle(Town.members(3, 1), id -> Town.options(id));
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant leader = leader(town);
        Inhabitant late = town.get(leader.id() == 1 ? 2 : 1);
        late.crash();
        late.disk().promised(9);
        town.runMillis(100);
        List<Integer> roles = town.inhabitants.values().stream().map(i -> i.roles.size()).toList();

        late.start();
        for (int i = 1; i <= 300; i++) {
            town.get(1 + i % 4).write(i);
            town.runMillis(1);
        }
        town.runUntil(town::everybodyServes, 1_000);

        assertThat(leader(town)).isSameAs(leader);
        assertThat(late.zab().role()).isEqualTo(new Role(Role.Kind.FOLLOWING, leader.id(), 10));
        town.get(leader.id()).write(1000);
        town.runMillis(200);
        for (Inhabitant each : town.inhabitants.values()) {
            assertThat(each.zab().role().epoch()).isEqualTo(10);
            assertThat(each.disk().lasting(true)).isEqualTo(10);
            if (each != late) {
                assertThat(each.roles).hasSize(roles.get((int) each.id() - 1));
            }
        }
        town.witness.checkEqual();
    }

    @Test
    void aServerWithAnotherEnsemblesHistoryIsSentAwayWithTheReasonAndKeepsIt() {
        Town town = new Town(13);
        town.settle(Town.members(3, 1), id -> Town.options(id));
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant first = leader(town);
        Inhabitant stranger = town.get(first.id() == 1 ? 2 : 1);
        stranger.crash();
        stranger.disk().strangers(50);
        town.runMillis(100);
        int told = town.marks().getOrDefault("FOLLOWERINFO", 0);

        stranger.start();
        town.runMillis(3_000);

        String why = "its history ends at 0x3200000003, in an epoch that nobody has led";
        assertThat(first.notices).anyMatch(line -> line.contains("is sent away: " + why));
        assertThat(stranger.notices).anyMatch(line -> line.contains(why));
        assertThat(town.marks().get("FOLLOWERINFO") - told).as("not a storm").isBetween(2, 16);
        assertThat(leader(town)).isSameAs(first);
        assertThat(first.zab().role().epoch()).as("it went on once").isEqualTo(51);

        first.crash(); // what it learned by going on, the other has learned with it
        town.runMillis(2_000);
        assertThat(stranger.serves()).isFalse();
        assertThat(stranger.disk().lastZxid()).isEqualTo(0x3200000003L);

        stranger.crash();
        stranger.disk().empty();
        stranger.start();
        first.start();
        assertThat(town.runUntil(town::everybodyServes, 10_000)).isNotNegative();
        town.witness.checkEqual();
    }

    @Test
    void amongServersThatCannotRollOverItWaitsForTheNextElectionWithoutAStorm() {
        Town town = new Town(12);
        town.settle(Town.members(3, 0), id -> Town.options(id, 500, Long.MAX_VALUE, 0));
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant leader = leader(town);
        Inhabitant late = town.get(leader.id() == 1 ? 2 : 1);
        late.crash();
        late.disk().promised(9);
        town.runMillis(100);
        int told = town.marks().getOrDefault("FOLLOWERINFO", 0);

        late.start();
        town.runMillis(3_000);

        assertThat(late.serves()).isFalse();
        assertThat(leader(town)).isSameAs(leader);
        assertThat(town.marks().get("FOLLOWERINFO") - told).isBetween(2, 16);
        assertThat(leader.notices)
                .filteredOn(line -> line.contains("promised epoch 9"))
                .singleElement()
                .asString()
                .contains("next election");
        leader.crash();
        town.runUntil(() -> late.serves(), 10_000);
        assertThat(leader(town).zab().role().epoch()).isEqualTo(10);
    }

    @Test
    void aLeaderThatWakesFromALongSleepAnswersNoSyncFromItsOldEpoch() {
        Town town = settled(5, 3, Capabilities.ALL);
        Inhabitant old = leader(town);
        old.pause();
        town.runUntil(() -> town.leader() != null && town.leader() != old, 20_000);
        Inhabitant next = leader(town);
        for (int i = 1; i <= 5; i++) {
            next.write(i);
        }
        town.runMillis(100);
        assertThat(town.witness.acknowledgedCount()).isEqualTo(5);

        old.resume();
        old.sync();

        assertThat(old.roles.getLast()).isEqualTo(Role.LOOKING);
        assertThat(town.witness.syncsDone()).isZero();
        town.runUntil(town::everybodyServes, 20_000);
        old.sync();
        town.runMillis(50);
        assertThat(town.witness.syncsDone()).isEqualTo(1);
    }

    @Test
    void contactIsProvedByAQuorumAndAgesWithoutIt() {
        Town town = settled(5, 3, Capabilities.ALL);
        Inhabitant leader = leader(town);
        town.runMillis(500);
        assertThat(town.nowNanos() - leader.zab().lastContactNanos()).isLessThan(100 * Town.MILLI);

        town.isolate(leader.id());
        long cutAt = town.nowNanos();
        town.runMillis(400);

        assertThat(leader.zab().lastContactNanos()).isBetween(cutAt - 100 * Town.MILLI, cutAt);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatProvedItsContactALeaderDoesNotForgetWhenItLeadsNoMore(boolean handsOver) {
        Town town = settled(5, 3, Capabilities.ALL);
        Inhabitant leader = leader(town);
        town.runMillis(500);
        long proved = leader.zab().lastContactNanos();

        if (handsOver) {
            leader.input(() -> leader.zab().handOver());
        } else {
            town.inhabitants.values().stream()
                    .filter(each -> each != leader)
                    .forEach(Inhabitant::crash);
        }

        for (int i = 0; i < 100; i++) {
            town.runMillis(1);
            assertThat(leader.zab().lastContactNanos()).isGreaterThanOrEqualTo(proved);
            proved = leader.zab().lastContactNanos();
        }
        assertThat(leader.zab().role().kind()).isNotEqualTo(Role.Kind.LEADING);
    }

    private static Town settled(long seed, int voters, long extras) {
        Town town = new Town(seed);
        town.settle(Town.members(voters, 0), id -> Town.options(id, 500, Long.MAX_VALUE, extras));
        assertThat(town.runUntil(town::everybodyServes, 10_000)).isNotNegative();
        town.runMillis(300);
        return town;
    }

    private static Inhabitant leader(Town town) {
        Inhabitant leader = town.leader();
        if (leader == null) {
            throw new AssertionError("no leader");
        }
        return leader;
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * A reconfiguration that was proposed when all servers went down: quorums of both configurations
 * elect the leader, who completes it (peer protocol §3.2, §5.2).
 */
class HalfDoneReconfigTest {
    private static final EnsembleConfig NOW =
            EnsembleConfig.of(List.of(Town.member(1, true), Town.member(2, true)), 0)
                    .withVersion(0x100000000L);

    /** Who votes now is to observe, and others are to vote. */
    private static final EnsembleConfig NEXT =
            EnsembleConfig.of(
                            Stream.of(1, 2, 3, 4, 5).map(id -> Town.member(id, id > 2)).toList(), 0)
                    .withVersion(0x200000000L);

    /** How long the servers to come have been asking around when the others are back. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 250, 3_000})
    void theVotersThereAreAndThoseToComeElectTogetherAndChangePlaces(int earlierMillis) {
        for (long seed = 1; seed <= 8; seed++) {
            Town town = stopped(seed);
            for (long id = 3; id <= 5; id++) {
                town.add(Town.options(id), joining(id)).start();
                town.runMillis(earlierMillis);
            }
            town.get(1).start();
            town.runMillis(town.draw(0, 20));
            town.get(2).start();

            assertThat(town.runUntil(() -> isDone(town), 10_000))
                    .as("seed %d: %s", seed, town.story())
                    .isNotNegative();
            assertThat(town.leader().id()).isGreaterThan(2);
            assertThat(town.get(1).zab().role().kind()).isEqualTo(Role.Kind.OBSERVING);
            assertThat(town.leader().state().entries()).hasSize(1);
        }
    }

    /** Those to come were there, know of it, and have looked for a leader more often. */
    @Test
    void thoseToComeWhoAreRoundsAheadJoinTheVotersThereAre() {
        for (long seed = 1; seed <= 8; seed++) {
            Town town = stopped(seed);
            startVoters(town, NOW);
            for (long id = 3; id <= 5; id++) {
                town.add(Town.options(id), joining(id)).start();
            }
            for (int time = 0; time < 3; time++) {
                assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
                startVoters(town, NOW);
            }
            assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
            town.leader().reconfigure(NEXT);
            town.runUntil(() -> town.get(4).zab().lastSeenConfig().version() > 0x200000000L, 1_000);
            startVoters(town, null);

            assertThat(town.runUntil(() -> isDone(town), 20_000))
                    .as("seed %d: %s", seed, town.story())
                    .isNotNegative();
        }
    }

    /** It alone has the proposal in its log, and more of a history than any voter there is. */
    @Test
    void whoIsToComeVotesForAVoterThatHasLessThanItself() {
        for (long seed = 1; seed <= 8; seed++) {
            Town town = stopped(seed);
            startVoters(town, NOW);
            Inhabitant first = town.add(Town.options(3), joining(3));
            first.start();
            assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
            town.isolate(first.id());
            town.runMillis(3_000);
            first.crash();
            first.disk().loneTail();
            town.heal();
            startVoters(town, NEXT);
            first.proposed(NEXT);
            first.start();
            Inhabitant second = town.add(Town.options(4), NOW);
            second.proposed(NEXT);
            second.start();

            assertThat(town.runUntil(() -> town.leader() != null, 20_000))
                    .as("seed %d: %s", seed, town.story())
                    .isNotNegative();
        }
    }

    /** The voters there are come up again, and know what they are to, or what they knew. */
    private static void startVoters(Town town, @Nullable EnsembleConfig proposed) {
        for (Inhabitant voter : List.of(town.get(1), town.get(2))) {
            voter.crash();
            if (proposed != null) {
                voter.proposed(proposed);
            }
            voter.start();
        }
    }

    /** The others may have it in force, and be cut off. */
    @Test
    void withoutAQuorumOfTheVotersToComeNobodyLeads() {
        Town town = stopped(1);
        town.get(1).start();
        town.get(2).start();
        town.add(Town.options(3), joining(3)).start();
        town.runMillis(20_000);
        assertThat(town.leader()).isNull();
        assertThat(town.get(1).notices)
                .filteredOn(notice -> notice.startsWith("nobody can lead"))
                .singleElement()
                .asString()
                .contains("the configuration 0x200000000 was proposed", "of whom servers [4, 5]");

        town.add(Town.options(4), joining(4)).start();
        assertThat(town.runUntil(() -> town.leader() != null, 10_000)).isNotNegative();
    }

    /** As in ZooKeeper: what was proposed may be in force where its own quorum is. */
    @Test
    void proposedWhenAVoterHasJustGoneItWaitsForThatVoter() {
        Town town = Town.of(1, 3, 0);
        assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
        Inhabitant leader = town.leader();
        Inhabitant gone = town.get(leader.id() == 1 ? 2 : 1);
        long left = 6 - leader.id() - gone.id();
        gone.crash();
        leader.reconfigure(voters(leader.id(), gone.id()));
        town.runMillis(20_000);
        assertThat(town.leader()).isNull();

        gone.start();
        assertThat(town.runUntil(() -> town.leader() != null, 10_000)).isNotNegative();
        town.runMillis(500);
        assertThat(town.leader().zab().config().isVoter(left)).isFalse();
    }

    /** What docs/peers.md tells an operator to do who cannot bring the voter back. */
    @Test
    void itIsWithdrawnByRemovingItEverywhereAndAnotherTakesItsPlace() {
        Town town = Town.of(2, 3, 0);
        assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
        Inhabitant leader = town.leader();
        Inhabitant gone = town.get(leader.id() == 1 ? 2 : 1);
        Inhabitant other = town.get(6 - leader.id() - gone.id());
        gone.crash();
        leader.reconfigure(voters(leader.id(), gone.id()));
        town.runMillis(2_000);
        for (Inhabitant each : List.of(leader, other)) {
            EnsembleConfig committed = each.zab().config();
            each.crash();
            each.proposed(committed);
            each.start();
        }
        assertThat(town.runUntil(() -> town.leader() != null, 10_000)).isNotNegative();
        town.runMillis(500);

        town.leader().reconfigure(voters(leader.id(), other.id()));
        town.runMillis(500);
        for (Inhabitant each : List.of(leader, other)) {
            assertThat(each.serves()).isTrue();
            assertThat(each.zab().lastSeenConfig()).isEqualTo(each.zab().config());
            assertThat(each.zab().config().isVoter(gone.id())).isFalse();
        }
    }

    private static EnsembleConfig voters(long one, long other) {
        return EnsembleConfig.of(List.of(Town.member(one, true), Town.member(other, true)), 0);
    }

    /**
     * Voters 1 and 2 are down, have a transaction each, and the next configuration was proposed.
     */
    private static Town stopped(long seed) {
        Town town = new Town(seed);
        town.settle(NOW, Town::options);
        assertThat(town.runUntil(town::everybodyFollowsOneLeader, 10_000)).isNotNegative();
        town.leader().write(1);
        town.runUntil(() -> town.witness.acknowledgedCount() == 1, 1_000);
        for (Inhabitant voter : List.of(town.get(1), town.get(2))) {
            voter.crash();
            voter.proposed(NEXT);
        }
        return town;
    }

    /** What a server is told that is to join: the members there are, and itself. */
    private static EnsembleConfig joining(long id) {
        List<Member> members =
                Stream.concat(NOW.members().values().stream(), Stream.of(Town.member(id, true)))
                        .toList();
        return EnsembleConfig.of(members, 0);
    }

    private static boolean isDone(Town town) {
        return town.everybodyFollowsOneLeader()
                && town.inhabitants.values().stream()
                        .allMatch(each -> each.zab().config().members().equals(NEXT.members()));
    }
}

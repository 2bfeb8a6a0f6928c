package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

/**
 * Fast Leader Election, one rule a test (peer protocol §3). This is server 2, zxid 5 of epoch 1.
 */
class ElectionTest {
    private static final long ZXID = 0x100000005L;

    private final Story story = new Story();
    private long now = 1;

    @Test
    void itVotesForItselfAndTellsAllOtherVoters() {
        start(Town.members(3, 1));

        assertThat(story.take()).containsSequence("vote to 1", "vote to 3");
        assertThat(story.lastVote().leader()).isEqualTo(2);
        assertThat(story.lastVote().zxid()).isEqualTo(ZXID);
        assertThat(story.lastVote().peerEpoch()).isEqualTo(1);
        assertThat(story.lastVote().electionEpoch()).isEqualTo(1);
    }

    @Test
    void epochComesBeforeZxidAndZxidBeforeId() {
        assertThat(new Vote(1, 5, 1, 2).beats(new Vote(9, 9, 1, 1))).isTrue();
        assertThat(new Vote(1, 6, 1, 2).beats(new Vote(9, 5, 1, 2))).isTrue();
        assertThat(new Vote(3, 6, 1, 2).beats(new Vote(2, 6, 9, 2))).isTrue();
        assertThat(new Vote(3, 6, 1, 2).beats(new Vote(3, 6, 1, 2))).isFalse();
    }

    @Test
    void aBetterVoteIsAdoptedAndToldAndAWorseOneIsAnswered() {
        Zab zab = start(Town.members(5, 0));
        zab.vote(3, looking(3, ZXID, 1, 1));
        assertThat(story.lastVote().leader()).isEqualTo(3);
        story.take();

        zab.vote(1, looking(1, ZXID - 1, 1, 1));
        assertThat(story.take()).containsExactly("vote to 1");
    }

    @Test
    void withAllVotersAgreedItEndsAtOnce() {
        Zab zab = start(Town.members(3, 0));
        zab.vote(3, looking(3, ZXID, 1, 1));
        assertThat(story.dials()).isEmpty();
        zab.vote(1, looking(3, ZXID, 1, 1));

        assertThat(story.dials()).containsExactly(3L);
    }

    @Test
    void withAQuorumAgreedItWaitsForTheOthersAndABetterVoteWins() {
        Zab zab = start(Town.members(5, 0));
        zab.vote(3, looking(3, ZXID, 1, 1));
        zab.vote(1, looking(3, ZXID, 1, 1));
        time(zab, 199);
        assertThat(story.dials()).isEmpty();
        zab.vote(5, looking(5, ZXID, 1, 1));
        time(zab, 1);
        assertThat(story.dials()).isEmpty();

        zab.vote(3, looking(5, ZXID, 1, 1));
        time(zab, 200);
        assertThat(story.dials()).containsExactly(5L);
    }

    @Test
    void aLaterRoundIsJoinedAndAnEarlierOneIsAnsweredAndNotCounted() {
        Zab zab = start(Town.members(3, 0));
        zab.vote(3, looking(3, ZXID, 0, 1));
        assertThat(story.lastVote().electionEpoch()).isEqualTo(1);
        assertThat(story.lastVote().leader()).isEqualTo(2);

        zab.vote(1, looking(1, ZXID - 1, 7, 1));
        assertThat(story.lastVote().electionEpoch()).isEqualTo(7);
        assertThat(story.lastVote().leader()).isEqualTo(2);
    }

    @Test
    void votesOfObserversAndOutsidersAreAnsweredAndDoNotCount() {
        Zab zab = start(Town.members(3, 1));
        story.take();
        zab.vote(4, looking(3, ZXID, 1, 1));
        zab.vote(9, looking(3, ZXID, 1, 1));

        assertThat(story.take()).containsExactly("vote to 4", "vote to 9");
        time(zab, 199);
        assertThat(story.dials()).isEmpty();
    }

    /** Each is an outsider to the other: if both answered, neither would ever stop. */
    @Test
    void twoThatLookWithoutAVoteDoNotAnswerEachOther() {
        Zab zab =
                start(
                        EnsembleConfig.of(
                                List.of(
                                        Town.member(1, true),
                                        Town.member(2, false),
                                        Town.member(3, true),
                                        Town.member(4, false)),
                                1));
        story.take();
        zab.vote(4, looking(3, ZXID, 1, 1));
        assertThat(story.take()).isEmpty();
    }

    /** The asker may know of a configuration in which this server has a vote, and elect it. */
    @Test
    void whoWouldNotLeadDoesNotNameItselfToAnOutsider() {
        Zab zab =
                start(
                        EnsembleConfig.of(
                                List.of(
                                        Town.member(1, true),
                                        Town.member(2, false),
                                        Town.member(3, true),
                                        Town.member(4, false)),
                                1));
        zab.vote(3, looking(3, ZXID, 5, 1));
        story.take();
        zab.vote(4, looking(4, ZXID, 1, 1));

        assertThat(story.take()).containsExactly("vote to 4");
        assertThat(story.lastVote().leader()).isEqualTo(Vote.NOBODY);
        assertThat(story.lastVote().electionEpoch()).isEqualTo(5);
    }

    /** To whom this server is an outsider answers so for ever, and takes no vote of its. */
    @Test
    void whoGoesOnAnsweringWithAWorseVoteIsNotToldAgainAtOnce() {
        Zab zab = start(Town.members(3, 0));
        story.take();
        zab.vote(1, looking(1, ZXID - 1, 1, 1));
        assertThat(story.take()).containsExactly("vote to 1");
        zab.vote(1, looking(1, ZXID - 1, 1, 1));
        assertThat(story.take()).isEmpty();

        time(zab, 200);
        story.take();
        zab.vote(1, looking(1, ZXID - 1, 1, 1));
        assertThat(story.take()).containsExactly("vote to 1");
    }

    @Test
    void aServerThatKnowsNothingIsNotCountedAndDoesNotCount() {
        Zab zab = start(Town.members(3, 0));
        zab.vote(3, looking(3, -1, 1, 9));
        assertThat(story.lastVote().leader()).isEqualTo(2);

        Story other = new Story();
        Zab empty =
                new Zab(
                        Town.options(2),
                        Town.members(3, 0),
                        0,
                        0,
                        0,
                        false,
                        1,
                        other.journal(),
                        other.peers(),
                        other.state());
        empty.start(1);
        assertThat(other.lastVote().zxid()).isEqualTo(-1);
        empty.vote(1, looking(3, ZXID, 1, 1));
        empty.vote(3, looking(3, ZXID, 1, 1));
        empty.time(1_000 * Town.MILLI);
        assertThat(other.dials()).isEmpty();
    }

    @Test
    void whoLostItsHistoryDoesNotLeadThoseWhoStillFollowIt() {
        for (boolean mayVote : new boolean[] {true, false}) {
            Story own = new Story();
            Zab restarted =
                    new Zab(
                            Town.options(2),
                            Town.members(3, 0),
                            7,
                            7,
                            mayVote ? ZXID : 0,
                            mayVote,
                            1,
                            own.journal(),
                            own.peers(),
                            own.state());
            restarted.start(1);
            for (long follower : new long[] {1, 3}) {
                restarted.vote(
                        follower, new Notification(PeerState.FOLLOWING, 2, ZXID, 1, 6, 2, null));
            }
            own.take();
            restarted.vote(3, looking(3, ZXID, 1, 6));
            assertThat(own.lastVote().state())
                    .as("it may vote: %s", mayVote)
                    .isEqualTo(mayVote ? PeerState.LEADING : PeerState.LOOKING);
        }
    }

    @Test
    void aLateComerNeedsAQuorumAndTheLeadersOwnWord() {
        Zab zab = start(Town.members(5, 0));
        zab.vote(1, has(PeerState.FOLLOWING, 3, 4));
        zab.vote(4, has(PeerState.FOLLOWING, 3, 4));
        zab.vote(5, has(PeerState.FOLLOWING, 3, 4));
        assertThat(story.dials()).isEmpty();

        zab.vote(3, has(PeerState.LEADING, 3, 4));
        assertThat(story.dials()).containsExactly(3L);
    }

    @Test
    void theLeadersWordAloneAndAnOtherEpochAreNotEnough() {
        Zab zab = start(Town.members(5, 0));
        zab.vote(3, has(PeerState.LEADING, 3, 4));
        zab.vote(1, has(PeerState.FOLLOWING, 3, 3));
        zab.vote(4, has(PeerState.OBSERVING, 3, 4));

        assertThat(story.dials()).isEmpty();
    }

    @Test
    void itAsksAgainAfter200MillisecondsAndThenEverMoreSeldom() {
        Zab zab = start(Town.members(3, 0));
        story.take();
        long waits = 200;
        for (int i = 0; i < 12; i++) {
            time(zab, waits - 1);
            assertThat(story.take()).isEmpty();
            time(zab, 1);
            assertThat(story.take()).containsExactly("vote to 1", "vote to 3");
            waits = Math.min(2 * waits, 5_000);
        }
        assertThat(waits).isEqualTo(5_000);
    }

    @Test
    void aServerThatWasCutOffForLongIsBackSecondsAfterTheCut() {
        Town town = Town.of(5, 3, 0);
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant away =
                town.inhabitants.values().stream()
                        .filter(each -> each != town.leader())
                        .findFirst()
                        .orElseThrow();
        town.isolate(away.id());
        town.runMillis(300_000);
        assertThat(away.serves()).isFalse();

        town.heal();
        assertThat(town.runUntil(away::serves, 6_000)).isNotNegative();
    }

    @Test
    void whereTooManyHaveLostTheirHistoryNobodyLeadsAndItIsSaidOnce() {
        Zab zab = start(Town.members(3, 0));
        zab.vote(1, looking(1, Vote.UNKNOWN_ZXID, 1, 1));
        time(zab, 1_000);
        assertThat(story.notices()).isEmpty();
        zab.vote(3, looking(3, Vote.UNKNOWN_ZXID, 1, 1));
        time(zab, 1_000);
        time(zab, 10_000);

        assertThat(story.dials()).isEmpty();
        assertThat(story.notices())
                .singleElement()
                .asString()
                .startsWith(
                        "warning: nobody can lead: servers [1, 3] have no history to vote with");
    }

    @Test
    void votesForWhatCannotBeDoNotCountAndAreToldOnce() {
        Zab zab = start(Town.members(3, 0));
        story.take();
        zab.vote(3, looking(3, ZXID, 1, 2 + Server.EPOCHS_AHEAD_MAX));
        zab.vote(3, looking(3, (3 + Server.EPOCHS_AHEAD_MAX) << 32, 1, 1));
        zab.vote(3, looking(3, ZXID, Long.MAX_VALUE, 1));
        zab.vote(3, has(PeerState.LEADING, 3, Long.MAX_VALUE));
        assertThat(story.dials()).isEmpty();
        assertThat(story.lastVote().leader()).isEqualTo(2);
        assertThat(story.lastVote().electionEpoch()).isEqualTo(1);
        assertThat(story.notices()).singleElement().asString().contains("server 3 votes for");

        zab.vote(3, looking(3, ZXID, 1, 1 + Server.EPOCHS_AHEAD_MAX));
        assertThat(story.lastVote().leader()).isEqualTo(3);
    }

    @Test
    void whoHasLostAPromiseKeepsOutUntilNobodyCanCountOnIt() {
        Zab zab = unstarted(Town.members(3, 0));
        zab.promisesLost();
        zab.start(now);
        zab.endTurn();
        assertThat(story.notices()).singleElement().asString().contains("had promised is lost");
        story.take();
        ZabOptions limits = Town.options(2);
        long quiet =
                (long) (limits.initLimitTicks() + limits.syncLimitTicks()) * limits.tickMillis();
        zab.vote(1, has(PeerState.FOLLOWING, 3, 1));
        zab.vote(3, has(PeerState.LEADING, 3, 1));
        time(zab, quiet - 1);
        assertThat(story.take()).isEmpty();
        time(zab, 1);
        assertThat(story.take()).contains("vote to 1", "vote to 3");
    }

    @Test
    void aNewerConfigurationIsAdoptedAndTheElectionBegunAnew() {
        Zab zab = start(Town.members(1, 0));
        EnsembleConfig newer = Town.members(3, 0).withVersion(0x100000003L);
        story.take();
        zab.vote(3, looking(3, ZXID, 1, 1, newer.text()));

        assertThat(zab.config()).isEqualTo(newer);
        assertThat(story.take())
                .contains("members 100000003, 100000003", "config 100000003", "vote to 1");
    }

    @Test
    void aConfigurationThatCannotBeReadDoesNotSpoilTheVote() {
        Zab zab = start(Town.members(3, 0));
        zab.vote(3, looking(3, ZXID, 1, 1, "server.1=nonsense"));

        assertThat(story.notices()).hasSize(1);
        assertThat(story.lastVote().leader()).isEqualTo(3);
    }

    @Test
    void aServerWithoutWeightIsNotElected() {
        EnsembleConfig config = Town.members(3, 0);
        TreeMap<Long, Long> groups = new TreeMap<>();
        TreeMap<Long, Long> weights = new TreeMap<>();
        for (long id = 1; id <= 3; id++) {
            groups.put(id, 1L);
            weights.put(id, id == 3 ? 0L : 1L);
        }
        Zab zab = start(new EnsembleConfig(config.members(), groups, weights, 0));
        zab.vote(3, looking(3, ZXID + 1, 1, 1));

        assertThat(story.lastVote().leader()).isEqualTo(2);
    }

    /** Whom a new server may know: all, or itself and a follower or two; as a voter or not. */
    @ParameterizedTest
    @ValueSource(strings = {"1v 2v 3v 4v", "1v 4v", "2v 4v", "3v 4v", "1v 2v 4o", "3v 4o"})
    void aServerThatJoinsKnowingOnlySomeFindsInAndIsReconfiguredIntoTheEnsemble(String known) {
        Town town = Town.of(3, 3, 0);
        town.runUntil(town::everybodyServes, 10_000);
        Inhabitant joiner =
                town.add(
                        Town.options(4),
                        EnsembleConfig.of(
                                Stream.of(known.split(" "))
                                        .map(each ->
                                                Town.member(
                                                        each.charAt(0) - '0', each.endsWith("v")))
                                        .toList(),
                                0));
        joiner.start();
        assertThat(town.runUntil(joiner::serves, 10_000)).isNotNegative();
        assertThat(joiner.zab().role().kind()).isNotEqualTo(Role.Kind.LEADING);
        assertThat(joiner.zab().config().isVoter(4)).isFalse();
        assertThat(joiner.zab().config().members()).hasSize(3);

        Inhabitant leader = town.leader();
        assertThat(leader).isNotNull();
        leader.reconfigure(Town.members(4, 0));
        town.runMillis(200);
        for (Inhabitant each : town.inhabitants.values()) {
            assertThat(each.zab().config().isVoter(4)).isTrue();
        }
        leader.reconfigure(without(leader.zab().config(), leader.id()));
        town.runMillis(1_000);

        assertThat(town.leader()).isNotNull().isNotSameAs(leader);
        assertThat(leader.zab().role().kind()).isEqualTo(Role.Kind.FOLLOWING);
        assertThat(town.everybodyServes()).isTrue();
    }

    private static EnsembleConfig without(EnsembleConfig config, long id) {
        return EnsembleConfig.of(
                config.members().values().stream()
                        .filter(member -> member.serverId() != id)
                        .toList(),
                0);
    }

    private Zab start(EnsembleConfig config) {
        Zab zab = unstarted(config);
        zab.start(now);
        zab.endTurn();
        return zab;
    }

    private Zab unstarted(EnsembleConfig config) {
        return new Zab(
                Town.options(2, 500, Long.MAX_VALUE, Capabilities.ALL),
                config,
                1,
                1,
                ZXID,
                true,
                1,
                story.journal(),
                story.peers(),
                story.state());
    }

    private void time(Zab zab, long millis) {
        now += millis * Town.MILLI;
        zab.time(now);
        zab.endTurn();
    }

    private static Notification looking(long leader, long zxid, long round, long epoch) {
        return looking(leader, zxid, round, epoch, null);
    }

    private static Notification looking(
            long leader, long zxid, long round, long epoch, @Nullable String config) {
        return new Notification(PeerState.LOOKING, leader, zxid, round, epoch, 2, config);
    }

    private static Notification has(PeerState state, long leader, long epoch) {
        return new Notification(state, leader, 77, 30, epoch, 2, null);
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;

/**
 * What a leader may and may not do, one rule a test (peer protocol §5.2, §6, §11). This is server 3
 * of three, with 0x100000005 as the last of its log, epoch 1; server n comes on link n.
 */
class LeaderRulesTest {
    private static final EnsembleConfig CONFIG = Town.members(3, 0);
    private static final long LAST = 0x100000005L;
    private static final long TICK = Town.TICK_MILLIS * Town.MILLI;

    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    Town.options(3, 500, Long.MAX_VALUE, 0),
                    CONFIG,
                    1,
                    1,
                    LAST,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());
    private long now = 1;

    // ---- discovery

    @Test
    void theEpochIsOneMoreThanAnybodyOfAQuorumAcceptedAndOnDiskBeforeItIsTold() {
        elect();
        receive(1, Packets.followerInfo(1, 6));

        assertThat(story.take()).containsExactly("acceptedEpoch 7", "mark 1");
        journaled();
        assertThat(story.take()).containsExactly("to 1: LEADERINFO 700000000");
    }

    @Test
    void aLearnerWhoseHistoryIsAheadIsSentAwayAndDoesNotCount() {
        elect();
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(1, LAST + 1));
        assertSentAway(1, "is ahead");

        receive(2, Packets.followerInfo(2, 1));
        receive(2, Packets.ackEpoch(2, 0));
        assertSentAway(2, "is ahead");
        assertThat(story.take()).doesNotContain("currentEpoch 2");
    }

    @Test
    void aPromiseGivenBeforeAndAHistoryThatIsUnknownDoNotCount() {
        elect();
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(-1, LAST));
        receive(2, Packets.followerInfo(2, 1));
        receive(2, Packets.ackEpoch(1, -1));

        assertThat(story.take()).doesNotContain("currentEpoch 2");
    }

    @Test
    void aVeryOldLearnerIsToldNoEpochAndNoConfiguration() {
        elect();
        receive(1, Packets.info(PacketType.FOLLOWER_INFO, 1, 1, 1, 0));
        journaled();
        journaled();

        assertThat(story.take())
                .contains("to 1: NEWLEADER 200000000")
                .doesNotContain("to 1: LEADERINFO 200000000");
        byte[] sent = story.sentOn(1);
        assertThat(sent).endsWith(Packets.packet(PacketType.NEW_LEADER, 0x200000000L));
    }

    @Test
    void withoutAQuorumInTimeItGoesLooking() {
        elect();
        time(Town.INIT_TICKS * TICK);

        assertThat(story.notices()).last().asString().contains("no quorum in time");
    }

    // ---- synchronisation

    @Test
    void theOwnHistoryMustBeOnDiskToo() {
        elect();
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(1, LAST));
        receive(1, Packets.ack(0x200000000L));
        assertThat(zab.role()).isEqualTo(Role.LOOKING);

        journaled();
        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.LEADING, 3, 2));
        assertThat(story.take())
                .containsSubsequence(
                        "currentEpoch 2",
                        "to 1: DIFF 100000005",
                        "to 1: NEWLEADER 200000000",
                        "last zxid 200000000",
                        "role LEADING 3 epoch 2",
                        "to 1: UPTODATE ffffffffffffffff");
    }

    @Test
    void aLearnerThatIsGoneDoesNotCountForTheHistory() {
        elect();
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(1, LAST));
        receive(1, Packets.ack(0x200000000L));
        zab.linkClosed(1);
        journaled();

        assertThat(zab.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void whatALearnerHasTooMuchOfTheSameEpochIsCutAndOfAnotherIsReplaced() {
        serve();
        connect(2, LAST + 3);
        assertThat(story.take()).contains("to 2: TRUNC 100000005");
        zab.linkClosed(2);
        connect(2, 0x300000001L);
        assertThat(story.take()).contains("to 2: SNAP 200000000");
    }

    @Test
    void aLearnerThatIsBehindGetsWhatItLacksWithTheOutstandingBehindIt() {
        serve();
        propose(3);
        journaled();
        receive(1, Packets.ack(0x200000001L));
        story.take();
        connect(2, LAST);

        assertThat(story.take())
                .containsSubsequence(
                        "to 2: DIFF 200000001",
                        "to 2: PROPOSAL 200000001",
                        "to 2: COMMIT 200000001",
                        "to 2: PROPOSAL 200000002",
                        "to 2: PROPOSAL 200000003",
                        "to 2: NEWLEADER 200000000")
                .doesNotContain("to 2: COMMIT 200000002");
    }

    // ---- broadcast

    @Test
    void aTransactionIsCommittedByAQuorumInOrderWhoeverItIs() {
        serve();
        connectFully(2);
        propose(2);
        story.take();
        receive(1, Packets.ack(0x200000001L));
        receive(1, Packets.ack(0x200000002L));
        assertThat(story.take()).isEmpty();

        receive(2, Packets.ack(0x200000001L));
        assertThat(story.take())
                .containsExactly(
                        "apply 200000001 txn", "to 1: COMMIT 200000001", "to 2: COMMIT 200000001");
        journaled();
        assertThat(story.take())
                .containsExactly(
                        "apply 200000002 txn", "to 1: COMMIT 200000002", "to 2: COMMIT 200000002");
    }

    @Test
    void anAcknowledgementThatLeavesOneOutIsNotBelieved() {
        serve();
        propose(3);
        receive(1, Packets.ack(0x200000002L));

        assertSentAway(1, "not what it was sent next");
    }

    @Test
    void anAcknowledgementOfWhatWasNeverSentIsNotBelievedAndARepeatedOneIsIgnored() {
        serve();
        connectFully(2);
        propose(1);
        receive(1, Packets.ack(0x200000001L), Packets.ack(0x200000001L), Packets.ack(LAST));
        assertThat(story.notices()).isEmpty();

        receive(1, Packets.ack(0x200000009L));
        assertSentAway(1, "not what it was sent next");
    }

    @Test
    void anAcknowledgementGivenOnALostConnectionDoesNotCountOnTheNext() {
        serve();
        connectFully(2);
        propose(1);
        receive(1, Packets.ack(0x200000001L));
        zab.linkClosed(1);
        receive(2, Packets.ack(0x200000000L));
        assertThat(story.take()).noneMatch(line -> line.startsWith("apply"));

        time(TICK);
        connect(1, 0x200000001L);
        receive(1, Packets.ack(0x200000000L));
        assertThat(story.take())
                .contains("to 1: TRUNC 100000005", "to 1: PROPOSAL 200000001")
                .noneMatch(line -> line.startsWith("apply"));
    }

    @Test
    void whoAcknowledgesNothingAndWhoSaysNothingIsSentAway() {
        serve();
        connectFully(2);
        propose(1);
        for (int i = 0; i < 12; i++) {
            time(TICK / 2);
            receive(1, Packets.packet(PacketType.PING, 0, new byte[0]));
            receive(2, Packets.ack(0x200000001L));
        }
        assertSentAway(1, "acknowledges nothing");

        time(Town.SYNC_TICKS * TICK + 1);
        assertSentAway(2, "nothing was heard");
        assertThat(zab.role()).isEqualTo(Role.LOOKING);
    }

    // ---- sessions that come back

    @Test
    void whoComesBackIsAnsweredBehindTheCommitOfWhatWasUnderWayAndInFrontOfTheNext() {
        serve();
        propose(1);
        zab.revalidated(1, 0x77, true, true);
        zab.revalidated(3, 0x78, true, true);
        propose(1);
        story.take();

        receive(1, Packets.ack(0x200000001L), Packets.ack(0x200000002L));
        journaled(); // one mark for both
        assertThat(story.take())
                .containsExactly(
                        "apply 200000001 txn",
                        "revalidated 78 true",
                        "apply 200000002 txn",
                        "to 1: COMMIT 200000001",
                        "to 1: REVALIDATE ffffffffffffffff",
                        "to 1: COMMIT 200000002");
    }

    @Test
    void whoComesBackWhileNothingIsUnderWayIsAnsweredAtOnce() {
        serve();
        story.take();
        zab.revalidated(3, 0x78, false, true);
        zab.revalidated(1, 0x77, true, true);
        zab.endTurn();
        assertThat(story.take())
                .containsExactly("revalidated 78 false", "to 1: REVALIDATE ffffffffffffffff");
    }

    @Test
    void whoHasNotBeenAwayWaitsForNothingButTheAnswersBefore() {
        serve();
        propose(1);
        story.take();
        zab.revalidated(1, 0x77, true, false);
        zab.endTurn();
        assertThat(story.take()).containsExactly("to 1: REVALIDATE ffffffffffffffff");

        zab.revalidated(1, 0x78, true, true);
        zab.revalidated(1, 0x77, true, false);
        zab.endTurn();
        assertThat(story.take()).isEmpty();
        journaled();
        receive(1, Packets.ack(0x200000001L));
        assertThat(story.take())
                .containsSubsequence(
                        "to 1: REVALIDATE ffffffffffffffff", "to 1: REVALIDATE ffffffffffffffff");
    }

    @Test
    void aLeaderAsksItselfForItsOwnClients() {
        serve();
        story.take();
        zab.revalidate(0x78, 4000, false);
        assertThat(story.take()).containsExactly("revalidate 78 for 3");
    }

    // ---- syncs

    @Test
    void aSyncWaitsForItsTransactionsAndForAQuorumToAnswerAPingSentLater() {
        serve();
        propose(1);
        receive(1, Packets.ack(0x200000001L));
        journaled();
        story.take();

        zab.sync();
        zab.endTurn();
        assertThat(story.take()).containsExactly("to 1: PING 200000001");
        receive(1, Packets.packet(PacketType.PING, 0x200000001L, new byte[0]));
        assertThat(story.take()).containsExactly("synced");
    }

    @Test
    void aPingSentBeforeTheSyncProvesNothingForIt() {
        serve();
        time(TICK);
        assertThat(story.take()).contains("to 1: PING 200000000");
        zab.sync();
        zab.endTurn();
        story.take();

        receive(1, Packets.packet(PacketType.PING, 0x200000000L, new byte[0]));
        assertThat(story.take()).isEmpty();
        receive(1, Packets.packet(PacketType.PING, 0x200000000L, new byte[0]));
        assertThat(story.take()).containsExactly("synced");
    }

    @Test
    void aLearnersSyncIsAnsweredBehindTheCommitAndOnlyOnItsConnection() {
        serve();
        connectFully(2);
        propose(1);
        zab.syncFor(1);
        zab.syncFor(2);
        zab.linkClosed(2);
        receive(1, Packets.ack(0x200000001L));
        story.take();
        journaled();
        receive(1, Packets.packet(PacketType.PING, 0, new byte[0]));

        assertThat(story.take()).contains("to 1: SYNC 0").doesNotContain("to 2: SYNC 0");
    }

    @Test
    void afterALongSleepTheEpochIsOver() {
        serve();
        zab.time(now += Town.SYNC_TICKS * TICK + 1);

        assertThat(zab.role()).isEqualTo(Role.LOOKING);
        assertThat(story.notices()).last().asString().contains("no quorum");
    }

    // ---- who may come

    @Test
    void twoServersWithOneIdAreOneTooMany() {
        serve();
        zab.learnerConnected(8, "elsewhere");
        receive(8, Packets.followerInfo(1, 1));
        assertSentAway(8, "two servers with one id");
        zab.learnerConnected(9, "elsewhere");
        receive(9, Packets.followerInfo(3, 1));
        assertSentAway(9, "the id of this server");
        assertThat(zab.role().isServing()).isTrue();

        now += TICK;
        zab.time(now);
        zab.learnerConnected(10, "again");
        receive(10, Packets.followerInfo(1, 2));
        assertThat(story.lines()).contains("close 1", "to 10: LEADERINFO 200000000");
        assertThat(zab.role().isServing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7fffffffL, 2_000_000, -5})
    void anEpochThatCannotBeTrueIsNotBelieved(long epoch) {
        elect();
        receive(1, Packets.followerInfo(1, epoch));

        assertSentAway(1, "claims epoch");
    }

    @Test
    void aNewerConfigurationThanTheLeadersIsNotLed() {
        elect();
        receive(1, Packets.info(PacketType.FOLLOWER_INFO, 1, 1, 0x10000, 5));

        assertSentAway(1, "has configuration 0x5");
    }

    @Test
    void aLearnerMayNameNothingOrItsIdAlone() {
        serve();
        zab.learnerConnected(8, "nameless");
        receive(8, Packets.packet(PacketType.OBSERVER_INFO, 0));
        zab.learnerConnected(9, "short");
        receive(9, Packets.packet(PacketType.FOLLOWER_INFO, 0, new JuteOut().writeLong(9).copy()));

        assertThat(story.take())
                .contains("to 8: NEWLEADER 200000000", "to 9: NEWLEADER 200000000")
                .filteredOn(line -> line.startsWith("warning"))
                .containsExactly(
                        "warning: follower 9 at short is not in the configuration: it learns, and"
                                + " has no vote");
    }

    @Test
    void whatDoesNotFitEndsTheConnectionAndNothingElse() {
        serve();
        byte[][] bad = {
            Packets.ack(1),
            Packets.packet(
                    PacketType.FOLLOWER_INFO, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0}),
            new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 77, 1, 1, 1, 1, 1, 1, 1, 1, 1},
            Packets.packet(99, 0),
        };
        for (int i = 0; i < bad.length; i++) {
            zab.learnerConnected(20 + i, "bad " + i);
            receive(20 + i, bad[i]);
            if (i != 1) {
                assertSentAway(20 + i, "is sent away");
            }
        }
        receive(1, Packets.packet(99, 0));
        assertSentAway(1, "sends 99");
    }

    @Test
    void aPingThatWasNotAskedForAndAQuestionCutShortEndTheConnection() {
        serve();
        receive(1, Packets.packet(PacketType.PING, 0, new byte[0]));
        assertSentAway(1, "not sent");
    }

    @Test
    void aRequestWithoutIdsReachesTheStateWithNone() {
        serve();
        receive(1, Packets.packet(PacketType.REQUEST, -1, new byte[20]));

        assertThat(story.take())
                .containsExactly("forwarded by 1: REQUEST zxid 0xffffffffffffffff, 20 bytes");
    }

    @Test
    void thereIsALimitOfLearners() {
        serve();
        for (int i = 0; i < LearnerLinks.LEARNERS_MAX; i++) {
            zab.learnerConnected(100 + i, "one of many");
        }

        assertThat(story.notices()).last().asString().contains("which is the limit");
        assertThat(story.lines()).contains("close " + (100 + LearnerLinks.LEARNERS_MAX - 1));
    }

    @Test
    void whoHasNotSaidWhoItIsMayNotSayMuch() {
        serve();
        byte[] begun = new byte[LearnerLink.INTRODUCTION_BYTES_MAX];
        System.arraycopy(
                Packets.packet(PacketType.OBSERVER_INFO, 0, new byte[100_000]), 0, begun, 0, 16);
        zab.learnerConnected(8, "stranger");
        receive(8, begun);
        assertThat(story.notices()).isEmpty();

        receive(8, new byte[1]);

        assertSentAway(8, "a packet of more than 4096 bytes");
        assertThat(story.introduced()).doesNotContain(8L);
    }

    @Test
    void whoHasSaidWhoItIsMaySayMore() {
        serve();
        assertThat(story.introduced()).contains(1L);
        byte[] request = Packets.packet(PacketType.REQUEST, -1, new byte[100_000]);
        receive(1, Arrays.copyOf(request, 50_000));
        receive(1, Arrays.copyOfRange(request, 50_000, request.length));

        assertThat(story.take())
                .containsExactly("forwarded by 1: REQUEST zxid 0xffffffffffffffff, 100000 bytes");
    }

    // ---- reconfiguration

    @Test
    void whatAnObserverHasOnDiskCountsForAProposedConfigurationInWhichItHasAVote() {
        zab.proposedConfig(
                EnsembleConfig.of(
                        List.of(Town.member(3, true), Town.member(4, true), Town.member(5, true)),
                        LAST));
        zab.start(now);
        for (long voter : new long[] {1, 2, 4, 5}) {
            zab.vote(voter, new Notification(PeerState.LOOKING, 3, LAST, 1, 1, 2, null));
        }
        zab.learnerConnected(1, "server 1");
        zab.learnerConnected(4, "observes yet");
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(1, LAST));
        receive(1, Packets.ack(0x200000000L));
        journaled();
        receive(4, Packets.info(PacketType.OBSERVER_INFO, 4, 1, 0x10000, 0));
        receive(4, Packets.ackEpoch(1, LAST));
        assertThat(zab.role().isServing()).isFalse();

        receive(4, Packets.ack(0x200000000L));

        assertThat(zab.role().isServing()).isTrue();
        assertThat(zab.config().isVoter(4)).isTrue();
    }

    @Test
    void aReconfigNeedsAQuorumOfTheOldAndOfTheNew() {
        serve();
        connectFully(2);
        zab.learnerConnected(4, "joins");
        zab.learnerConnected(5, "joins");
        connectFully(4);
        connectFully(5);
        EnsembleConfig next =
                EnsembleConfig.of(
                        List.of(Town.member(3, true), Town.member(4, true), Town.member(5, true)),
                        0);
        long zxid = zab.nextZxid();
        byte[] txn = Packets.reconfig(zxid, next);
        zab.propose(zxid, txn, 0, txn.length);
        zab.endTurn();
        assertThat(zab.lastSeenConfig().version()).isEqualTo(zxid);
        journaled();
        receive(1, Packets.ack(zxid));
        receive(2, Packets.ack(zxid));
        assertThat(zab.config().version()).isNotEqualTo(zxid);

        story.take();
        receive(5, Packets.ack(zxid));
        assertThat(zab.config().version()).isEqualTo(zxid);
        assertThat(story.take())
                .contains("config 200000001", "members 200000001, 200000001")
                .contains("to 1: COMMITANDACTIVATE 200000001");
        assertThat(zab.role().isServing()).isTrue();
    }

    /** Server 1 loses its vote before it has acknowledged what was proposed behind that. */
    @Test
    void whatIsProposedBehindAReconfigNeedsTheOldQuorumNoMoreOnceThatIsCommitted() {
        serve();
        connectFully(2);
        zab.learnerConnected(4, "joins");
        connectFully(4);
        EnsembleConfig next =
                EnsembleConfig.of(
                        List.of(Town.member(3, true), Town.member(4, true), Town.member(1, false)),
                        0);
        long zxid = zab.nextZxid();
        byte[] txn = Packets.reconfig(zxid, next);
        zab.propose(zxid, txn, 0, txn.length);
        propose(1);
        journaled();
        receive(4, Packets.ack(zxid), Packets.ack(zxid + 1));
        assertThat(zab.config().version()).isNotEqualTo(zxid);
        story.take();

        receive(1, Packets.ack(zxid));
        assertThat(zab.config().version()).isEqualTo(zxid);
        assertThat(story.take()).contains("apply 200000002 txn");
    }

    @Test
    void aLeaderThatIsTakenOutNamesTheMostAdvancedAndCommitsNothingMore() {
        serve();
        connectFully(2);
        EnsembleConfig next =
                EnsembleConfig.of(List.of(Town.member(1, true), Town.member(2, true)), 0);
        long zxid = zab.nextZxid();
        byte[] txn = Packets.reconfig(zxid, next);
        zab.propose(zxid, txn, 0, txn.length);
        propose(1);
        story.take();
        receive(1, Packets.ack(zxid), Packets.ack(zxid + 1));
        receive(2, Packets.ack(zxid));

        assertThat(story.sentOn(2))
                .endsWith(
                        Packets.packet(
                                PacketType.COMMIT_AND_ACTIVATE,
                                zxid,
                                new JuteOut().writeLong(1).copy()));
        assertThat(zab.role()).isEqualTo(Role.LOOKING);
        receive(2, Packets.ack(zxid + 1));
        zab.linkClosed(1);
        zab.linkClosed(2);
        now++;
        zab.time(now);
        assertThat(story.take()).doesNotContain("apply 200000002 txn").contains("dial 1");
    }

    // ---- the script

    private void elect() {
        zab.start(now);
        for (long voter = 1; voter <= 2; voter++) {
            zab.vote(voter, new Notification(PeerState.LOOKING, 3, LAST, 1, 1, 2, null));
        }
        zab.endTurn();
        for (long voter = 1; voter <= 2; voter++) {
            zab.learnerConnected(voter, "server " + voter);
        }
        story.take();
    }

    private void serve() {
        elect();
        receive(1, Packets.followerInfo(1, 1));
        journaled();
        receive(1, Packets.ackEpoch(1, LAST));
        receive(1, Packets.ack(0x200000000L));
        journaled();
        assertThat(zab.role().isServing()).isTrue();
        story.take();
    }

    private void connect(long server, long zxid) {
        zab.linkClosed(server);
        zab.learnerConnected(server, "server " + server);
        receive(server, Packets.followerInfo(server, 1));
        receive(server, Packets.ackEpoch(1, zxid));
    }

    private void connectFully(long server) {
        receive(server, Packets.followerInfo(server, 1));
        receive(server, Packets.ackEpoch(1, LAST));
        receive(server, Packets.ack(0x200000000L));
        story.take();
    }

    private void propose(int count) {
        for (int i = 0; i < count; i++) {
            long zxid = zab.nextZxid();
            byte[] txn = Packets.txn(zxid);
            zab.propose(zxid, txn, 0, txn.length);
        }
        zab.endTurn();
    }

    private void receive(long link, byte[]... packets) {
        for (byte[] packet : packets) {
            zab.received(link, packet, 0, packet.length);
        }
        zab.endTurn();
    }

    private void time(long nanos) {
        now += nanos;
        zab.time(now);
        zab.endTurn();
    }

    private void journaled() {
        long token = story.newMark();
        assertThat(token).isPositive();
        zab.journaled(token);
        zab.endTurn();
    }

    private void assertSentAway(long link, String because) {
        assertThat(story.lines()).contains("close " + link);
        assertThat(story.notices()).anyMatch(line -> line.contains(because));
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;

/**
 * What a learner may and may not do, one rule a test (peer protocol §5.5, §11). This is server 1,
 * with 0x100000005 as the last of its log, epoch 1; server 3 leads epoch 2.
 */
class LearnerRulesTest {
    private static final EnsembleConfig CONFIG = Town.members(3, 0);
    private static final long LAST = 0x100000005L;
    private static final long MILLI = 1_000_000;

    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    Town.options(1, 500, Long.MAX_VALUE, 0),
                    CONFIG,
                    1,
                    1,
                    LAST,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());
    private long link = 100;

    // ---- promises

    @Test
    void theEpochIsPromisedOnDiskBeforeTheLeaderHearsIt() {
        find(3);
        receive(Packets.leaderInfo(2));

        assertThat(story.take()).containsExactly("acceptedEpoch 2", "mark 1");
        journaled();
        assertThat(story.take()).containsExactly("to 101: ACKEPOCH 100000005");
    }

    @Test
    void aLeaderOfALowerEpochThanPromisedIsRefused() {
        find(3);
        receive(Packets.leaderInfo(0));

        assertThat(story.notices()).last().asString().contains("epoch 1 was promised");
        assertThat(story.lines()).contains("close " + link);
        assertThat(story.lines()).noneMatch(line -> line.startsWith("vote"));
        zab.time(200 * MILLI + 1);
        assertThat(story.lines()).contains("vote to 2", "vote to 3");
    }

    @Test
    void anEpochTooFarAwayToBeTrueIsNotPromised() {
        find(3);
        receive(Packets.leaderInfo(2_000_000));

        assertLeft("too far");
        assertThat(story.take()).doesNotContain("acceptedEpoch 2000000");
    }

    @Test
    void aPromiseCountsOnceOnlyExceptForTheLeaderItWasGivenTo() {
        find(3);
        receive(Packets.leaderInfo(2));
        journaled();
        zab.linkClosed(link);
        find(2);
        receive(Packets.leaderInfo(2));
        assertThat(lastEpochTold()).isEqualTo(-1);
        zab.linkClosed(link);
        find(3);
        receive(Packets.leaderInfo(2));
        assertThat(lastEpochTold()).isEqualTo(1);
    }

    // ---- NEWLEADER

    @Test
    void committedTransactionsThenTheirSyncThenTheEpochThenTheAcknowledgement() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST + 2));
        receive(Packets.proposal(LAST + 1), Packets.commit(LAST + 1));
        receive(Packets.proposal(LAST + 2), Packets.commit(LAST + 2));
        assertThat(story.take()).isEmpty();

        receive(Packets.newLeader(2, CONFIG));
        assertThat(story.take())
                .containsExactly("append 100000006 txn", "append 100000007 txn", "mark 2");
        journaled();
        assertThat(story.take()).containsExactly("currentEpoch 2", "mark 3");
        journaled();
        assertThat(story.take()).containsExactly("to 101: ACK 200000000");
    }

    @Test
    void whatIsNotCommittedAtNewLeaderIsLoggedAndAcknowledgedAfterUptodateOnly() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST));
        receive(Packets.proposal(0x200000001L), Packets.proposal(0x200000002L));
        receive(Packets.newLeader(2, CONFIG));
        journaled();
        journaled();
        receive(Packets.commit(0x200000001L));
        assertThat(story.take())
                .containsExactly("mark 2", "currentEpoch 2", "mark 3", "to 101: ACK 200000000");

        receive(Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(story.take())
                .containsExactly(
                        "config 0",
                        "append 200000001 txn",
                        "append 200000002 txn",
                        "apply 200000001 txn",
                        "role FOLLOWING 3 epoch 2",
                        "touches asked",
                        "mark 4",
                        "to 101: ACK 200000000",
                        "to 101: REQUEST ffffffffffffffff");
        journaled();
        assertThat(story.take()).containsExactly("to 101: ACK 200000001", "to 101: ACK 200000002");
    }

    @Test
    void nothingIsAppliedBeforeUptodate() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST + 1));
        receive(Packets.proposal(LAST + 1), Packets.commit(LAST + 1), Packets.newLeader(2, CONFIG));
        journaled();
        journaled();
        assertThat(story.take()).noneMatch(line -> line.startsWith("apply"));

        receive(Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(story.take()).contains("apply 100000006 txn");
    }

    @Test
    void uptodateBeforeTheAcknowledgementIsRefused() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.newLeader(2, CONFIG));
        receive(Packets.packet(PacketType.UP_TO_DATE, -1));

        assertLeft("UPTODATE");
    }

    @Test
    void newLeaderOfAnotherEpochIsRefused() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.newLeader(3, CONFIG));

        assertLeft("NEWLEADER");
    }

    // ---- gaps and repeats

    @Test
    void aGapBetweenWhatIsThereAndWhatComesIsNotTakenOver() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.proposal(LAST + 2));

        assertLeft("0x100000007 behind 0x100000005");
    }

    @Test
    void aGapInTheSyncIsNotTakenOver() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.proposal(LAST + 1));
        receive(Packets.proposal(LAST + 3));

        assertLeft("0x100000008 behind 0x100000006");
    }

    @Test
    void aGapInTheBroadcastIsNotLogged() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.proposal(0x200000003L));

        assertLeft("0x200000003 behind 0x200000001");
        assertThat(story.take()).doesNotContain("append 200000003 txn");
    }

    @Test
    void aRepeatedProposalIsNotLoggedAgain() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.proposal(0x200000001L));

        assertLeft("0x200000001 behind 0x200000001");
    }

    @Test
    void aProposalOfAnOlderEpochIsNotLogged() {
        serve();
        receive(Packets.proposal(LAST + 1));

        assertLeft("0x100000006");
    }

    @Test
    void aCommitOfAnotherThanTheNextIsNotApplied() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.proposal(0x200000002L));
        receive(Packets.commit(0x200000002L));

        assertLeft("commits 0x200000002");
        assertThat(story.take()).noneMatch(line -> line.startsWith("apply"));
    }

    @Test
    void aCommitOfWhatWasNeverProposedIsRefusedAndOneOfLongAgoIsNot() {
        serve();
        receive(Packets.commit(LAST));
        assertThat(zab.role().isServing()).isTrue();

        receive(Packets.commit(0x200000001L));
        assertLeft("commits 0x200000001");
    }

    // ---- what cannot be read

    @ParameterizedTest
    @ValueSource(ints = {OpCode.CHECK, 99, OpCode.CREATE})
    void aTransactionThatNoServerCouldReadIsNotLogged(int type) {
        serve();
        byte[] txn = Packets.txn(0x200000001L, type, "/n", "");
        byte[] cut = java.util.Arrays.copyOf(txn, type == OpCode.CREATE ? 40 : txn.length);
        receive(Packets.packet(PacketType.PROPOSAL, 0x200000001L, cut));

        assertLeft("not the protocol");
        assertThat(story.take()).noneMatch(line -> line.startsWith("append"));
    }

    @Test
    void aTransactionOfAnotherZxidThanItsPacketIsNotLogged() {
        serve();
        receive(Packets.packet(PacketType.PROPOSAL, 0x200000001L, Packets.txn(0x200000002L)));

        assertLeft("in the packet of");
    }

    @Test
    void unknownPacketsGarbageAndTooLongOnesEndIt() {
        serve();
        receive(Packets.packet(77, 0));
        assertLeft("77");

        serve();
        receive(
                new byte[] {
                    9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 99, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9
                });
        assertLeft("not the protocol");

        serve();
        receive(
                new JuteOut()
                        .writeInt(2)
                        .writeLong(0)
                        .writeInt(2 * 0xfffff + 1)
                        .writeLong(0)
                        .copy());
        assertLeft("field length");
    }

    @Test
    void aPacketMayComeByteByByte() {
        serve();
        for (byte one : Packets.proposal(0x200000001L)) {
            receive(new byte[] {one});
        }
        assertThat(story.take()).contains("append 200000001 txn");
    }

    // ---- TRUNC and SNAP

    @Test
    void aCutBehindWhatTheStateHasRebuildsIt() {
        promise();
        receive(Packets.packet(PacketType.TRUNC, LAST - 2), Packets.newLeader(2, CONFIG));

        assertThat(story.take()).startsWith("truncate 100000003", "reload");
    }

    @Test
    void aCutOfWhatIsNotAppliedLeavesTheStateAlone() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.proposal(0x200000002L));
        receive(Packets.commit(0x200000001L));
        zab.linkClosed(link);
        promise(3);
        receive(Packets.packet(PacketType.TRUNC, 0x200000001L));

        assertThat(story.take()).contains("truncate 200000001").doesNotContain("reload");
    }

    @Test
    void aCutOfWhatIsCommittedIsRefused() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.commit(0x200000001L));
        zab.linkClosed(link);
        promise(3);
        receive(Packets.packet(PacketType.TRUNC, LAST));

        assertLeft("is committed");
        assertThat(story.take()).noneMatch(line -> line.startsWith("truncate"));
    }

    @Test
    void aLogThatDoesNotHoldTheCutDoesNotCountUntilThereIsAnother() {
        promise();
        story.logHoldsNothing();
        receive(Packets.packet(PacketType.TRUNC, LAST - 2));
        assertLeft("does not hold");
        assertThat(story.lastVote().zxid()).isEqualTo(Vote.UNKNOWN_ZXID);
        story.take();

        promise(3);
        assertThat(story.take()).contains("to 102: ACKEPOCH " + "ffffffffffffffff");
        receive(Packets.packet(PacketType.SNAP, 0x200000009L), emptySnapshot());
        receive(Packets.newLeader(3, CONFIG));
        journaled();
        journaled();
        receive(Packets.packet(PacketType.UP_TO_DATE, -1));
        zab.linkClosed(link);
        assertThat(story.lastVote().zxid()).isEqualTo(0x200000009L);
    }

    @Test
    void aSnapshotIsOnDiskBeforeTheEpochAndTheAcknowledgement() {
        promise();
        receive(Packets.packet(PacketType.SNAP, 0x200000009L), emptySnapshot());
        receive(Packets.proposal(0x20000000aL), Packets.commit(0x20000000aL));
        receive(Packets.newLeader(2, CONFIG));

        assertThat(story.take())
                .containsExactly(
                        "install 200000009",
                        "replay 20000000a txn",
                        "snapshot 20000000a",
                        "mark 2");
        journaled();
        assertThat(story.take()).containsExactly("currentEpoch 2", "mark 3");
        journaled();
        assertThat(story.take()).containsExactly("to 101: ACK 200000000");
    }

    @Test
    void whatTheSnapshotHasAlreadyIsNotTakenTwice() {
        promise();
        receive(Packets.packet(PacketType.SNAP, 0x200000009L), emptySnapshot());
        receive(Packets.proposal(0x200000008L), Packets.commit(0x200000008L));
        receive(Packets.proposal(0x200000009L), Packets.commit(0x200000009L));
        receive(Packets.newLeader(2, CONFIG));

        assertThat(story.take())
                .containsExactly("install 200000009", "snapshot 200000009", "mark 2");
    }

    @Test
    void halfASnapshotIsReplacedByWhatIsOnDisk() {
        promise();
        receive(Packets.packet(PacketType.SNAP, 0x200000009L));
        receive(java.util.Arrays.copyOf(emptySnapshot(), 9));
        zab.linkClosed(link);

        assertThat(story.take()).contains("install 200000009", "reload").doesNotContain("snapshot");
        assertThat(story.lastVote().zxid()).isEqualTo(LAST);
    }

    @Test
    void aSnapshotWithoutItsSignatureIsNoSnapshot() {
        promise();
        byte[] bytes = emptySnapshot();
        bytes[bytes.length - 1] = '?';
        receive(Packets.packet(PacketType.SNAP, 0x200000009L), bytes);

        assertLeft("BenWasHer?");
        assertThat(story.take()).contains("reload");
    }

    @Test
    void aSnapshotOlderThanWhatIsCommittedIsNotKept() {
        serve();
        receive(Packets.proposal(0x200000001L), Packets.commit(0x200000001L));
        zab.linkClosed(link);
        promise(3);
        receive(
                Packets.packet(PacketType.SNAP, LAST),
                emptySnapshot(),
                Packets.newLeader(3, CONFIG));

        assertLeft("is committed");
        assertThat(story.take()).contains("reload").noneMatch(line -> line.startsWith("snapshot"));
    }

    // ---- leaving, pings, time

    @Test
    void whatIsLoggedAndNotCommittedCountsInVotesAndIsShownToNobody() {
        serve();
        receive(Packets.proposal(0x200000001L));
        zab.linkClosed(link);

        assertThat(story.take()).noneMatch(line -> line.startsWith("apply"));
        assertThat(story.lastVote().zxid()).isEqualTo(0x200000001L);
        assertThat(story.lastVote().peerEpoch()).isEqualTo(2);
        promise(3);
        receive(Packets.packet(PacketType.DIFF, 0x200000001L), Packets.newLeader(3, CONFIG));
        journaled();
        journaled();
        receive(Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(story.take()).contains("apply 200000001 txn");
    }

    @Test
    void pingsAreAnsweredFromUptodateOnAndNotBefore() {
        promise();
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.packet(PacketType.PING, 1));
        assertThat(story.take()).isEmpty();
        receive(Packets.newLeader(2, CONFIG));
        journaled();
        journaled();
        receive(Packets.packet(PacketType.UP_TO_DATE, -1), Packets.packet(PacketType.PING, 5));

        assertThat(story.take()).contains("to 101: PING 5");
    }

    @Test
    void aSilentLeaderIsLeft() {
        serve();
        long limit = (long) Town.SYNC_TICKS * Town.TICK_MILLIS * Town.MILLI;
        zab.time(1 + limit);
        assertThat(zab.role().isServing()).isTrue();
        zab.time(2 + limit);

        assertLeft("nothing was heard");
    }

    @Test
    void withoutTheCapabilityNobodyIsHandedOverToAndNoEpochRollsOver() {
        serve();
        receive(Packets.packet(PacketType.HAND_OVER, 1, new JuteOut().writeLong(2).copy()));
        assertLeft("HAND_OVER");

        serve();
        receive(Packets.packet(PacketType.ROLL_OVER, 0x300000000L));
        assertLeft("ROLL_OVER");

        serve();
        receive(Packets.packet(PacketType.HEIR, 0x900000000L, new JuteOut().writeLong(1).copy()));
        assertLeft("HEIR");
    }

    // ---- touch with the leader

    @Test
    void whatALeaderSendsBlindlyIsNoTouchWithItAnAnswerIs() {
        serve();
        zab.time(100 * MILLI);
        receive(Packets.packet(PacketType.PING, LAST));
        receive(Packets.proposal(0x200000001L), Packets.commit(0x200000001L));
        assertThat(zab.lastContactNanos()).isZero();

        story.take();
        receive(Packets.packet(PacketType.SYNC, 0));

        assertThat(zab.lastContactNanos()).isEqualTo(1);
        assertThat(story.take()).containsExactly("touches read");
    }

    @Test
    void aQuestionIsAskedOnceAtATimeBehindTheTouchesOfTheQuarterOfATickBefore() {
        serve();
        receive(Packets.packet(PacketType.SYNC, 0));
        story.take();

        zab.time(126 * MILLI);
        zab.endTurn();
        assertThat(story.take())
                .containsExactly("touches asked", "to 101: REQUEST ffffffffffffffff");
        zab.time(500 * MILLI);
        zab.endTurn();
        assertThat(story.take()).isEmpty();
        assertThat(zab.lastContactNanos()).isEqualTo(1);
        receive(Packets.packet(PacketType.SYNC, 0));
        assertThat(zab.lastContactNanos()).isEqualTo(126 * MILLI);
    }

    @Test
    void answersGoToWhoAskedFirst() {
        serve();
        JuteOut sync = new JuteOut();
        Questions.write(sync);
        zab.forward(sync.array(), 0, sync.size());
        zab.endTurn();
        story.take();

        receive(Packets.packet(PacketType.SYNC, 0));
        receive(Packets.packet(PacketType.SYNC, 0));
        assertThat(story.take()).containsExactly("touches read", "synced");
        receive(Packets.packet(PacketType.SYNC, 0));
        assertLeft("SYNC");
    }

    // ---- the script

    /** Finds a leader by the votes of those who have one. */
    private void find(long leader) {
        if (link == 100) {
            zab.start(1);
        }
        for (long voter = 2; voter <= 3; voter++) {
            PeerState state = voter == leader ? PeerState.LEADING : PeerState.FOLLOWING;
            zab.vote(voter, new Notification(state, leader, LAST, 50, 50, 2, null));
        }
        zab.linkOpened(story.lastAttempt(), ++link);
        zab.endTurn();
        story.take();
    }

    private void promise() {
        promise(2);
    }

    private void promise(long epoch) {
        find(3);
        receive(Packets.leaderInfo(epoch));
        journaled();
        if (epoch == 2) {
            story.take();
        }
    }

    private long epoch = 1;

    private void serve() {
        epoch++;
        promise(epoch);
        receive(Packets.packet(PacketType.DIFF, LAST), Packets.newLeader(epoch, CONFIG));
        journaled();
        journaled();
        receive(Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(zab.role().kind()).isEqualTo(Role.Kind.FOLLOWING);
        story.take();
    }

    private void receive(byte[]... packets) {
        for (byte[] packet : packets) {
            zab.received(link, packet, 0, packet.length);
        }
        zab.endTurn();
    }

    private void journaled() {
        long token = story.newMark();
        assertThat(token).isPositive();
        zab.journaled(token);
        zab.endTurn();
    }

    private void assertLeft(String because) {
        assertThat(story.notices()).last().asString().contains("leaves leader 3", because);
        assertThat(story.lines()).contains("close " + link);
        assertThat(zab.role()).isEqualTo(Role.LOOKING);
    }

    private long lastEpochTold() {
        byte[] sent = story.sentOn(link);
        assertThat(sent[sent.length - 25 + 1 + 3]).isEqualTo((byte) PacketType.ACK_EPOCH);
        return new org.quorate.protocol.jute.JuteIn()
                .wrap(sent, sent.length - 8, sent.length - 4)
                .readInt();
    }

    private static byte[] emptySnapshot() {
        return new JuteOut()
                .writeInt(0)
                .writeInt(0)
                .writeString("/")
                .writeString("BenWasHere")
                .copy();
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;

/**
 * What a follower does that its leader has named its heir. This is server 1, with 0x100000005 as
 * the last of its log; server 3 leads epoch 2 on link 101, and other links are learners' of server
 * 1.
 */
class HeirTest {
    private static final EnsembleConfig CONFIG = Town.members(3, 0);
    private static final long LAST = 0x100000005L;
    private static final long LEADER = 101;
    private static final long EARLY = 200;
    private static final long HEIR = 300;

    /** The first transaction of the leader's epoch. */
    private static final long FIRST = 0x200000001L;

    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    Town.options(1),
                    CONFIG,
                    1,
                    1,
                    LAST,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());

    @Test
    void promisesItsEpochOnDiskWithItsPortOpenAndFollowsOn() {
        follow();
        receive(LEADER, named(1));
        assertThat(story.take())
                .containsExactly("accept learners true", "acceptedEpoch 3", "mark " + marks);

        journaled();
        assertThat(story.take()).containsExactly("to 101: ACK 300000000");
        receive(LEADER, Packets.proposal(0x200000001L));
        assertThat(zab.role().kind()).isEqualTo(Role.Kind.FOLLOWING);
    }

    @Test
    void tellsItsEpochToWhoeverComesOnceItHasPromisedAndLeadsWhenTheLeaderHasGone() {
        follow();
        receive(LEADER, named(1));
        receive(early(), Packets.followerInfo(2, 3));
        assertThat(story.take()).noneMatch(line -> line.contains("200"));

        journaled();
        assertThat(story.take()).contains("to 200: LEADERINFO 300000000");
        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.FOLLOWING, 3, 2));

        receive(LEADER, handOver(1, 3));
        assertThat(story.take()).noneMatch(line -> line.contains("200"));
        receive(EARLY, Packets.ackEpoch(2, LAST));
        assertThat(story.take())
                .contains(
                        "currentEpoch 3 soon",
                        "to 200: DIFF 100000005",
                        "to 200: NEWLEADER 300000000");
        assertThat(zab.role()).isEqualTo(Role.LOOKING);

        receive(EARLY, Packets.packet(PacketType.ACK, 3L << 32));
        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.LEADING, 1, 3));
    }

    @Test
    void leadsAtOnceWithWhoHasAllAndSaidSoBeforeItHeardOfItItself() {
        follow();
        receive(LEADER, named(1));
        journaled();
        receive(LEADER, Packets.proposal(FIRST), Packets.commit(FIRST));
        receive(early(), quorateFollower(2, 3));
        receive(EARLY, hasAll(2, FIRST));
        assertThat(story.take()).noneMatch(line -> line.contains("DIFF"));

        receive(LEADER, handOver(1, 3, FIRST));

        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.LEADING, 1, 3));
        assertThat(story.take())
                .containsSubsequence(
                        "currentEpoch 3 soon",
                        "to 200: DIFF " + Long.toHexString(FIRST),
                        "to 200: NEWLEADER 300000000",
                        "to 200: UPTODATE ffffffffffffffff");
        receive(EARLY, Packets.packet(PacketType.ACK, 3L << 32));
        assertThat(story.notices()).isEmpty();
    }

    @Test
    void waitsForWhoSaysSoWithAnotherHistory() {
        follow();
        receive(LEADER, named(1));
        journaled();
        receive(LEADER, Packets.proposal(FIRST), Packets.commit(FIRST));
        receive(early(), quorateFollower(2, 3));
        receive(EARLY, hasAll(1, LAST));
        receive(LEADER, handOver(1, 3, FIRST));

        assertThat(zab.role()).isEqualTo(Role.LOOKING);
        assertThat(story.take())
                .contains("to 200: NEWLEADER 300000000")
                .noneMatch(line -> line.contains("UPTODATE"));
    }

    @Test
    void asksForALaterEpochIfItsOwnPromiseIsNotOnDisk() {
        follow();
        receive(LEADER, named(1));
        receive(early(), Packets.followerInfo(2, 3));
        story.take();

        receive(LEADER, handOver(1, 3));

        assertThat(story.take()).contains("close 200", "accept learners true");
        receive(early(), Packets.followerInfo(2, 3));
        assertThat(story.take()).contains("acceptedEpoch 4");
    }

    @Test
    void closesItsPortAndSendsAwayWhoWaitsIfAnotherLeads() {
        follow();
        receive(LEADER, named(1));
        journaled();
        receive(early(), Packets.followerInfo(2, 3));
        story.take();

        receive(LEADER, handOver(2, -1));

        assertThat(story.take()).contains("accept learners false", "close 200", "dial 2");
    }

    @Test
    void sendsAwayWhoeverComesAndIsNoLearner() {
        follow();
        receive(LEADER, named(1));
        early();
        story.take();

        receive(EARLY, new byte[10_000]);

        assertThat(story.take()).contains("close 200");
        assertThat(zab.role().kind()).isEqualTo(Role.Kind.FOLLOWING);
    }

    @Test
    void namesNobodyTwice() {
        follow();
        receive(LEADER, named(1), named(1));

        assertThat(story.notices()).last().asString().contains("HEIR");
        assertThat(zab.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void whoeverIsNotTheHeirGoesToItOnAConnectionThatItHasMadeBefore() {
        follow();
        receive(LEADER, named(2));
        assertThat(story.take()).contains("dial 2", "acceptedEpoch 3");
        journaled();
        zab.linkOpened(story.lastAttempt(), HEIR);
        receive(LEADER, Packets.proposal(FIRST), Packets.commit(FIRST));
        assertThat(story.take()).contains("to " + HEIR + ": FOLLOWERINFO 300000000");
        receive(HEIR, leaderInfo(3));
        assertThat(story.take()).noneMatch(line -> line.contains("to " + HEIR));
        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.FOLLOWING, 3, 2));

        receive(LEADER, handOver(2, 3, FIRST));

        assertThat(story.take())
                .contains("to " + HEIR + ": ACKEPOCH " + Long.toHexString(FIRST))
                .noneMatch(line -> line.startsWith("dial"));
        assertThat(story.sentOn(HEIR))
                .as("that it has all")
                .endsWith(0, 0, 0, 2, 1, -1, -1, -1, -1);
    }

    @Test
    void aWayToTheHeirThatBreaksIsMadeAnew() {
        follow();
        receive(LEADER, named(2));
        journaled();
        zab.linkOpened(story.lastAttempt(), HEIR);
        zab.linkClosed(HEIR);
        story.take();

        receive(LEADER, handOver(2, 3, LAST));

        assertThat(story.take()).contains("dial 2");
    }

    @Test
    void aWayThatIsStillBeingMadeIsWaitedFor() {
        follow();
        receive(LEADER, named(2));
        journaled();
        story.take();

        receive(LEADER, handOver(2, 3, LAST));
        assertThat(story.take()).noneMatch(line -> line.startsWith("dial"));
        zab.linkOpened(story.lastAttempt(), HEIR);
        zab.endTurn();

        assertThat(story.take()).contains("to " + HEIR + ": FOLLOWERINFO 300000000");
    }

    @Test
    void whoHasTooMuchToSayBeforeItLeadsIsNotGoneTo() {
        follow();
        receive(LEADER, named(2));
        journaled();
        zab.linkOpened(story.lastAttempt(), HEIR);
        story.take();
        receive(HEIR, new byte[10_000]);
        assertThat(story.take()).containsExactly("close " + HEIR);

        receive(LEADER, handOver(2, 3, LAST));
        assertThat(story.take()).contains("dial 2");
    }

    @Test
    void whoIsNotTheHeirInTheEndIsLeft() {
        follow();
        receive(LEADER, named(2));
        journaled();
        zab.linkOpened(story.lastAttempt(), HEIR);
        story.take();

        receive(LEADER, handOver(1, -1, LAST));

        assertThat(story.take()).contains("close " + HEIR, "accept learners true");
    }

    @Test
    void aPromiseThatIsNotOnDiskIsNotToldToTheHeir() {
        follow();
        receive(LEADER, named(2));
        zab.linkOpened(story.lastAttempt(), HEIR);
        receive(LEADER, handOver(2, 3, LAST));
        story.take();

        receive(HEIR, leaderInfo(3));
        assertThat(story.take()).noneMatch(line -> line.contains("ACKEPOCH"));

        journaled();
        assertThat(story.take()).contains("to " + HEIR + ": ACKEPOCH " + Long.toHexString(LAST));
    }

    @Test
    void behindAllOfTheEpochBeforeTheNextIsEnteredWithoutWaitingForTheDisk() {
        follow();
        goToHeir();
        receive(HEIR, Packets.packet(PacketType.DIFF, FIRST), Packets.newLeader(3, CONFIG));

        assertThat(story.take())
                .containsSubsequence("currentEpoch 3 soon", "to " + HEIR + ": ACK 300000000");
        receive(HEIR, Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.FOLLOWING, 2, 3));
        receive(HEIR, Packets.proposal(0x300000001L));
        assertThat(story.take()).contains("append 300000001 txn");
    }

    @Test
    void whatTheHeirHasBeyondThatIsPutToDiskFirst() {
        follow();
        goToHeir();
        long more = FIRST + 1;
        receive(
                HEIR,
                Packets.packet(PacketType.DIFF, more),
                Packets.proposal(more),
                Packets.commit(more),
                Packets.newLeader(3, CONFIG));

        assertThat(story.take()).noneMatch(line -> line.contains("currentEpoch"));
        journaled();
        assertThat(story.take())
                .contains("currentEpoch 3")
                .noneMatch(l -> l.contains("to " + HEIR));
        journaled();
        assertThat(story.take()).contains("to " + HEIR + ": ACK 300000000");
    }

    // ---- the script

    private long marks;

    /** With one transaction more than before, which is committed. */
    private void goToHeir() {
        receive(LEADER, named(2));
        zab.linkOpened(story.lastAttempt(), HEIR);
        journaled();
        receive(LEADER, Packets.proposal(FIRST), Packets.commit(FIRST));
        receive(LEADER, handOver(2, 3, FIRST));
        receive(HEIR, leaderInfo(3));
        story.take();
    }

    private static byte[] quorateFollower(long serverId, long acceptedEpoch) {
        JuteOut info = new JuteOut();
        new LearnerInfo(
                        serverId,
                        LeaderInfo.PROTOCOL_VERSION,
                        0,
                        new Capabilities(Capabilities.ALL))
                .write(info);
        return Packets.packet(PacketType.FOLLOWER_INFO, acceptedEpoch << 32, info.copy());
    }

    /** The answer of one that has all and enters the next epoch without its disk. */
    private static byte[] hasAll(int currentEpoch, long zxid) {
        return Packets.packet(
                PacketType.ACK_EPOCH,
                zxid,
                new JuteOut().writeInt(currentEpoch).writeBool(true).copy());
    }

    private static byte[] leaderInfo(long epoch) {
        JuteOut info = new JuteOut();
        new LeaderInfo(LeaderInfo.PROTOCOL_VERSION, new Capabilities(Capabilities.ALL)).write(info);
        return Packets.packet(PacketType.LEADER_INFO, epoch << 32, info.copy());
    }

    private void follow() {
        zab.start(1);
        for (long voter = 2; voter <= 3; voter++) {
            PeerState state = voter == 3 ? PeerState.LEADING : PeerState.FOLLOWING;
            zab.vote(voter, new Notification(state, 3, LAST, 50, 50, 2, null));
        }
        zab.linkOpened(story.lastAttempt(), LEADER);
        zab.endTurn();
        receive(LEADER, leaderInfo(2));
        journaled();
        receive(LEADER, Packets.packet(PacketType.DIFF, LAST), Packets.newLeader(2, CONFIG));
        journaled();
        journaled();
        receive(LEADER, Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(zab.role().kind()).isEqualTo(Role.Kind.FOLLOWING);
        story.take();
        marks++;
    }

    private static byte[] named(long heir) {
        return Packets.packet(PacketType.HEIR, 3L << 32, new JuteOut().writeLong(heir).copy());
    }

    private static byte[] handOver(long heir, long promisedEpoch) {
        return handOver(heir, promisedEpoch, LAST);
    }

    private static byte[] handOver(long heir, long promisedEpoch, long lastProposed) {
        JuteOut data = new JuteOut().writeLong(heir);
        if (promisedEpoch >= 0) {
            data.writeLong(promisedEpoch);
        }
        return Packets.packet(PacketType.HAND_OVER, lastProposed, data.copy());
    }

    private long early() {
        zab.learnerConnected(EARLY, "127.0.0.1:1");
        return EARLY;
    }

    private void receive(long on, byte[]... packets) {
        for (byte[] packet : packets) {
            zab.received(on, packet, 0, packet.length);
        }
        zab.endTurn();
    }

    private void journaled() {
        long token = story.newMark();
        assertThat(token).isPositive();
        marks = token;
        zab.journaled(token);
        zab.endTurn();
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.LeaderInfo;
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
    void leadsWithoutAskingForAnEpochOnceTheLeaderHasGone() {
        follow();
        receive(LEADER, named(1));
        journaled();
        story.take();

        receive(LEADER, handOver(1, 3));
        receive(early(), Packets.followerInfo(2, 3));

        assertThat(story.take()).contains("to 200: LEADERINFO 300000000");
        receive(EARLY, Packets.ackEpoch(2, LAST));
        assertThat(story.take())
                .contains(
                        "currentEpoch 3", "to 200: DIFF 100000005", "to 200: NEWLEADER 300000000");
    }

    @Test
    void keepsWhoHasHeardOfTheHandOverEarlier() {
        follow();
        receive(LEADER, named(1));
        journaled();
        receive(early(), Packets.followerInfo(2, 3));
        assertThat(story.take()).noneMatch(line -> line.contains("200"));

        receive(LEADER, handOver(1, 3));

        assertThat(story.take()).contains("to 200: LEADERINFO 300000000");
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
    void keepsNoMoreOfAStrangerThanALearnerHasToSay() {
        follow();
        receive(LEADER, named(1));
        early();
        story.take();

        receive(EARLY, new byte[10_000], new byte[10_000]);

        assertThat(story.take()).containsExactly("close 200");
    }

    @Test
    void namesNobodyTwice() {
        follow();
        receive(LEADER, named(1), named(1));

        assertThat(story.notices()).last().asString().contains("HEIR");
        assertThat(zab.role()).isEqualTo(Role.LOOKING);
    }

    // ---- the script

    private long marks;

    private void follow() {
        zab.start(1);
        for (long voter = 2; voter <= 3; voter++) {
            PeerState state = voter == 3 ? PeerState.LEADING : PeerState.FOLLOWING;
            zab.vote(voter, new Notification(state, 3, LAST, 50, 50, 2, null));
        }
        zab.linkOpened(story.lastAttempt(), LEADER);
        zab.endTurn();
        JuteOut info = new JuteOut();
        new LeaderInfo(LeaderInfo.PROTOCOL_VERSION, new Capabilities(Capabilities.ALL)).write(info);
        receive(LEADER, Packets.packet(PacketType.LEADER_INFO, 2L << 32, info.copy()));
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
        JuteOut data = new JuteOut().writeLong(heir);
        if (promisedEpoch >= 0) {
            data.writeLong(promisedEpoch);
        }
        return Packets.packet(PacketType.HAND_OVER, LAST, data.copy());
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

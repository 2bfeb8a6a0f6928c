package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.ForwardedRequest;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;
import org.quorate.protocol.peer.TouchTable;

/**
 * A follower that serves observers, one rule a test (peer protocol §6.6). This is server 1, which
 * follows server 3 in epoch 2; server 4 is the observer.
 */
class ObserverMasterTest {
    private static final EnsembleConfig CONFIG = Town.members(3, 3);
    private static final long LAST = 0x100000005L;
    private static final long LEADER = 101;
    private static final long OBSERVER = 201;
    private static final long SESSION = 0x4000000000001L;

    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    Town.options(1, 500, Long.MAX_VALUE, 0)
                            .with(new ZabOptions.Observers(true, 1, 1)),
                    CONFIG,
                    1,
                    1,
                    LAST,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());

    @BeforeEach
    void follow() {
        zab.start(1);
        for (long voter = 2; voter <= 3; voter++) {
            PeerState state = voter == 3 ? PeerState.LEADING : PeerState.FOLLOWING;
            zab.vote(voter, new Notification(state, 3, LAST, 50, 50, 2, null));
        }
        zab.linkOpened(story.lastAttempt(), LEADER);
        from(LEADER, Packets.leaderInfo(2));
        journaled();
        from(LEADER, Packets.packet(PacketType.DIFF, LAST), Packets.newLeader(2, CONFIG));
        journaled();
        journaled();
        from(LEADER, Packets.packet(PacketType.UP_TO_DATE, -1));
        assertThat(story.take()).contains("accept observers true");
    }

    @Test
    void anObserverIsBroughtToWhatIsAppliedAndToldWhatIsCommitted() {
        zab.learnerConnected(OBSERVER, "observer");
        from(OBSERVER, info(PacketType.OBSERVER_INFO, 4));
        assertThat(story.take()).containsExactly("to 201: LEADERINFO 200000000");
        from(OBSERVER, Packets.ackEpoch(1, LAST));
        assertThat(story.take())
                .containsExactly("to 201: DIFF 100000005", "to 201: NEWLEADER 200000000");
        from(LEADER, Packets.proposal(0x200000001L));
        journaled();
        from(LEADER, Packets.commit(0x200000001L));
        assertThat(story.take()).contains("to 201: INFORM 200000001");
        assertThat(zab.syncedObservers()).isZero();
        from(OBSERVER, Packets.ack(0x200000000L));
        assertThat(story.take()).containsExactly("to 201: UPTODATE ffffffffffffffff");
        from(OBSERVER, Packets.ack(0x200000000L));
        assertThat(zab.syncedObservers()).isEqualTo(1);
        assertThat(story.take()).isEmpty();
    }

    @Test
    void aFollowerIsNotServed() {
        zab.learnerConnected(OBSERVER, "follower");
        from(OBSERVER, info(PacketType.FOLLOWER_INFO, 2));

        assertThat(story.take()).contains("close 201");
    }

    @Test
    void anObserverThatAcknowledgesTransactionsIsSentAway() {
        serve();
        from(OBSERVER, Packets.ack(0x200000001L));

        assertThat(story.take()).contains("close 201");
    }

    @Test
    void syncsAreAnsweredInTheOrderInWhichTheyWereAsked() {
        serve();
        from(OBSERVER, request(OpCode.SYNC));
        byte[] own = request(OpCode.SYNC);
        zab.forward(own, 0, own.length);
        zab.endTurn();
        // The follower's own question came first, when it began to serve.
        assertThat(story.take())
                .containsExactly(
                        "to 101: REQUEST ffffffffffffffff", "to 101: REQUEST ffffffffffffffff");

        from(LEADER, Packets.packet(PacketType.SYNC, 0));
        assertThat(story.take()).containsExactly("touches read");
        from(LEADER, Packets.packet(PacketType.SYNC, 0));
        assertThat(story.take()).containsExactly("to 201: SYNC 0");
        from(LEADER, Packets.packet(PacketType.SYNC, 0));
        assertThat(story.take()).containsExactly("synced");
    }

    @Test
    void sessionsAreAskedAboutAndAnsweredInOrder() {
        serve();
        JuteOut question = new JuteOut();
        Revalidation.writeQuestion(question, SESSION, 4000, false);
        from(OBSERVER, Packets.packet(PacketType.REVALIDATE, -1, question.copy()));
        zab.revalidate(5, 4000, false);
        zab.endTurn();
        assertThat(story.take())
                .containsExactly(
                        "to 101: REVALIDATE ffffffffffffffff",
                        "to 101: REVALIDATE ffffffffffffffff");

        from(LEADER, answer(SESSION, true));
        assertThat(story.take()).containsExactly("to 201: REVALIDATE ffffffffffffffff");
        from(LEADER, answer(5, false));
        assertThat(story.take()).containsExactly("revalidated 5 false");
    }

    @Test
    void touchedSessionsGoToTheLeaderWithTheNextAnswer() {
        serve();
        zab.time(60 * Town.MILLI);
        zab.endTurn();
        assertThat(story.take()).contains("to 201: PING 100000005");
        JuteOut touched = new JuteOut();
        TouchTable.writeEntry(touched, SESSION, 4000);
        from(OBSERVER, Packets.packet(PacketType.PING, LAST, touched.copy()));

        from(LEADER, Packets.packet(PacketType.PING, LAST));
        assertThat(lastTo(LEADER).data.copy()).isEqualTo(touched.copy());
        from(LEADER, Packets.packet(PacketType.PING, LAST));
        assertThat(lastTo(LEADER).data.length()).isZero();
    }

    @Test
    void whatWouldHarmALeaderIsReplacedByWhatEveryLeaderRefuses() {
        serve();
        story.harmful();
        from(OBSERVER, request(OpCode.CHECK));

        QuorumPacket sent = lastTo(LEADER);
        ForwardedRequest request = new ForwardedRequest().read(sent.data);
        assertThat(sent.type).isEqualTo(PacketType.REQUEST);
        assertThat(request.sessionId).isEqualTo(SESSION);
        assertThat(request.cxid).isEqualTo(7);
        assertThat(request.type).isEqualTo(OpCode.MULTI);
        assertThat(request.body.length()).isZero();
        assertThat(sent.authInfo.isNull()).isFalse();
    }

    @Test
    void noMoreThanIsAllowedAreBroughtAtOnce() {
        for (long id = 4; id <= 5; id++) {
            zab.learnerConnected(OBSERVER + id, "observer");
            from(OBSERVER + id, info(PacketType.OBSERVER_INFO, id));
            from(OBSERVER + id, Packets.ackEpoch(1, 0x100000001L));
        }
        assertThat(story.take())
                .anyMatch(line -> line.startsWith("send snapshot") && line.endsWith(" on 205"))
                .contains("close 206");
        from(OBSERVER + 4, Packets.ack(0x200000000L));
        zab.learnerConnected(207, "observer");
        from(207, info(PacketType.OBSERVER_INFO, 5));
        from(207, Packets.ackEpoch(1, 0x100000001L));
        assertThat(story.take()).anyMatch(line -> line.startsWith("send snapshot"));
    }

    @Test
    void whoFollowsNoLongerServesNobody() {
        serve();
        zab.linkClosed(LEADER);
        zab.endTurn();

        assertThat(story.take()).contains("accept observers false", "close 201");
    }

    @Test
    void anObserverDialsFollowersFirstAndTheLeaderLast() {
        Story own = new Story();
        Zab observer =
                new Zab(
                        Town.options(4, 500, Long.MAX_VALUE, 0)
                                .with(new ZabOptions.Observers(true, 1, 1)),
                        CONFIG,
                        1,
                        1,
                        LAST,
                        true,
                        1,
                        own.journal(),
                        own.peers(),
                        own.state());
        observer.start(1);
        for (long voter = 1; voter <= 3; voter++) {
            PeerState state = voter == 3 ? PeerState.LEADING : PeerState.FOLLOWING;
            observer.vote(voter, new Notification(state, 3, LAST, 50, 50, 2, null));
        }
        for (int i = 1; i <= 3; i++) {
            observer.dialFailed(own.lastAttempt(), "refused");
            observer.time(1 + i * 200 * Town.MILLI);
        }
        List<String> dials =
                own.lines().stream().filter(line -> line.startsWith("dial")).limit(3).toList();
        assertThat(dials.subList(0, 2)).containsExactlyInAnyOrder("dial master 1", "dial master 2");
        assertThat(dials.get(2)).isEqualTo("dial 3");
    }

    private void serve() {
        zab.learnerConnected(OBSERVER, "observer");
        from(OBSERVER, info(PacketType.OBSERVER_INFO, 4));
        from(OBSERVER, Packets.ackEpoch(1, LAST));
        from(OBSERVER, Packets.ack(0x200000000L));
        assertThat(zab.syncedObservers()).isEqualTo(1);
        story.take();
    }

    private static byte[] info(int type, long serverId) {
        return Packets.info(type, serverId, 1, 0x10000, 0);
    }

    private static byte[] request(int type) {
        ForwardedRequest request = new ForwardedRequest();
        request.sessionId = SESSION;
        request.cxid = 7;
        request.type = type;
        JuteOut out = new JuteOut();
        int packet = QuorumPacket.begin(out, PacketType.REQUEST, -1);
        request.write(out);
        QuorumPacket.end(out, packet, new IdVector().set(List.of()));
        return out.copy();
    }

    private static byte[] answer(long sessionId, boolean valid) {
        JuteOut out = new JuteOut();
        Revalidation.writeAnswer(out, sessionId, valid);
        return Packets.packet(PacketType.REVALIDATE, -1, out.copy());
    }

    private QuorumPacket lastTo(long link) {
        JuteIn in = new JuteIn().wrap(story.sentOn(link));
        QuorumPacket packet = new QuorumPacket();
        while (in.remaining() > 0) {
            packet.read(in);
        }
        return packet;
    }

    private void from(long link, byte[]... packets) {
        for (byte[] packet : packets) {
            zab.received(link, packet, 0, packet.length);
        }
        zab.endTurn();
    }

    private void journaled() {
        zab.journaled(story.newMark());
        zab.endTurn();
    }
}

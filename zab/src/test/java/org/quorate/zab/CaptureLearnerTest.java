package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;

/**
 * A real leader's bytes, as recorded, to this learner, whose bytes must be those of the real
 * learner: introduction, promise and every acknowledgement, in order. PINGs are left out: the
 * recordings hold a few of them only.
 */
class CaptureLearnerTest {
    private static final long LINK = 77;

    /** Here the real learner was stopped before it could acknowledge the last three. */
    private static final Set<String> FROZEN =
            Set.of(
                    "sync-diverged-cross-epoch-snap c27",
                    "sync-diverged-cross-epoch-snap c28",
                    "sync-trunc c26",
                    "sync-trunc c28");

    static Stream<Capture.Connection> connections() {
        return Capture.all().stream();
    }

    @ParameterizedTest
    @MethodSource("connections")
    void theLearnersBytesAreThoseOfARealOne(Capture.Connection recorded) {
        Story story = new Story();
        Zab zab = learner(recorded, story);
        List<String> expected = new ArrayList<>();
        int fed = 0;
        for (Capture.Frame frame : recorded.frames()) {
            if (frame.isCut()) {
                break; // from here on the recording has not all
            }
            byte[] bytes = frame.raw();
            if (!frame.fromLearner()) {
                zab.received(LINK, bytes, 0, bytes.length);
                fed++;
            } else {
                if (!frame.kind().equals("PING")) {
                    expected.add(frame.bytes());
                }
                switch (frame.kind()) {
                    case "REQUEST" -> zab.forward(bytes, 0, bytes.length);
                    case "REVALIDATE" -> revalidate(zab, bytes);
                    default -> {}
                }
            }
            settle(zab, story);
        }

        assertThat(fed).isGreaterThan(3);
        List<String> sent = sent(story);
        if (FROZEN.contains(recorded.name())) {
            assertThat(sent)
                    .startsWith(expected.toArray(String[]::new))
                    .hasSize(expected.size() + 3);
        } else {
            assertThat(sent).isEqualTo(expected);
        }
    }

    /** A server that is where the real one was, and has found the leader. */
    private static Zab learner(Capture.Connection recorded, Story story) {
        QuorumPacket info = packet(recorded.frames().getFirst());
        Capture.Frame promise =
                recorded.frames().stream()
                        .filter(frame -> frame.kind().equals("ACKEPOCH"))
                        .findFirst()
                        .orElseThrow();
        long zxid = packet(promise).zxid;
        int epoch = new JuteIn().wrap(packet(promise).data).readInt();
        long accepted = Zxid.epoch(info.zxid);
        EnsembleConfig config =
                EnsembleConfig.parse(recorded.config()).withVersion(recorded.configVersion());
        boolean reconfigEnabled = EnsembleConfig.parse(recorded.config()).version() > 0;
        ZabOptions options =
                new ZabOptions(
                        recorded.learner(),
                        false,
                        recorded.isObserver(),
                        2000,
                        10,
                        5,
                        500,
                        1 << 20,
                        1 << 20,
                        JuteIn.FIELD_BYTES_MAX_DEFAULT,
                        Zxid.COUNTER_MAX - 1,
                        reconfigEnabled,
                        true,
                        0);
        Zab zab =
                new Zab(
                        options,
                        config,
                        accepted,
                        epoch < 0 ? accepted : epoch,
                        zxid,
                        true,
                        1,
                        story.journal(),
                        story.peers(),
                        story.state());
        zab.start(1);
        settle(zab, story);
        long leader = recorded.leader();
        config.voters().stream()
                .map(member -> member.serverId())
                .forEach(voter -> {
                    PeerState state = voter == leader ? PeerState.LEADING : PeerState.FOLLOWING;
                    if (voter != recorded.learner()) {
                        zab.vote(voter, new Notification(state, leader, zxid, 9, 9, 2, null));
                    }
                });
        zab.endTurn();
        assertThat(story.dials()).containsExactly(leader);
        zab.linkOpened(story.lastAttempt(), LINK);
        settle(zab, story);
        return zab;
    }

    /** Ends turns, and answers the disk's marks, until nothing more comes. */
    private static void settle(Zab zab, Story story) {
        zab.endTurn();
        for (long token = story.newMark(); token > 0; token = story.newMark()) {
            zab.journaled(token);
            zab.endTurn();
        }
    }

    private static void revalidate(Zab zab, byte[] bytes) {
        QuorumPacket packet = new QuorumPacket().read(new JuteIn().wrap(bytes));
        Revalidation question = new Revalidation().readQuestion(packet.data);
        zab.revalidate(question.sessionId, question.timeoutMillis, question.stays);
    }

    private static QuorumPacket packet(Capture.Frame frame) {
        return new QuorumPacket().read(new JuteIn().wrap(frame.raw()));
    }

    /**
     * The packets sent, one hex string each, without PINGs and without the questions that a real
     * learner does not ask.
     */
    private static List<String> sent(Story story) {
        JuteOut question = new JuteOut();
        Questions.write(question);
        JuteIn in = new JuteIn().wrap(story.sentOn(LINK));
        List<String> packets = new ArrayList<>();
        while (in.remaining() > 0) {
            int from = in.position();
            QuorumPacket packet = new QuorumPacket().read(in);
            byte[] bytes = Arrays.copyOfRange(in.array(), from, in.position());
            if (packet.type != PacketType.PING && !Arrays.equals(bytes, question.copy())) {
                packets.add(HexFormat.of().formatHex(bytes));
            }
        }
        return packets;
    }
}

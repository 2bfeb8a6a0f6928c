package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;
import org.quorate.protocol.peer.QuorumPacket;

/**
 * Real learners' bytes, as recorded, to this leader, which proposes what the real leader proposed:
 * its bytes must be the real leader's, on each connection. Commits are compared apart, because when
 * they come depends on the disks; PINGs and what answers sessions are left out.
 */
class CaptureLeaderTest {
    /**
     * Connections of one leader's term, the leader's last zxid when it began, and its epoch then.
     */
    record Term(String capture, long leader, long lastZxid, long epoch, List<String> connections) {}

    private record Step(Capture.Connection connection, long link, Capture.Frame frame) {}

    static Stream<Term> terms() {
        return Stream.of(
                new Term("election-of-3", 3, 0, 0, List.of("c26", "c27")),
                new Term("local-session-upgrade", 3, 0, 0, List.of("c25", "c26")),
                new Term("observer", 2, 0, 0, List.of("c44", "c46")),
                new Term("sync-fresh-snap-then-diff-then-empty-diff", 3, 0, 0, List.of("c15")),
                new Term("sync-snap-acl-ephemeral", 3, 0, 0, List.of("c19")),
                new Term("sync-diverged-cross-epoch-snap", 3, 0, 0, List.of("c27", "c28")),
                new Term("sync-diverged-cross-epoch-snap", 2, 0x100000006L, 1, List.of("c68")),
                new Term("sync-trunc", 3, 0, 0, List.of("c26", "c28")),
                new Term("sync-trunc", 2, 0x100000006L, 1, List.of("c58", "c74")));
    }

    @ParameterizedTest
    @MethodSource("terms")
    void theLeadersBytesAreThoseOfARealOne(Term term) {
        List<Step> steps = steps(term);
        Story story = new Story();
        Zab zab = leader(term, steps, story);
        TreeMap<Long, List<String>> expected = new TreeMap<>();
        TreeMap<Long, List<String>> expectedCommits = new TreeMap<>();
        long proposed = 0;
        for (Step step : steps) {
            Capture.Frame frame = step.frame();
            byte[] bytes = frame.raw();
            if (frame.fromLearner()) {
                if (!frame.kind().equals("PING")) {
                    zab.received(step.link(), bytes, 0, bytes.length);
                }
            } else if (frame.kind().equals("COMMIT")) {
                expectedCommits
                        .computeIfAbsent(step.link(), k -> new ArrayList<>())
                        .add(frame.bytes());
            } else if (isCompared(frame.kind())) {
                expected.computeIfAbsent(step.link(), k -> new ArrayList<>()).add(frame.bytes());
                QuorumPacket packet = new QuorumPacket().read(new JuteIn().wrap(bytes));
                if (packet.type == PacketType.PROPOSAL && packet.zxid > proposed) {
                    proposed = packet.zxid;
                    assertThat(zab.nextZxid()).isEqualTo(proposed);
                    zab.propose(
                            proposed,
                            packet.data.array(),
                            packet.data.from(),
                            packet.data.length());
                }
            }
            settle(zab, story);
        }

        for (long link : expected.keySet()) {
            assertThat(sent(story, link, false)).as("link %d", link).isEqualTo(expected.get(link));
            List<String> commits = expectedCommits.getOrDefault(link, List.of());
            assertThat(sent(story, link, true))
                    .startsWith(commits.toArray(String[]::new))
                    .hasSizeLessThan(commits.size() + 2);
        }
        assertThat(expected).hasSize(term.connections().size());
    }

    private static boolean isCompared(String kind) {
        return switch (kind) {
            case "PING", "REVALIDATE", "SYNC", "INFORM" -> false;
            default -> true;
        };
    }

    private static List<Step> steps(Term term) {
        List<Step> steps = new ArrayList<>();
        for (Capture.Connection connection : Capture.connections(term.capture())) {
            String name = connection.name().substring(term.capture().length() + 1);
            if (term.connections().contains(name) && connection.leader() == term.leader()) {
                long link = Long.parseLong(name.substring(1));
                connection.frames().forEach(frame -> steps.add(new Step(connection, link, frame)));
            }
        }
        steps.sort(Comparator.comparingDouble(step -> step.frame().atMillis()));
        return steps;
    }

    /** A server that was where the real one was, and is elected. */
    private static Zab leader(Term term, List<Step> steps, Story story) {
        EnsembleConfig config = EnsembleConfig.parse(steps.getFirst().connection().config());
        ZabOptions options =
                new ZabOptions(
                        term.leader(),
                        false,
                        false,
                        2000,
                        10,
                        5,
                        500,
                        1 << 20,
                        1 << 20,
                        JuteIn.FIELD_BYTES_MAX_DEFAULT,
                        Zxid.COUNTER_MAX - 1,
                        false,
                        true,
                        0);
        Zab zab =
                new Zab(
                        options,
                        config,
                        term.epoch(),
                        term.epoch(),
                        term.lastZxid(),
                        true,
                        1,
                        story.journal(),
                        story.peers(),
                        story.state());
        zab.start(1);
        config.voters().stream()
                .map(member -> member.serverId())
                .forEach(voter -> {
                    if (voter != term.leader()) {
                        zab.vote(
                                voter,
                                new Notification(
                                        PeerState.LOOKING,
                                        term.leader(),
                                        term.lastZxid(),
                                        1,
                                        term.epoch(),
                                        2,
                                        null));
                    }
                });
        settle(zab, story);
        steps.stream()
                .mapToLong(Step::link)
                .distinct()
                .forEach(link -> zab.learnerConnected(link, "recorded " + link));
        return zab;
    }

    private static void settle(Zab zab, Story story) {
        zab.endTurn();
        for (long token = story.newMark(); token > 0; token = story.newMark()) {
            zab.journaled(token);
            zab.endTurn();
        }
    }

    private static List<String> sent(Story story, long link, boolean commits) {
        JuteIn in = new JuteIn().wrap(story.sentOn(link));
        List<String> packets = new ArrayList<>();
        while (in.remaining() > 0) {
            int from = in.position();
            QuorumPacket packet = new QuorumPacket().read(in);
            if (commits == (packet.type == PacketType.COMMIT)
                    && isCompared(PacketType.name(packet.type))) {
                packets.add(HexFormat.of().formatHex(in.array(), from, in.position()));
            }
        }
        return packets;
    }
}

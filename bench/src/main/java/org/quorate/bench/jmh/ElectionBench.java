package org.quorate.bench.jmh;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;
import org.quorate.replica.Replica;
import org.quorate.replica.ReplicaOptions;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Role;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;

/** Fast leader election without the network's time. */
@State(Scope.Thread)
public class ElectionBench extends NanosPerOperation {
    private static final int TICK_MILLIS = 1_000;
    private static final long ZXID = 0x7_0000_0001L;

    private final EnsembleConfig five = members(5);
    private final EnsembleConfig three = members(3);
    private final DataTree tree = new DataTree(TreeOptions.DEFAULT);
    private Replica looking = server(3, five, new NoWorld((vote, to) -> {}));
    private final Notification lower =
            new Notification(PeerState.LOOKING, 2, ZXID, 1, 7, Notification.VERSION, five.text());

    /** Has one server look for a leader, with nobody to agree with. */
    @Setup
    public void look() {
        looking = server(3, five, new NoWorld((vote, to) -> {}));
        looking.start();
        looking.endTurn();
    }

    /** A vote for somebody with a lower number comes to a server that looks. */
    @Benchmark
    public Role takesVote() {
        looking.zab().vote(2, lower);
        return looking.zab().role();
    }

    /** Three servers that start until all votes are given; the making of the servers included. */
    @Benchmark
    public int electsAmongThree() {
        record Letter(long from, long to, Notification vote) {}
        ArrayDeque<Letter> letters = new ArrayDeque<>();
        Replica[] servers = new Replica[3];
        for (int i = 0; i < 3; i++) {
            long id = i + 1L;
            servers[i] =
                    server(
                            id,
                            three,
                            new NoWorld((vote, to) -> letters.add(new Letter(id, to, vote))));
        }
        for (Replica server : servers) {
            server.start();
            server.endTurn();
        }
        int delivered = 0;
        while (!letters.isEmpty()) {
            Letter letter = letters.remove();
            if (letter.to != letter.from) {
                servers[(int) letter.to - 1].zab().vote(letter.from, letter.vote);
                servers[(int) letter.to - 1].endTurn();
                delivered++;
            }
        }
        return delivered;
    }

    private static EnsembleConfig members(int voters) {
        List<Member> members =
                LongStream.rangeClosed(1, voters)
                        .mapToObj(id ->
                                Member.parse(
                                        id,
                                        "127.0.0.1:%d:%d:participant;127.0.0.1:%d"
                                                .formatted(2_000 + id, 3_000 + id, 4_000 + id)))
                        .toList();
        return EnsembleConfig.of(members, 0);
    }

    /** All on one tree, which elections only look at. */
    private Replica server(long id, EnsembleConfig config, NoWorld world) {
        Replica replica =
                new Replica(
                        ReplicaOptions.builder(TICK_MILLIS).serverId(id).build(),
                        tree,
                        state ->
                                new Zab(
                                        ZabOptions.of(id, TICK_MILLIS, 10, 5),
                                        config,
                                        7,
                                        7,
                                        ZXID,
                                        true,
                                        id,
                                        world,
                                        world,
                                        state),
                        world,
                        Replica.Gate.NONE,
                        0);
        replica.time(1, 1_700_000_000_000L);
        return replica;
    }
}

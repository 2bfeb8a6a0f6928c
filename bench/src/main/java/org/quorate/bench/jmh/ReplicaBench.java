package org.quorate.bench.jmh;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.replica.Connection;
import org.quorate.replica.Replica;
import org.quorate.replica.ReplicaOptions;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;

/** Whole requests through the core of a lone server: frame in, reply out, forty to a turn. */
@State(Scope.Thread)
public class ReplicaBench extends NanosPerOperation {
    private static final int BATCH = 40;
    private static final long TURN_NANOS = 1_000_000;
    private static final long WALL_MILLIS = 1_700_000_000_000L;

    private final NoWorld world = new NoWorld((vote, to) -> {});
    private final Replica replica =
            new Replica(
                    ReplicaOptions.builder(1_000).serverId(1).build(),
                    new DataTree(TreeOptions.DEFAULT),
                    state ->
                            new Zab(
                                    ZabOptions.standalone(1_000),
                                    EnsembleConfig.of(List.of(), 0),
                                    0,
                                    0,
                                    0,
                                    true,
                                    1,
                                    world,
                                    world,
                                    state),
                    world,
                    Replica.Gate.NONE,
                    0);
    private final Connection connection = open();
    private final byte[] get = Frames.of(Frames.getData("/bench", false));
    private final byte[] set = Frames.of(Frames.setData("/bench"));
    private final byte[] watch = Frames.of(Frames.getData("/bench", true));
    private long nowNanos = 1;

    private Connection open() {
        replica.time(1, WALL_MILLIS);
        replica.start();
        Connection opened = replica.open(1, "127.0.0.1", List.of(new Id("ip", "127.0.0.1")));
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = 20_000;
        replica.connect(opened, request);
        endTurn();
        byte[] create = Frames.of(Frames.create("/bench"));
        replica.request(opened, create, 0, create.length);
        endTurn();
        return opened;
    }

    /** getData of 100 bytes through the core. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int reads() {
        return turn(get, get);
    }

    /** setData of 100 bytes: checked, encoded, committed, applied, answered. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int writes() {
        return turn(set, set);
    }

    /** A watch is set by a read and fired by a write, in turns: half of the operations each. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int watchesAndWrites() {
        return turn(watch, set);
    }

    private int turn(byte[] even, byte[] odd) {
        nowNanos += TURN_NANOS;
        replica.time(nowNanos, WALL_MILLIS + nowNanos / TURN_NANOS);
        connection.touch(nowNanos);
        for (int i = 0; i < BATCH; i++) {
            byte[] frame = i % 2 == 0 ? even : odd;
            replica.request(connection, frame, 0, frame.length);
        }
        endTurn();
        if (replica.outstanding() != 0) {
            throw new IllegalStateException(replica.outstanding() + " not answered");
        }
        return BATCH;
    }

    private void endTurn() {
        replica.endTurn();
        replica.zab().journaled(world.marked);
    }
}

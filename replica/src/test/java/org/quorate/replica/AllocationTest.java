package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Journal;
import org.quorate.zab.Role;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;

/** What the replica itself does costs no garbage in the steady state. */
class AllocationTest {
    private static final int ROUNDS = 5_000;

    /** What the measuring itself and rare growth may cost. */
    private static final double BYTES_PER_OP_MAX = 8;

    private final DataTree tree = new DataTree(TreeOptions.DEFAULT);
    private final Quiet quiet = new Quiet();
    private final Replica replica =
            new Replica(
                    ReplicaOptions.builder(1000).serverId(1).build(),
                    tree,
                    state ->
                            new Zab(
                                    ZabOptions.standalone(1000),
                                    EnsembleConfig.of(List.of(), 0),
                                    0,
                                    0,
                                    0,
                                    true,
                                    1,
                                    quiet,
                                    new Host.NoPeers(),
                                    state),
                    quiet,
                    Replica.Gate.NONE,
                    0);
    private final Connection connection = open();
    private long now = 1;

    @Test
    void aRefusedWriteAllocatesNothing() {
        byte[][] writes = new byte[20][];
        Arrays.fill(writes, frame(Caller.setDataRequest("bad", "0123456789", -1)));
        assertThat(perOp(writes)).isLessThan(BYTES_PER_OP_MAX);
    }

    @Test
    void aPingAllocatesNothing() {
        byte[][] pings = new byte[20][];
        Arrays.fill(pings, frame(Caller.empty(OpCode.PING)));
        assertThat(perOp(pings)).isLessThan(BYTES_PER_OP_MAX);
    }

    @Test
    void aReadAllocatesNothing() {
        turn(frame(Caller.createRequest(OpCode.CREATE, "/n", "x", 0, AclList.OPEN)));
        byte[][] reads = new byte[20][];
        Arrays.fill(reads, frame(Caller.readRequest(OpCode.GET_DATA, "/n", false)));
        assertThat(perOp(reads)).isLessThan(BYTES_PER_OP_MAX);
        Arrays.fill(reads, frame(Caller.readRequest(OpCode.GET_CHILDREN2, "/", false)));
        assertThat(perOp(reads)).isLessThan(BYTES_PER_OP_MAX);
    }

    @Test
    void aWriteAllocatesNothing() {
        turn(frame(Caller.createRequest(OpCode.CREATE, "/n", "x", 0, AclList.OPEN)));
        byte[][] writes = new byte[40][];
        Arrays.fill(writes, frame(Caller.setDataRequest("/n", "0123456789", -1)));
        assertThat(perOp(writes)).isLessThan(BYTES_PER_OP_MAX);
    }

    @Test
    void aMultiAllocatesNothing() {
        turn(frame(Caller.createRequest(OpCode.CREATE, "/n", "x", 0, AclList.OPEN)));
        JuteOut out = new JuteOut().writeInt(7).writeInt(OpCode.MULTI);
        for (int i = 0; i < 3; i++) {
            MultiFrame.beginRequest(out, OpCode.SET_DATA);
            Caller.setDataRequest("/n", "0123456789", -1).write(out);
        }
        MultiFrame.end(out);
        byte[][] multis = new byte[40][];
        Arrays.fill(multis, out.copy());
        assertThat(perOp(multis)).isLessThan(3 * BYTES_PER_OP_MAX);
    }

    @Test
    void anEphemeralsLifeAllocatesNothing() {
        byte[][] lives = new byte[40][];
        for (int i = 0; i < lives.length; i += 2) {
            lives[i] = frame(Caller.createRequest(OpCode.CREATE, "/e" + i, "x", 1, AclList.OPEN));
            lives[i + 1] = frame(Caller.deleteRequest("/e" + i, -1));
        }
        assertThat(perOp(lives)).isLessThan(BYTES_PER_OP_MAX);
    }

    /** Its frame would be ten times as much. */
    @Test
    void aMultiOfTenAllocatesLittle() {
        turn(frame(Caller.createRequest(OpCode.CREATE, "/n", "x", 0, AclList.OPEN)));
        JuteOut out = new JuteOut().writeInt(7).writeInt(OpCode.MULTI);
        for (int i = 0; i < 10; i++) {
            MultiFrame.beginRequest(out, OpCode.SET_DATA);
            Caller.setDataRequest("/n", "0123456789".repeat(10), -1).write(out);
        }
        MultiFrame.end(out);
        byte[][] multis = new byte[10][];
        Arrays.fill(multis, out.copy());
        assertThat(perOp(multis)).isLessThan(160);
    }

    @Test
    void aLongWriteIsNotCopiedIntoGarbage() {
        turn(frame(Caller.createRequest(OpCode.CREATE, "/n", "x", 0, AclList.OPEN)));
        byte[][] writes = new byte[4][];
        Arrays.fill(writes, frame(Caller.setDataRequest("/n", "0123456789".repeat(10_000), -1)));
        assertThat(perOp(200, writes)).isLessThan(1_000);
    }

    private double perOp(byte[]... frames) {
        return perOp(ROUNDS, frames);
    }

    private double perOp(int rounds, byte[]... frames) {
        for (int i = 0; i < rounds; i++) {
            turn(frames);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < rounds; i++) {
            turn(frames);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        return (double) bytes / (rounds * frames.length);
    }

    private void turn(byte[]... frames) {
        now += 1_000_000;
        replica.time(now, 1_700_000_000_000L + now / 1_000_000);
        connection.touch(now);
        for (byte[] frame : frames) {
            replica.request(connection, frame, 0, frame.length);
        }
        replica.endTurn();
        replica.zab().journaled(quiet.marked);
        assertAnswered();
    }

    private void assertAnswered() {
        if (replica.outstanding() != 0) {
            throw new IllegalStateException(replica.outstanding() + " not answered");
        }
    }

    private Connection open() {
        replica.time(1, 1_700_000_000_000L);
        replica.start();
        Connection opened = replica.open(1, "127.0.0.1", List.of(new Id("ip", "127.0.0.1")));
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = 20_000;
        replica.connect(opened, request);
        replica.endTurn();
        replica.zab().journaled(quiet.marked);
        assertThat(opened.sessionId()).isNotZero();
        return opened;
    }

    private static byte[] frame(Request request) {
        JuteOut out = new JuteOut().writeInt(7).writeInt(request.type());
        request.write(out);
        return out.copy();
    }

    /** Takes everything and keeps nothing. */
    private static final class Quiet implements Effects, Journal {
        private long marked;

        @Override
        public void reply(Connection to, byte[] bytes, int from, int length) {}

        @Override
        public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {}

        @Override
        public void push(Connection to, byte[] bytes, int from, int length) {}

        @Override
        public void close(Connection connection) {
            throw new IllegalStateException("closed " + connection);
        }

        @Override
        public void established(Connection connection) {}

        @Override
        public void role(Role role) {}

        @Override
        public void notice(Level level, String message) {
            throw new IllegalStateException(message);
        }

        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {}

        @Override
        public void mark(long token) {
            marked = token;
        }

        @Override
        public void acceptedEpoch(long epoch) {}

        @Override
        public void currentEpoch(long epoch) {}

        @Override
        public void snapshot(SnapshotSource view) {}

        @Override
        public boolean truncate(long zxid) {
            return false;
        }

        @Override
        public void reload() {}

        @Override
        public @Nullable History history(long afterZxid, long bytesMax) {
            return null;
        }
    }
}

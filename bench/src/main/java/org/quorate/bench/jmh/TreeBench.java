package org.quorate.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;
import org.quorate.tree.TreeOptions;

/** Looks up and applies in trees of different sizes: what caches do shows between them. */
@State(Scope.Thread)
public class TreeBench extends NanosPerOperation {
    private static final int CHILDREN = 1_000;
    private static final int STRIDE = 7_919;

    /** Sizes of the tree. */
    @Param({"1000", "1000000"})
    int znodes;

    private final DataTree tree = new DataTree(TreeOptions.DEFAULT);
    private final TxnRecord record = new TxnRecord();
    private final NodeState state = new NodeState();
    private final Stat stat = new Stat();
    private final Slice path = new Slice();
    private final JuteIn in = new JuteIn();
    private final JuteOut out = new JuteOut();
    private byte[][] paths = {};
    private byte[][] sets = {};
    private byte[] create = {};
    private byte[] delete = {};
    private int next;
    private long zxid;

    /** Fills the tree. */
    @Setup
    public void fill() {
        apply(encoded(createOf("/bench")));
        for (int i = 0; i < znodes; i++) {
            if (i % CHILDREN == 0) {
                apply(encoded(createOf("/bench/d" + i / CHILDREN)));
            }
            apply(encoded(createOf(path(i))));
        }
        paths = new byte[Math.min(znodes, 100_000)][];
        sets = new byte[paths.length][];
        for (int i = 0; i < paths.length; i++) {
            String at = path((int) ((long) i * STRIDE % znodes));
            paths[i] = Slice.of(at).copy();
            sets[i] = encoded(setOf(at));
        }
        create = encoded(createOf("/bench/lock"));
        delete = encoded(deleteOf("/bench/lock"));
    }

    /** Gives the tree's memory back. */
    @TearDown
    public void close() {
        tree.close();
    }

    /** From a path to a node. */
    @Benchmark
    public int finds() {
        byte[] bytes = paths[turn()];
        return tree.find(path.set(bytes, 0, bytes.length));
    }

    /** What a getData does: look-up, data and stat into the answer. */
    @Benchmark
    public int reads() {
        byte[] bytes = paths[turn()];
        int node = tree.find(path.set(bytes, 0, bytes.length));
        tree.writeData(node, out.clear());
        tree.load(node, state);
        tree.stat(state, stat);
        stat.write(out);
        return out.size();
    }

    /** A committed setData of 100 bytes, decoding and digest included. */
    @Benchmark
    public long appliesSetData() {
        apply(sets[turn()]);
        return tree.digest();
    }

    /** A committed create and a committed delete. */
    @Benchmark
    public long appliesCreateAndDelete() {
        apply(create);
        apply(delete);
        return tree.digest();
    }

    private int turn() {
        next = next + 1 == paths.length ? 0 : next + 1;
        return next;
    }

    private void apply(byte[] txn) {
        record.read(in.wrap(txn));
        record.header.zxid = ++zxid;
        tree.apply(record, null);
    }

    private static String path(int i) {
        return "/bench/d" + i / CHILDREN + "/n" + i;
    }

    private static byte[] encoded(Txn txn) {
        return Frames.of(txn);
    }

    private static CreateTxn createOf(String path) {
        CreateTxn txn = new CreateTxn();
        txn.path.set(Slice.of(path));
        txn.data.set(new byte[Frames.DATA_BYTES], 0, Frames.DATA_BYTES);
        txn.acl.set(AclList.OPEN);
        txn.parentCversion = CreateTxn.PARENT_CVERSION_UNKNOWN;
        return txn;
    }

    private static SetDataTxn setOf(String path) {
        SetDataTxn txn = new SetDataTxn();
        txn.type = OpCode.SET_DATA;
        txn.path.set(Slice.of(path));
        txn.data.set(new byte[Frames.DATA_BYTES], 0, Frames.DATA_BYTES);
        return txn;
    }

    private static DeleteTxn deleteOf(String path) {
        DeleteTxn txn = new DeleteTxn();
        txn.type = OpCode.DELETE;
        txn.path.set(Slice.of(path));
        return txn;
    }
}

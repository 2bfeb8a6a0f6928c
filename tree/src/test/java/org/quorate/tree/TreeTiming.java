package org.quorate.tree;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/**
 * Prints what the tree costs: bytes per node, nanoseconds per operation. Not a test; run its {@code
 * main} with the number of nodes in thousands, and {@code wide} to have them listed from one
 * directory.
 */
final class TreeTiming {
    private static final int CHILDREN = 1_000;

    private final int nodes;
    private final DataTree tree = new DataTree(TreeOptions.DEFAULT);
    private final TxnRecord record = new TxnRecord();
    private final JuteIn in = new JuteIn();
    private final JuteOut out = new JuteOut();
    private final byte[] data = new byte[100];
    private long zxid;

    private TreeTiming(int nodes) {
        this.nodes = nodes;
    }

    public static void main(String[] args) throws IOException {
        int thousands = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        TreeTiming timing = new TreeTiming(thousands * 1_000);
        if (args.length > 1 && args[1].equals("wide")) {
            timing.wide();
        } else {
            timing.run();
        }
    }

    private void run() throws IOException {
        long residentBefore = residentKib();
        time("create", this::create);
        System.gc();
        System.out.printf(
                "resident +%d KiB, %.1f B per node; used %.1f B, from the system %.1f B%n",
                residentKib() - residentBefore,
                (residentKib() - residentBefore) * 1024.0 / nodes,
                (double) tree.memoryBytes() / nodes,
                (double) tree.systemBytes() / nodes);
        for (int round = 0; round < 3; round++) {
            time("find", this::find);
            time("getData", this::getData);
            time("setData", this::setData);
        }
        time("setData after a freeze", this::setDataFrozen);
        JuteOut snapshot = new JuteOut(nodes * 200);
        time("snapshot", () -> snapshot(snapshot.clear()));
        time("snapshot", () -> snapshot(snapshot.clear()));
        for (int round = 0; round < 3; round++) {
            time("install", () -> install(snapshot));
        }
        time("delete and create", this::deleteAndCreate);
        time("delete and create", this::deleteAndCreate);
        tree.close();
    }

    private void wide() {
        create("/wide");
        for (int i = 0; i < nodes; i++) {
            create("/wide/n" + i);
        }
        ChildNames names = tree.childNames();
        int wide = tree.find(Slice.of("/wide"));
        JuteOut list = new JuteOut(nodes * 16);
        for (int round = 0; round < 12; round++) {
            time("list at once", () -> names.write(wide, list.clear()));
        }
        for (int round = 0; round < 12; round++) {
            time("list step by step", () -> listInSteps(wide));
        }
        tree.close();
    }

    private void listInSteps(int node) {
        try (Listing listing = tree.list(node)) {
            boolean more = true;
            while (more) {
                more = listing.next(32 << 10, out.clear());
            }
        }
    }

    private void create() {
        create("/bench");
        for (int i = 0; i < nodes; i++) {
            if (i % CHILDREN == 0) {
                create("/bench/d" + i / CHILDREN);
            }
            create(path(i));
        }
    }

    private void create(String path) {
        CreateTxn txn = new CreateTxn();
        txn.path.set(Slice.of(path));
        txn.data.set(data, 0, data.length);
        txn.acl.set(AclList.OPEN);
        txn.parentCversion = CreateTxn.PARENT_CVERSION_UNKNOWN;
        apply(txn);
    }

    private void find() {
        Slice path = new Slice();
        byte[][] paths = paths();
        long start = cpuNanos();
        int found = 0;
        for (int i = 0; i < nodes; i++) {
            byte[] bytes = paths[(int) (i * 7919L % paths.length)];
            found += tree.find(path.set(bytes, 0, bytes.length)) != DataTree.NONE ? 1 : 0;
        }
        inner(start, found);
    }

    private void getData() {
        Slice path = new Slice();
        org.quorate.protocol.client.Stat stat = new org.quorate.protocol.client.Stat();
        byte[][] paths = paths();
        long start = cpuNanos();
        for (int i = 0; i < nodes; i++) {
            byte[] bytes = paths[(int) (i * 7919L % paths.length)];
            int node = tree.find(path.set(bytes, 0, bytes.length));
            tree.writeData(node, out.clear());
            tree.stat(node, stat);
            stat.write(out);
        }
        inner(start, nodes);
    }

    private void setData() {
        setData(nodes);
    }

    private void setData(int count) {
        byte[][] paths = paths();
        SetDataTxn txn = new SetDataTxn();
        txn.type = OpCode.SET_DATA;
        txn.data.set(data, 0, data.length);
        byte[][] encoded = new byte[paths.length][];
        for (int i = 0; i < paths.length; i++) {
            txn.path.set(paths[i], 0, paths[i].length);
            encoded[i] = encode(txn);
        }
        long start = cpuNanos();
        for (int i = 0; i < count; i++) {
            record.read(in.wrap(encoded[(int) (i * 7919L % encoded.length)]));
            record.header.zxid = ++zxid;
            tree.apply(record, null);
        }
        inner(start, count);
    }

    private void setDataFrozen() {
        long start = cpuNanos();
        SnapshotSource view = tree.freeze();
        System.out.printf("  freeze %.1f us%n", (cpuNanos() - start) / 1e3);
        setData(nodes);
        view.close();
    }

    private void snapshot(JuteOut to) {
        try (SnapshotSource view = tree.freeze()) {
            new SnapshotEncoder(view).encode(to, Integer.MAX_VALUE / 2);
        }
    }

    private void install(JuteOut snapshot) {
        SnapshotDecoder decoder = new SnapshotDecoder(tree.install(zxid));
        decoder.decode(snapshot.array(), 0, snapshot.size());
        if (!decoder.done()) {
            throw new IllegalStateException("the snapshot has no end");
        }
    }

    private void deleteAndCreate() {
        DeleteTxn txn = new DeleteTxn();
        txn.type = OpCode.DELETE;
        for (int i = 0; i < nodes; i++) {
            String path = path((int) (i * 7919L % nodes));
            txn.path.set(Slice.of(path));
            apply(txn);
            create(path);
        }
    }

    private byte[][] paths() {
        byte[][] paths = new byte[Math.min(nodes, 200_000)][];
        for (int i = 0; i < paths.length; i++) {
            paths[i] = Slice.of(path((int) ((long) i * (nodes / paths.length)))).copy();
        }
        return paths;
    }

    private static String path(int i) {
        return "/bench/d" + i / CHILDREN + "/n" + i;
    }

    private void apply(Txn txn) {
        out.clear();
        new TxnHeader().set(1, 0, ++zxid, 1_795_345_671_621L + zxid, txn.type()).write(out);
        txn.write(out);
        tree.apply(record.read(in.wrap(out.array(), 0, out.size())), null);
    }

    private byte[] encode(Txn txn) {
        out.clear();
        new TxnHeader().set(1, 0, 0, 1_795_345_671_621L + zxid, txn.type()).write(out);
        txn.write(out);
        return out.copy();
    }

    private void inner(long start, int count) {
        System.out.printf("  %.0f ns each%n", (double) (cpuNanos() - start) / count);
    }

    private void time(String what, Runnable action) {
        long start = cpuNanos();
        action.run();
        long nanos = cpuNanos() - start;
        System.out.printf(
                "%-24s %.3f s, %.0f ns per node%n", what, nanos / 1e9, (double) nanos / nodes);
    }

    /** Of this thread: the machine may be busy with other things. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long residentKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }
}

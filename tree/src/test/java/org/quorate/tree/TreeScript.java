package org.quorate.tree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.ImageSource;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/** Feeds transactions to a tree the way a log would: encoded, decoded, applied. */
final class TreeScript {
    final DataTree tree;
    private final TxnRecord record = new TxnRecord();
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);

    /** Hears what happens. */
    TreeListener listener;

    long zxid;
    long nowMillis = 1_000_000;
    long sessionId;

    TreeScript(DataTree tree) {
        this.tree = tree;
    }

    void create(String path, String data) {
        create(path, data, AclList.OPEN, false);
    }

    void create(String path, String data, AclList acl, boolean ephemeral) {
        CreateTxn txn = new CreateTxn();
        txn.path.set(Slice.of(path));
        txn.data.set(Slice.of(data));
        txn.acl.set(acl);
        txn.ephemeral = ephemeral;
        txn.parentCversion = CreateTxn.PARENT_CVERSION_UNKNOWN;
        apply(txn);
    }

    void delete(String path) {
        DeleteTxn txn = new DeleteTxn();
        txn.type = OpCode.DELETE;
        txn.path.set(Slice.of(path));
        apply(txn);
    }

    void setData(String path, String data, int version) {
        SetDataTxn txn = new SetDataTxn();
        txn.type = OpCode.SET_DATA;
        txn.path.set(Slice.of(path));
        txn.data.set(Slice.of(data));
        txn.version = version;
        apply(txn);
    }

    void setAcl(String path, AclList acl, int version) {
        SetAclTxn txn = new SetAclTxn();
        txn.path.set(Slice.of(path));
        txn.acl.set(acl);
        txn.version = version;
        apply(txn);
    }

    void apply(Txn txn) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(sessionId, 0, ++zxid, ++nowMillis, txn.type()).write(out);
        txn.write(out);
        apply(out.copy());
    }

    void apply(byte[] encoded) {
        tree.apply(record.read(in.wrap(encoded)), listener);
    }

    int find(String path) {
        return tree.find(Slice.of(path));
    }

    /** The node's data as text; null if it is null. */
    String data(String path) {
        JuteOut field = new JuteOut();
        tree.writeData(find(path), field);
        Slice data = new Slice();
        new JuteIn(Integer.MAX_VALUE).wrap(field.array(), 0, field.size()).readSlice(data);
        return data.isNull() ? null : data.text();
    }

    String path(int node) {
        JuteOut out = new JuteOut();
        tree.writePath(node, out);
        return Slice.of(out.copy()).text();
    }

    /** Data, stat and list of every node as text, and the sessions: equal trees, equal text. */
    List<String> dump() {
        List<String> lines = new ArrayList<>();
        tree.forEachSession((id, timeout) -> lines.add("session " + id + " " + timeout));
        tree.forEachBelow(tree.root(), node -> lines.add(describe(node)));
        lines.sort(null);
        return lines;
    }

    /** The same, sorted. */
    TreeSet<String> lines() {
        return new TreeSet<>(dump());
    }

    /** A tree of its own with what a frozen view holds, which is closed. */
    static TreeScript copyOf(SnapshotSource view) {
        TreeScript copy = new TreeScript(new DataTree(new TreeOptions(Long.MAX_VALUE, true, true)));
        read(view, copy.tree.install(view.lastZxid()));
        return copy;
    }

    /** The same by way of the view's image. */
    static TreeScript imageOf(SnapshotSource view) {
        TreeScript copy = new TreeScript(new DataTree(new TreeOptions(Long.MAX_VALUE, true, true)));
        takeImage(view, copy.tree);
        return copy;
    }

    /** Moves the memory of a frozen view into a tree, and closes the view. */
    static void takeImage(SnapshotSource view, DataTree into) {
        ImageSource image = view.image();
        ImageSink sink = into.installImage(image.head());
        for (int i = sink.runCount() - 1; i >= 0; i--) {
            ByteBuffer run = sink.run(i);
            for (ByteBuffer page : image.run(i)) {
                run.put(page);
            }
            if (run.hasRemaining()) {
                throw new AssertionError("piece " + i + " is too short");
            }
        }
        sink.end();
        view.close();
    }

    /** The same transactions go on, to a tree that holds the same. */
    TreeScript movedTo(DataTree other) {
        TreeScript moved = new TreeScript(other);
        moved.listener = listener;
        moved.zxid = zxid;
        moved.nowMillis = nowMillis;
        moved.sessionId = sessionId;
        return moved;
    }

    /** Moves what a frozen view holds, in its encoded form, into a sink, and closes the view. */
    static void read(SnapshotSource view, SnapshotSink sink) {
        JuteOut out = new JuteOut();
        new SnapshotEncoder(view).encode(out, Integer.MAX_VALUE / 2);
        SnapshotDecoder decoder = new SnapshotDecoder(sink, 1 << 24);
        decoder.decode(out.array(), 0, out.size());
        if (!decoder.done()) {
            throw new AssertionError("the snapshot has no end");
        }
        view.close();
    }

    private String describe(int node) {
        NodeState s = new NodeState();
        tree.load(node, s);
        JuteOut data = new JuteOut();
        tree.writeData(node, data);
        AclVector acl = new AclVector().set(tree.acls().list(s.aclRef));
        Slice bytes = new Slice();
        new JuteIn(Integer.MAX_VALUE).wrap(data.array(), 0, data.size()).readSlice(bytes);
        return "%s %s %s %x %x %x %d %d %d %d %d %x"
                .formatted(
                        path(node),
                        bytes.isNull() ? "null" : HexFormat.of().formatHex(bytes.copy()),
                        acl.toList().entries(),
                        s.czxid,
                        s.mzxid,
                        s.pzxid,
                        s.ctimeMillis,
                        s.mtimeMillis,
                        s.version,
                        s.cversion,
                        s.aversion,
                        s.ephemeralOwner);
    }
}

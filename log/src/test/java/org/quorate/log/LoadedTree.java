package org.quorate.log;

import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/** A real tree loaded from a store, and what is in it in a form to compare. */
final class LoadedTree implements Store.SinkFactory, Store.TxnConsumer {
    private final TxnRecord txn = new TxnRecord();
    private final JuteIn in = new JuteIn();
    private long digestZxid = -1;
    private long digest;
    private long compared;
    private int images;
    private Store.Recovery recovery;
    private DataTree tree = new DataTree(new TreeOptions(Long.MAX_VALUE, true, true));

    static LoadedTree from(Store store) throws StoreException {
        LoadedTree loaded = new LoadedTree();
        loaded.recovery = store.recover(loaded, loaded, null);
        return loaded;
    }

    /** What the recovery found. */
    Store.Recovery recovery() {
        return recovery;
    }

    DataTree tree() {
        return tree;
    }

    /** How many digests, of transactions and snapshots, the tree was compared with. */
    long compared() {
        return compared;
    }

    @Override
    public SnapshotSink sink(long lastZxid) {
        tree = new DataTree(new TreeOptions(Long.MAX_VALUE, true, true));
        digestZxid = -1;
        return tree.install(lastZxid);
    }

    @Override
    public ImageSink image(Slice head) {
        images++;
        return tree.installImage(head);
    }

    /** How many images were begun to be loaded. */
    int images() {
        return images;
    }

    @Override
    public void digest(long zxid, int version, long treeDigest) {
        digestZxid = zxid;
        digest = treeDigest;
        compareSnapshotDigest(version);
    }

    private void compareSnapshotDigest(int version) {
        if (version == 2 && digestZxid == tree.lastZxid()) {
            compare(digest, "snapshot");
        }
    }

    private void compare(long expected, String what) {
        compared++;
        if (tree.digest() != expected) {
            throw new AssertionError(
                    "%s at 0x%x: digest %d, expected %d"
                            .formatted(what, tree.lastZxid(), tree.digest(), expected));
        }
    }

    @Override
    public void txn(long zxid, Slice bytes) {
        tree.apply(txn.read(in.wrap(bytes)), null);
        compareSnapshotDigest(2);
        // Before a fuzzy snapshot has caught up its digests are of no tree that ever was.
        if (txn.hasDigest() && zxid >= digestZxid) {
            compare(txn.digest.treeDigest, "txn");
        }
    }

    Map<String, Map<String, String>> nodes() {
        Map<String, Map<String, String>> nodes = new TreeMap<>();
        try (SnapshotSource view = tree.freeze()) {
            SnapshotSession session = new SnapshotSession();
            while (view.nextSession(session)) {}
            Map<Long, String> acls = acls(view);
            SnapshotNode node = new SnapshotNode();
            while (view.nextNode(node)) {
                String path = node.path.length() == 0 ? "/" : node.path.text();
                nodes.put(path, fields(node, acls));
            }
        }
        return nodes;
    }

    Map<Long, Integer> sessions() {
        Map<Long, Integer> sessions = new TreeMap<>();
        try (SnapshotSource view = tree.freeze()) {
            SnapshotSession session = new SnapshotSession();
            while (view.nextSession(session)) {
                sessions.put(session.sessionId, session.timeoutMillis);
            }
        }
        return sessions;
    }

    private static Map<Long, String> acls(SnapshotSource view) {
        Map<Long, String> acls = new HashMap<>();
        acls.put(SnapshotNode.ACL_REF_OPEN, "[31:world:anyone]");
        AclVector acl = new AclVector();
        for (long ref = view.nextAcl(acl); ref != 0; ref = view.nextAcl(acl)) {
            StringBuilder text = new StringBuilder("[");
            while (acl.next()) {
                text.append(text.length() > 1 ? ", " : "")
                        .append(acl.perms)
                        .append(':')
                        .append(acl.scheme.text())
                        .append(':')
                        .append(acl.id.text());
            }
            acls.put(ref, text.append(']').toString());
        }
        return acls;
    }

    private static Map<String, String> fields(SnapshotNode node, Map<Long, String> acls) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(
                "data",
                node.data.isNull() ? "null" : Base64.getEncoder().encodeToString(node.data.copy()));
        fields.put("czxid", "0x" + Long.toHexString(node.czxid));
        fields.put("mzxid", "0x" + Long.toHexString(node.mzxid));
        fields.put("pzxid", "0x" + Long.toHexString(node.pzxid));
        fields.put("ctime", String.valueOf(node.ctimeMillis));
        fields.put("mtime", String.valueOf(node.mtimeMillis));
        fields.put("version", String.valueOf(node.version));
        fields.put("cversionPersisted", String.valueOf(node.cversion));
        fields.put("aversion", String.valueOf(node.aversion));
        fields.put("ephemeralOwner", "0x" + Long.toHexString(node.ephemeralOwner));
        fields.put("acl", acls.get(node.aclRef));
        return fields;
    }
}

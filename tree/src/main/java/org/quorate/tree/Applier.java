package org.quorate.tree;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Paths;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CheckTxn;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/**
 * What each transaction does to the tree (disk formats §4), with the asymmetries that make a replay
 * over a fuzzy snapshot end in the right state (§7.1). Owned by the tree's writer.
 */
final class Applier {
    private final DataTree tree;
    private final NodeState before = new NodeState();
    private final NodeState after = new NodeState();
    private final Slice parentPath = new Slice();
    private final Slice name = new Slice();
    private final Slice doomedPath = new Slice();
    private final ErrorTxn rolledBack = new ErrorTxn();
    private final JuteOut pathOut = new JuteOut(256);
    private @Nullable TreeListener listener;

    Applier(DataTree tree) {
        this.tree = tree;
    }

    void apply(TxnRecord txn, @Nullable TreeListener listener) {
        this.listener = listener;
        if (txn.txn() instanceof MultiTxn multi) {
            applyMulti(txn.header, multi);
        } else {
            applyOne(txn.header, 0, txn.txn());
        }
        this.listener = null;
    }

    /** If any operation is an error nothing happens; those before it are told as undone. */
    private void applyMulti(TxnHeader header, MultiTxn multi) {
        boolean behindTheError = false;
        int index = 0;
        for (multi.rewind(); multi.next(); index++) {
            if (!multi.failed()) {
                applyOne(header, index, multi.op());
            } else if (multi.op() instanceof ErrorTxn error) {
                behindTheError |= error.err != ErrorCode.OK;
                done(index, error, error.err, DataTree.NONE);
            } else {
                rolledBack.err = behindTheError ? ErrorCode.RUNTIME_INCONSISTENCY : ErrorCode.OK;
                done(index, rolledBack, rolledBack.err, DataTree.NONE);
            }
        }
    }

    private void applyOne(TxnHeader header, int index, Txn op) {
        switch (op) {
            case CreateTxn create -> create(header, index, create);
            case DeleteTxn delete -> {
                int err = delete(delete.path, header.zxid);
                done(index, op, err, DataTree.NONE);
            }
            case SetDataTxn setData -> setData(header, index, setData);
            case SetAclTxn setAcl -> setAcl(index, setAcl);
            case CreateSessionTxn session -> {
                tree.sessions().put(header.sessionId, session.timeoutMillis);
                done(index, op, ErrorCode.OK, DataTree.NONE);
            }
            case CloseSessionTxn close -> closeSession(header, index, close);
            case ErrorTxn error -> done(index, op, error.err, DataTree.NONE);
            case CheckTxn check -> done(index, op, ErrorCode.OK, tree.find(check.path));
            case MultiTxn multi -> throw new IllegalStateException("a multi inside a multi");
        }
    }

    private void create(TxnHeader header, int index, CreateTxn txn) {
        int parent = findParent(txn.path);
        if (parent == DataTree.NONE) {
            done(index, txn, ErrorCode.NO_NODE, DataTree.NONE);
            return;
        }
        int existing = tree.store().find(parent, name.array(), name.from(), name.length());
        if (existing != DataTree.NONE) {
            replaceAcl(existing, txn.acl);
            if (txn.type == OpCode.CREATE) {
                raiseParent(parent, txn.parentCversion, header.zxid);
            }
            done(index, txn, ErrorCode.NODE_EXISTS, DataTree.NONE);
            return;
        }
        raiseParent(parent, txn.parentCversion, header.zxid);
        after.set(new NodeState());
        after.czxid = header.zxid;
        after.mzxid = header.zxid;
        after.pzxid = header.zxid;
        after.ctimeMillis = header.timeMillis;
        after.mtimeMillis = header.timeMillis;
        after.ephemeralOwner = owner(header, txn);
        after.aclRef = tree.acls().use(txn.acl);
        int node = tree.plant(parent, txn.path, name, txn.data, after);
        noteQuotaNode(txn.path, true);
        count(txn.path, 1, txn.data.length());
        if (listener != null) {
            listener.created(txn.path, node, parent);
        }
        done(index, txn, ErrorCode.OK, node);
    }

    private static long owner(TxnHeader header, CreateTxn txn) {
        return switch (txn.type) {
            case OpCode.CREATE_CONTAINER -> Owner.CONTAINER;
            case OpCode.CREATE_TTL -> Owner.ofTtl(txn.ttlMillis);
            default -> txn.ephemeral ? header.sessionId : Owner.NONE;
        };
    }

    /** A create counts for its parent unless the parent has it already. */
    private void raiseParent(int parent, int toCversion, long zxid) {
        tree.load(parent, before);
        int cversion =
                toCversion == CreateTxn.PARENT_CVERSION_UNKNOWN ? before.cversion + 1 : toCversion;
        if (cversion > before.cversion) {
            after.set(before);
            after.cversion = cversion;
            after.pzxid = zxid;
            tree.change(parentPath, before, parent, after);
        }
    }

    private int delete(Slice path, long zxid) {
        int parent = findParent(path);
        if (parent == DataTree.NONE) {
            return ErrorCode.NO_NODE;
        }
        int node = tree.store().find(parent, name.array(), name.from(), name.length());
        tree.load(parent, before);
        if (zxid > before.pzxid) {
            after.set(before);
            after.pzxid = zxid;
            tree.change(parentPath, before, parent, after);
        }
        if (node == DataTree.NONE) {
            return ErrorCode.NO_NODE;
        }
        if (tree.firstChild(node) != DataTree.NONE) {
            deleteBelow(node);
        }
        tree.load(node, before);
        noteQuotaNode(path, false);
        count(path, -1, -before.dataLength);
        if (listener != null) {
            listener.deleted(path, node, parent);
        }
        tree.load(node, before);
        tree.uproot(path, node, before);
        return ErrorCode.OK;
    }

    /**
     * Only while a fuzzy snapshot is caught up can a deleted node have children: they came after it
     * was made again, and the log that is being replayed makes them again.
     */
    private void deleteBelow(int top) {
        int node = tree.firstChild(top);
        while (node != top) {
            int child = tree.firstChild(node);
            if (child != DataTree.NONE) {
                node = child;
                continue;
            }
            int next = tree.nextSibling(node);
            int parent = tree.parent(node);
            pathOut.clear();
            tree.writePath(node, pathOut);
            doomedPath.set(pathOut.array(), 0, pathOut.size());
            tree.load(node, before);
            count(doomedPath, -1, -before.dataLength);
            tree.load(node, before);
            tree.uproot(doomedPath, node, before);
            node = next != DataTree.NONE ? next : parent;
        }
    }

    private void setData(TxnHeader header, int index, SetDataTxn txn) {
        int node = tree.find(txn.path);
        if (node == DataTree.NONE) {
            done(index, txn, ErrorCode.NO_NODE, DataTree.NONE);
            return;
        }
        tree.load(node, before);
        int lengthBefore = before.dataLength;
        after.set(before);
        after.mzxid = header.zxid;
        after.mtimeMillis = header.timeMillis;
        after.version = txn.version;
        after.prefixCrc = tree.options().digest() ? Digest.prefixCrc(txn.path, txn.data) : 0;
        tree.change(txn.path, before, node, after);
        tree.replaceData(node, txn.data);
        count(txn.path, 0, txn.data.length() - lengthBefore);
        if (listener != null) {
            listener.dataChanged(txn.path, node);
        }
        done(index, txn, ErrorCode.OK, node);
    }

    private void setAcl(int index, SetAclTxn txn) {
        int node = tree.find(txn.path);
        if (node == DataTree.NONE) {
            done(index, txn, ErrorCode.NO_NODE, DataTree.NONE);
            return;
        }
        replaceAcl(node, txn.acl);
        tree.load(node, before);
        after.set(before);
        after.aversion = txn.version;
        tree.change(txn.path, before, node, after);
        done(index, txn, ErrorCode.OK, node);
    }

    private void replaceAcl(int node, AclVector acl) {
        tree.load(node, before);
        int old = before.aclRef;
        before.aclRef = tree.acls().use(acl);
        tree.store().store(node, before);
        tree.acls().release(old);
    }

    private void closeSession(TxnHeader header, int index, CloseSessionTxn txn) {
        for (txn.paths.rewind(); txn.paths.next(); ) {
            delete(txn.paths.path, header.zxid);
        }
        Sessions sessions = tree.sessions();
        for (int node = sessions.anyEphemeral(header.sessionId);
                node != DataTree.NONE;
                node = sessions.anyEphemeral(header.sessionId)) {
            JuteOut out = new JuteOut(64);
            tree.writePath(node, out);
            delete(new Slice().set(out.array(), 0, out.size()), header.zxid);
        }
        sessions.remove(header.sessionId);
        done(index, txn, ErrorCode.OK, DataTree.NONE);
    }

    /** Fills {@link #parentPath} and {@link #name}. */
    private int findParent(Slice path) {
        if (path.length() < 2 || path.at(0) != '/') {
            return DataTree.NONE;
        }
        Paths.parent(path, parentPath);
        Paths.name(path, name);
        return name.length() == 0 ? DataTree.NONE : tree.find(parentPath);
    }

    // ---- quotas

    private void noteQuotaNode(Slice path, boolean exists) {
        if (!Quotas.isQuotaPath(path)) {
            return;
        }
        String text = path.text();
        String limited = Quotas.subject(text, Quotas.LIMITS);
        if (limited != null) {
            if (exists) {
                tree.quotas().limit(limited);
            } else {
                tree.quotas().unlimit(limited);
            }
        }
        String counted = Quotas.subject(text, Quotas.STATS);
        if (counted != null && exists) {
            countSubtree(counted);
        }
    }

    /** Whatever was written into a stats node, it shows what is there. */
    void countSubtree(String subject) {
        int top = tree.find(Slice.of(subject));
        long nodes = 0;
        long bytes = 0;
        for (int node = top; node != DataTree.NONE; node = tree.nextBelow(node, top)) {
            tree.load(node, before);
            nodes++;
            bytes += before.dataLength;
        }
        showUsage(subject, nodes, bytes);
    }

    private void count(Slice path, int nodes, int bytes) {
        if (tree.quotas().isEmpty() || nodes == 0 && bytes == 0) {
            return;
        }
        DataTree.Quota quota = tree.quota(path);
        if (quota != null) {
            showUsage(quota.path(), quota.count() + nodes, quota.bytes() + bytes);
        }
    }

    private void showUsage(String subject, long nodes, long bytes) {
        int stats = tree.find(Slice.of(Quotas.ROOT + subject + "/" + Quotas.STATS));
        if (stats != DataTree.NONE) {
            tree.replaceData(stats, Quotas.stats(nodes, bytes));
        }
    }

    private void done(int index, Txn op, int err, int node) {
        if (listener != null) {
            listener.done(index, op, err, node);
        }
    }
}

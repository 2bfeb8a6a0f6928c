package org.quorate.tree;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
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
    private static final int NONE = DataTree.NONE;

    private final DataTree tree;
    private final NodeStore nodes;
    private final Finder finder;
    private final Draft draft = new Draft();
    private final Draft parentDraft = new Draft();
    private final Slice name = new Slice();
    private final Slice ownPath = new Slice();
    private final JuteOut pathOut = new JuteOut(256);
    private final ErrorTxn rolledBack = new ErrorTxn();
    private @Nullable TreeListener listener;

    Applier(DataTree tree, NodeStore nodes) {
        this.tree = tree;
        this.nodes = nodes;
        this.finder = new Finder(nodes);
    }

    void apply(TxnRecord txn, @Nullable TreeListener newListener) {
        listener = newListener;
        if (txn.txn() instanceof MultiTxn multi) {
            applyMulti(txn.header, multi);
        } else {
            applyOne(txn.header, 0, txn.txn());
        }
        listener = null;
    }

    /** If any operation is an error nothing happens; those before it are told as undone. */
    private void applyMulti(TxnHeader header, MultiTxn multi) {
        boolean behindTheError = false;
        int index = 0;
        for (multi.rewind(); multi.next(); index++) {
            if (!multi.failed()) {
                applyOne(header, index, multi.op());
            } else if (multi.op() instanceof ErrorTxn error) {
                behindTheError = true;
                done(index, error, error.err, NONE);
            } else {
                rolledBack.err = behindTheError ? ErrorCode.RUNTIME_INCONSISTENCY : ErrorCode.OK;
                done(index, rolledBack, rolledBack.err, NONE);
            }
        }
    }

    private void applyOne(TxnHeader header, int index, Txn op) {
        switch (op) {
            case CreateTxn create -> create(header, index, create);
            case DeleteTxn delete -> done(index, op, delete(delete.path, header.zxid), NONE);
            case SetDataTxn setData -> setData(header, index, setData);
            case SetAclTxn setAcl -> setAcl(index, setAcl);
            case CreateSessionTxn session -> {
                tree.sessions().put(header.sessionId, session.timeoutMillis);
                done(index, op, ErrorCode.OK, NONE);
            }
            case CloseSessionTxn close -> closeSession(header, index, close);
            case ErrorTxn error -> done(index, op, error.err, NONE);
            case CheckTxn check -> done(index, op, ErrorCode.OK, tree.find(check.path));
            case MultiTxn multi -> throw new IllegalStateException("a multi inside a multi");
        }
    }

    private void create(TxnHeader header, int index, CreateTxn txn) {
        int parent = findParent(txn.path);
        if (parent == NONE) {
            done(index, txn, ErrorCode.NO_NODE, NONE);
            return;
        }
        int existing = nodes.child(parent, name.array(), name.from(), name.length());
        if (existing != NONE) {
            replaceAcl(existing, txn.acl);
            if (txn.type == OpCode.CREATE) {
                raiseParent(parent, txn.parentCversion, header.zxid);
            }
            done(index, txn, ErrorCode.NODE_EXISTS, NONE);
            return;
        }
        int node = make(header, parent, txn);
        tree.quotas().created(txn.path);
        tree.quotas().count(txn.path, 1, txn.data.length());
        if (listener != null) {
            listener.created(txn.path, node, parent);
        }
        done(index, txn, ErrorCode.OK, node);
    }

    private int make(TxnHeader header, int parent, CreateTxn txn) {
        boolean local = !Digest.covers(txn.path);
        draft.blank(parent, local);
        NodeState state = draft.state;
        state.czxid = header.zxid;
        state.mzxid = header.zxid;
        state.pzxid = header.zxid;
        state.ctimeMillis = header.timeMillis;
        state.mtimeMillis = header.timeMillis;
        state.ephemeralOwner = owner(header, txn);
        state.aclRef = tree.acls().use(txn.acl);
        tree.addDigest(draft, txn.path, txn.data);

        parentDraft.load(nodes, parent);
        tree.subtractStat(parentDraft);
        raise(parentDraft, txn.parentCversion, header.zxid);
        int node = nodes.create(draft, parentDraft, name, txn.data);
        saveStat(parentDraft);
        tree.dataBytes(txn.path.length() + txn.data.length());
        tree.sessions().own(node, state.ephemeralOwner);
        return node;
    }

    private static long owner(TxnHeader header, CreateTxn txn) {
        return switch (txn.type) {
            case OpCode.CREATE_CONTAINER -> Owner.CONTAINER;
            case OpCode.CREATE_TTL -> Owner.ofTtl(txn.ttlMillis);
            default -> txn.ephemeral ? header.sessionId : Owner.NONE;
        };
    }

    /** A create counts for its parent unless the parent has it already. */
    private static void raise(Draft parent, int toCversion, long zxid) {
        NodeState state = parent.state;
        int cversion =
                toCversion == CreateTxn.PARENT_CVERSION_UNKNOWN ? state.cversion + 1 : toCversion;
        if (cversion > state.cversion) {
            state.cversion = cversion;
            state.pzxid = zxid;
        }
    }

    private void raiseParent(int parent, int toCversion, long zxid) {
        parentDraft.load(nodes, parent);
        tree.subtractStat(parentDraft);
        raise(parentDraft, toCversion, zxid);
        saveStat(parentDraft);
    }

    /** Saves a draft whose stat was taken out of the digest, and counts it in again. */
    private void saveStat(Draft changed) {
        tree.addStat(changed);
        nodes.save(changed);
    }

    /**
     * @return 0 or why nothing was deleted
     */
    private int delete(Slice path, long zxid) {
        int parent = findParent(path);
        if (parent == NONE) {
            return ErrorCode.NO_NODE;
        }
        int node = nodes.child(parent, name.array(), name.from(), name.length());
        if (node == NONE) {
            parentDraft.load(nodes, parent);
            raisePzxid(zxid);
            return ErrorCode.NO_NODE;
        }
        if (listener != null) {
            listener.deleted(path, node, parent);
        }
        if (nodes.childCount(node) > 0) {
            deleteBelow(node);
        }
        remove(path, node, parent, zxid);
        return ErrorCode.OK;
    }

    /**
     * @param zxid of the change; 0 to leave the parent's stat alone
     */
    private void remove(Slice path, int node, int parent, long zxid) {
        tree.quotas().deleted(path);
        draft.load(nodes, node);
        tree.sessions()
                .disown(node, draft.state.ephemeralOwner); // first: the parent may be a neighbour
        tree.acls().release(draft.state.aclRef);
        tree.subtractDigest(draft);
        tree.dataBytes(-path.length() - draft.state.dataLength);
        parentDraft.load(nodes, parent);
        int bytes = draft.state.dataLength;
        nodes.remove(draft, parentDraft);
        raisePzxid(zxid);
        tree.quotas().count(path, -1, -bytes);
    }

    private void raisePzxid(long zxid) {
        tree.subtractStat(parentDraft);
        parentDraft.state.pzxid = Math.max(parentDraft.state.pzxid, zxid);
        saveStat(parentDraft);
    }

    /**
     * Only while a fuzzy snapshot is caught up can a deleted node have children: they came after it
     * was made again, and the log that is being replayed makes them again.
     */
    private void deleteBelow(int top) {
        Slice path = new Slice();
        JuteOut out = new JuteOut(256);
        int node = nodes.firstChild(top);
        while (node != top) {
            int child = nodes.firstChild(node);
            if (child != NONE) {
                node = child;
                continue;
            }
            int parent = nodes.parent(node);
            nodes.writePath(node, out.clear());
            remove(path.set(out.array(), 0, out.size()), node, parent, 0);
            int next = nodes.firstChild(parent);
            node = next != NONE ? next : parent;
        }
    }

    private void setData(TxnHeader header, int index, SetDataTxn txn) {
        int node = finder.find(txn.path);
        if (node == NONE) {
            done(index, txn, ErrorCode.NO_NODE, NONE);
            return;
        }
        draft.load(nodes, node);
        tree.subtractDigest(draft);
        NodeState state = draft.state;
        int more = txn.data.length() - state.dataLength;
        state.mzxid = header.zxid;
        state.mtimeMillis = header.timeMillis;
        state.version = txn.version;
        tree.addDigest(draft, txn.path, txn.data);
        nodes.save(draft, txn.data);
        tree.dataBytes(more);
        tree.quotas().count(txn.path, 0, more);
        if (listener != null) {
            listener.dataChanged(txn.path, node);
        }
        done(index, txn, ErrorCode.OK, node);
    }

    private void setAcl(int index, SetAclTxn txn) {
        int node = finder.find(txn.path);
        if (node == NONE) {
            done(index, txn, ErrorCode.NO_NODE, NONE);
            return;
        }
        int before = draft.load(nodes, node).state.aclRef;
        tree.subtractStat(draft);
        draft.state.aclRef = tree.acls().use(txn.acl);
        draft.state.aversion = txn.version;
        saveStat(draft);
        tree.acls().release(before);
        done(index, txn, ErrorCode.OK, node);
    }

    private void replaceAcl(int node, AclVector acl) {
        int before = draft.load(nodes, node).state.aclRef;
        draft.state.aclRef = tree.acls().use(acl);
        nodes.save(draft);
        tree.acls().release(before);
    }

    private void closeSession(TxnHeader header, int index, CloseSessionTxn txn) {
        for (txn.paths.rewind(); txn.paths.next(); ) {
            delete(txn.paths.path, header.zxid);
        }
        int left = tree.sessions().firstEphemeral(header.sessionId);
        while (left != NONE) {
            nodes.writePath(left, pathOut.clear());
            delete(ownPath.set(pathOut.array(), 0, pathOut.size()), header.zxid);
            left = tree.sessions().firstEphemeral(header.sessionId);
        }
        tree.sessions().remove(header.sessionId);
        done(index, txn, ErrorCode.OK, NONE);
    }

    /** Finds the parent and fills {@link #name}. */
    private int findParent(Slice path) {
        byte[] bytes = path.array();
        int slash = path.to() - 1;
        while (slash >= path.from() && bytes[slash] != '/') {
            slash--;
        }
        if (slash < path.from() || slash == path.to() - 1) {
            return NONE;
        }
        name.set(bytes, slash + 1, path.to() - slash - 1);
        return finder.findParent(bytes, path.from(), slash);
    }

    private void done(int index, Txn op, int err, int node) {
        if (listener != null) {
            listener.done(index, op, err, node);
        }
    }
}

package org.quorate.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnRecord;

/**
 * All znodes at all times, by an obvious model: what each transaction makes of each path. Reads and
 * events of clients are compared with it. Sessions and their ephemerals too.
 */
final class Znodes {
    /** What happens to a path. */
    enum Kind {
        CREATED,
        DELETED,
        DATA,
        CHILDREN
    }

    /** One change, and how the znode is behind it. */
    record Change(
            long zxid,
            int index,
            String path,
            Kind kind,
            boolean exists,
            long czxid,
            long mzxid,
            long pzxid,
            int version,
            int children,
            long owner,
            int dataHash) {}

    private final List<Change> changes = new ArrayList<>();
    private final Map<String, List<Change>> byPath = new HashMap<>();
    private final Map<Long, TreeSet<String>> ephemerals = new HashMap<>();
    private final TreeSet<Long> sessions = new TreeSet<>();

    /** All changes in order. */
    List<Change> changes() {
        return changes;
    }

    /** The last change of a path that is not behind {@code zxid}; null if there was none. */
    @Nullable Change at(String path, long zxid) {
        List<Change> all = byPath.get(path);
        if (all == null) {
            return null;
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).zxid <= zxid) {
                return all.get(i);
            }
        }
        return null;
    }

    /**
     * The first change of one of the kinds behind {@code zxid}.
     *
     * @param children look for what fires a watch on children, else for what fires one on the znode
     */
    @Nullable Change firstBehind(String path, long zxid, boolean children) {
        List<Change> all = byPath.get(path);
        if (all == null) {
            return null;
        }
        int from = all.size();
        while (from > 0 && all.get(from - 1).zxid > zxid) {
            from--;
        }
        for (int i = from; i < all.size(); i++) {
            Kind kind = all.get(i).kind;
            if (children ? kind == Kind.CHILDREN || kind == Kind.DELETED : kind != Kind.CHILDREN) {
                return all.get(i);
            }
        }
        return null;
    }

    boolean exists(String path) {
        Change last = last(path);
        return last != null && last.exists;
    }

    /** The sessions that are open. */
    Set<Long> sessions() {
        return sessions;
    }

    /** How many ephemerals there are. */
    int ephemeralCount() {
        return ephemerals.values().stream().mapToInt(TreeSet::size).sum();
    }

    // ---- applying

    void apply(TxnRecord record) {
        long zxid = record.header.zxid;
        long session = record.header.sessionId;
        if (record.txn() instanceof MultiTxn multi) {
            if (!multi.failed()) {
                multi.rewind();
                while (multi.next()) {
                    apply(zxid, session, multi.op());
                }
            }
        } else {
            if (record.header.type == OpCode.DELETE_CONTAINER
                    && record.txn() instanceof DeleteTxn sweep) {
                checkOwner(zxid, sweep.path.text(), 0);
            }
            apply(zxid, session, record.txn());
        }
    }

    /** Nobody's ephemeral goes but by a delete that somebody asked for, or with its session. */
    private void checkOwner(long zxid, String path, long owner) {
        Change now = last(path);
        if (now != null && now.exists && now.owner != owner) {
            throw new SimulationFailure(
                    "0x%x deletes %s, the ephemeral of session 0x%x, for 0x%x",
                    zxid, path, now.owner, owner);
        }
    }

    private void apply(long zxid, long session, Txn txn) {
        switch (txn) {
            case CreateTxn create -> create(zxid, session, create);
            case DeleteTxn delete -> delete(zxid, delete.path.text());
            case SetDataTxn setData -> setData(zxid, setData);
            case CreateSessionTxn _ -> sessions.add(session);
            case CloseSessionTxn close -> closeSession(zxid, session, close);
            default -> {} // changes no znode that is looked at here
        }
    }

    private void create(long zxid, long session, CreateTxn create) {
        String path = create.path.text();
        long owner = create.ephemeral ? session : 0;
        if (create.ephemeral) {
            if (!sessions.contains(session)) {
                throw new SimulationFailure(
                        "0x%x makes the ephemeral %s of session 0x%x, which is over",
                        zxid, path, session);
            }
            ephemerals.computeIfAbsent(session, _ -> new TreeSet<>()).add(path);
        }
        if (exists(path)) {
            throw new SimulationFailure("0x%x makes %s, which is there", zxid, path);
        }
        add(
                new Change(
                        zxid,
                        changes.size(),
                        path,
                        Kind.CREATED,
                        true,
                        zxid,
                        zxid,
                        zxid,
                        0,
                        0,
                        owner,
                        hash(create.data)));
        childOf(path, zxid, 1);
    }

    private void delete(long zxid, String path) {
        Change now = last(path);
        if (now == null || !now.exists) {
            return;
        }
        if (now.owner != 0) {
            TreeSet<String> owned = ephemerals.get(now.owner);
            if (owned != null) {
                owned.remove(path);
            }
        }
        add(
                new Change(
                        zxid,
                        changes.size(),
                        path,
                        Kind.DELETED,
                        false,
                        now.czxid,
                        now.mzxid,
                        now.pzxid,
                        now.version,
                        0,
                        0,
                        0));
        childOf(path, zxid, -1);
    }

    private void setData(long zxid, SetDataTxn setData) {
        String path = setData.path.text();
        Change now = last(path);
        if (now == null || !now.exists) {
            return; // the configuration, which is nobody's child here
        }
        // −1 too follows on −2; the writes of a lone server were more than are in its log.
        if (setData.version != now.version + 1 && Zxid.epoch(zxid) > 0) {
            throw new SimulationFailure(
                    "0x%x makes version %d of %s, of which there was version %d",
                    zxid, setData.version, path, now.version);
        }
        add(
                new Change(
                        zxid,
                        changes.size(),
                        path,
                        Kind.DATA,
                        true,
                        now.czxid,
                        zxid,
                        now.pzxid,
                        setData.version,
                        now.children,
                        now.owner,
                        hash(setData.data)));
    }

    private void childOf(String path, long zxid, int more) {
        String parent = parent(path);
        Change now = last(parent);
        if (now == null) {
            now = new Change(0, 0, parent, Kind.CREATED, true, 0, 0, 0, 0, 0, 0, 0);
        }
        add(
                new Change(
                        zxid,
                        changes.size(),
                        parent,
                        Kind.CHILDREN,
                        now.exists,
                        now.czxid,
                        now.mzxid,
                        zxid,
                        now.version,
                        now.children + more,
                        now.owner,
                        now.dataHash));
    }

    private void closeSession(long zxid, long session, CloseSessionTxn close) {
        close.paths.rewind();
        while (close.paths.next()) {
            checkOwner(zxid, close.paths.path.text(), session);
            delete(zxid, close.paths.path.text());
        }
        TreeSet<String> left = ephemerals.remove(session);
        if (left != null) {
            for (String path : new ArrayList<>(left)) {
                delete(zxid, path);
            }
        }
        sessions.remove(session);
    }

    private void add(Change change) {
        changes.add(change);
        byPath.computeIfAbsent(change.path, _ -> new ArrayList<>()).add(change);
    }

    private @Nullable Change last(String path) {
        List<Change> all = byPath.get(path);
        return all == null ? null : all.get(all.size() - 1);
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static int hash(Slice data) {
        return data.isNull() ? 0 : Arrays.hashCode(data.copy());
    }
}

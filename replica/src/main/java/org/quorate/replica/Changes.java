package org.quorate.replica;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.Digest;
import org.quorate.tree.Finder;
import org.quorate.tree.NameHash;
import org.quorate.tree.NodeState;

/**
 * The outstanding changes: what transactions that are proposed but not yet applied will make of the
 * tree. Requests are checked against this first and the tree second, so they see everything queued
 * before them. Also keeps the digest that the tree will have. Owned by the core thread, used while
 * this server leads. No allocation in the steady state.
 *
 * <p>One turn: {@link #begin}, any number of {@link #edit} or {@link #make} each closed by {@code
 * done} before the next, and then either nothing or {@link #rollBack}.
 */
final class Changes {
    private static final int BUCKETS_MIN = 256;
    private static final int POOL_MAX = 4096;

    private final DataTree tree;
    private final Finder finder;
    private final boolean digesting;
    private final Digest digests = new Digest();

    /** Clients choose paths, and must not be able to choose some that lie in one bucket. */
    private final NameHash hash;

    // Pending changes by path; chained.
    private @Nullable Change[] buckets = new @Nullable Change[BUCKETS_MIN];
    private int size;

    // A ring of which transaction touched which change, oldest first.
    private long[] ringZxids = new long[BUCKETS_MIN];
    private @Nullable Change[] ring = new @Nullable Change[BUCKETS_MIN];
    private int ringHead;
    private int ringCount;

    // What the current transaction found, to be put back by a rollback.
    private Change[] found = new Change[0];
    private int foundCount;
    private int ringCountAtBegin;
    private long digestAtBegin;

    private long zxid;
    private long digest;
    private long collector;

    /** Whether an ephemeral may be among the outstanding creates. */
    private boolean ephemeralsPending;

    private @Nullable Change pool;
    private int poolSize;

    Changes(DataTree tree) {
        this.tree = tree;
        this.finder = tree.finder();
        this.digesting = tree.keepsDigest();
        this.hash = new NameHash(tree.hashSeed());
    }

    /** Nothing is outstanding: a term begins, or has ended. */
    void clear() {
        while (ringCount > 0) {
            release();
        }
        foundCount = 0;
        digest = digesting ? tree.digest() : 0;
    }

    boolean isEmpty() {
        return ringCount == 0;
    }

    /** Digest of the tree once everything that was prepared is applied. */
    long digest() {
        return digest;
    }

    /** Starts a transaction. */
    void begin(long newZxid) {
        zxid = newZxid;
        foundCount = 0;
        ringCountAtBegin = ringCount;
        digestAtBegin = digest;
    }

    long zxid() {
        return zxid;
    }

    /** Undoes everything since {@link #begin}. */
    void rollBack() {
        while (ringCount > ringCountAtBegin) {
            ringCount--;
            int last = ringHead + ringCount & ring.length - 1;
            Change change = at(last);
            ring[last] = null;
            Change before = found[--foundCount];
            change.set(before);
            drop(change);
        }
        digest = digestAtBegin;
    }

    /** Everything up to this transaction is applied. */
    void applied(long appliedZxid) {
        while (ringCount > 0 && ringZxids[ringHead] <= appliedZxid) {
            release();
        }
    }

    /**
     * The znode as the next transaction will find it.
     *
     * @param scratch filled if there is no change outstanding; belongs to the caller
     * @return the pending change or {@code scratch}; null if there is no such znode
     */
    @Nullable Change look(Slice path, Change scratch) {
        int hashed = hash.of(path);
        Change pending = find(path, hashed);
        if (pending != null) {
            return pending.exists ? pending : null;
        }
        int node = finder.find(path);
        if (node == DataTree.NONE) {
            return null;
        }
        tree.load(node, scratch.state);
        scratch.exists = true;
        scratch.hash = hashed;
        scratch.isPending = false;
        scratch.acl = tree.acls().list(scratch.state.aclRef);
        return scratch;
    }

    /**
     * Begins to change a znode that {@link #look} has found.
     *
     * @return to be changed, and then given to {@link #done}
     */
    Change edit(Change seen, Slice path) {
        Change change = seen;
        if (!seen.isPending) {
            change = insert(path, seen.hash);
            change.set(seen);
        }
        touch(change);
        count(change, -1);
        return change;
    }

    /** Begins to make a znode that {@link #look} has not found; its state is blank. */
    Change make(Slice path) {
        int hashed = hash.of(path);
        Change change = find(path, hashed);
        if (change == null) {
            change = insert(path, hashed);
        }
        touch(change);
        change.exists = true;
        clear(change.state);
        return change;
    }

    /** Ends what {@link #edit} began, the data being what they were. */
    void done(Change change) {
        if (isDigested(change)) {
            NodeState before = found[foundCount - 1].state;
            change.state.digest ^= digests.stat(before) ^ digests.stat(change.state);
        }
        count(change, 1);
    }

    /** Ends what {@link #edit} or {@link #make} began, with new data. */
    void done(Change change, Slice path, Slice data) {
        ephemeralsPending |= change.state.ephemeralOwner != 0;
        if (isDigested(change)) {
            change.state.digest = digests.node(path, data, change.state);
        }
        count(change, 1);
    }

    /** Hears paths; they are valid during the call. */
    interface PathVisitor {
        void path(Slice path);
    }

    /** The ephemerals that a session will own, each once. The visitor must not change anything. */
    void forEachEphemeral(long sessionId, PathVisitor visitor) {
        collector++;
        long mark = collector;
        Slice path = new Slice();
        JuteOut bytes = new JuteOut();
        tree.forEachEphemeral(
                sessionId,
                node -> {
                    tree.writePath(node, bytes.clear());
                    path.set(bytes.array(), 0, bytes.size());
                    Change pending = find(path, hash.of(path));
                    if (pending == null || isEphemeralOf(sessionId, pending)) {
                        visitor.path(path);
                    }
                    if (pending != null) {
                        pending.collectedBy = mark;
                    }
                });
        for (int i = 0; ephemeralsPending && i < ringCount; i++) {
            Change change = at(ringHead + i & ring.length - 1);
            if (change.collectedBy != mark && isEphemeralOf(sessionId, change)) {
                change.collectedBy = mark;
                change.pathInto(path);
                visitor.path(path);
            }
        }
    }

    private static boolean isEphemeralOf(long sessionId, Change change) {
        return change.exists && change.state.ephemeralOwner == sessionId;
    }

    private void count(Change change, int sign) {
        if (isDigested(change)) {
            digest += sign * Integer.toUnsignedLong(change.state.digest);
        }
    }

    private boolean isDigested(Change change) {
        return digesting && change.digested && change.exists;
    }

    private void touch(Change change) {
        if (foundCount == found.length) {
            int from = found.length;
            found = Arrays.copyOf(found, Math.max(16, 2 * from));
            for (int i = from; i < found.length; i++) {
                found[i] = new Change();
            }
        }
        found[foundCount++].set(change);
        if (ringCount == ring.length) {
            growRing();
        }
        int last = ringHead + ringCount & ring.length - 1;
        ring[last] = change;
        ringZxids[last] = zxid;
        ringCount++;
        change.touches++;
    }

    private void growRing() {
        @Nullable Change[] changes = new @Nullable Change[2 * ring.length];
        long[] zxids = new long[changes.length];
        for (int i = 0; i < ringCount; i++) {
            int from = ringHead + i & ring.length - 1;
            changes[i] = at(from);
            zxids[i] = ringZxids[from];
        }
        ring = changes;
        ringZxids = zxids;
        ringHead = 0;
    }

    private void release() {
        Change change = at(ringHead);
        ring[ringHead] = null;
        ringHead = ringHead + 1 & ring.length - 1;
        ringCount--;
        ephemeralsPending &= ringCount > 0;
        drop(change);
    }

    /** Takes one touch back; the last one takes the change out. */
    private void drop(Change change) {
        if (--change.touches > 0) {
            return;
        }
        int bucket = change.hash & buckets.length - 1;
        Change before = null;
        for (Change c = buckets[bucket]; c != change; c = c.bucketNext) {
            if (c == null) {
                throw new IllegalStateException("a pending change is in no bucket");
            }
            before = c;
        }
        if (before == null) {
            buckets[bucket] = change.bucketNext;
        } else {
            before.bucketNext = change.bucketNext;
        }
        size--;
        change.clear();
        if (poolSize < POOL_MAX) {
            change.bucketNext = pool;
            pool = change;
            poolSize++;
        }
    }

    private Change at(int index) {
        Change change = ring[index];
        if (change == null) {
            throw new IllegalStateException("no change at " + index);
        }
        return change;
    }

    private @Nullable Change find(Slice path, int hashed) {
        Change change = buckets[hashed & buckets.length - 1];
        while (change != null && (change.hash != hashed || !change.hasPath(path))) {
            change = change.bucketNext;
        }
        return change;
    }

    private Change insert(Slice path, int hashed) {
        if (size > buckets.length) {
            rehash();
        }
        Change change = pool;
        if (change == null) {
            change = new Change();
        } else {
            pool = change.bucketNext;
            poolSize--;
        }
        change.path(path);
        change.hash = hashed;
        change.isPending = true;
        change.exists = false;
        change.acl = AclList.OPEN;
        change.digested = Digest.covers(path);
        int bucket = hashed & buckets.length - 1;
        change.bucketNext = buckets[bucket];
        buckets[bucket] = change;
        size++;
        return change;
    }

    private void rehash() {
        @Nullable Change[] old = buckets;
        buckets = new @Nullable Change[2 * old.length];
        for (Change first : old) {
            Change change = first;
            while (change != null) {
                Change next = change.bucketNext;
                int bucket = change.hash & buckets.length - 1;
                change.bucketNext = buckets[bucket];
                buckets[bucket] = change;
                change = next;
            }
        }
    }

    private static void clear(NodeState state) {
        state.czxid = 0;
        state.mzxid = 0;
        state.pzxid = 0;
        state.ctimeMillis = 0;
        state.mtimeMillis = 0;
        state.version = 0;
        state.cversion = 0;
        state.aversion = 0;
        state.ephemeralOwner = 0;
        state.aclRef = 0;
        state.dataLength = 0;
        state.childCount = 0;
        state.digest = 0;
    }
}

package org.quorate.node.host;

import java.util.ArrayList;
import java.util.List;
import org.quorate.node.admin.ServerView;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.replica.Inspection;
import org.quorate.replica.Replica;
import org.quorate.tree.DataTree;

/**
 * What the core tells of itself at the end of each turn, for those who do not want to wait for it.
 * Written by the core thread, read by anyone.
 */
final class CoreNews {
    /** ZooKeeper remembers as many digests. */
    private static final int DIGESTS_MAX = 1_000;

    private static final long DIGEST_EVERY_TXNS = 128;

    private final DataTree tree;
    private final boolean localSessions;
    private long nextDigestZxid;

    /** Guards the three below: a ring, of which the next place is the count's. */
    private final Object digestLock = new Object();

    private final long[] digestZxids = new long[DIGESTS_MAX];
    private final long[] treeDigests = new long[DIGESTS_MAX];
    private long digestCount;

    private volatile boolean serving;
    private volatile boolean readOnly;
    private volatile long watchCount;
    private volatile int localSessionCount;
    private volatile long authFailures;
    private volatile EnsembleConfig members;

    CoreNews(DataTree tree, boolean localSessions, EnsembleConfig members) {
        this.tree = tree;
        this.localSessions = localSessions;
        this.members = members;
    }

    /** At the end of a turn, on the core thread. */
    void update(Replica replica) {
        Inspection inspection = replica.inspect();
        if (serving != inspection.isServing()) {
            serving = inspection.isServing();
        }
        if (readOnly != inspection.isReadOnly()) {
            readOnly = inspection.isReadOnly();
        }
        if (watchCount != inspection.watchCount()) {
            watchCount = inspection.watchCount();
        }
        if (authFailures != inspection.authFailureCount()) {
            authFailures = inspection.authFailureCount();
        }
        if (localSessions) {
            localSessionCount = inspection.localSessionCount();
        }
        if (members.version() != replica.zab().config().version()) {
            members = replica.zab().config();
        }
        if (tree.lastZxid() >= nextDigestZxid && tree.keepsDigest()) {
            rememberDigest();
        }
    }

    private void rememberDigest() {
        nextDigestZxid = tree.lastZxid() + DIGEST_EVERY_TXNS;
        synchronized (digestLock) {
            int at = (int) (digestCount % DIGESTS_MAX);
            digestZxids[at] = tree.lastZxid();
            treeDigests[at] = tree.digest();
            digestCount++;
        }
    }

    boolean isServing() {
        return serving;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    long watchCount() {
        return watchCount;
    }

    int localSessionCount() {
        return localSessionCount;
    }

    long authFailures() {
        return authFailures;
    }

    EnsembleConfig members() {
        return members;
    }

    /** The tree's digest behind a turn every 128 transactions or so, oldest first. */
    List<ServerView.Digest> digests() {
        synchronized (digestLock) {
            int size = (int) Math.min(digestCount, DIGESTS_MAX);
            List<ServerView.Digest> digests = new ArrayList<>(size);
            for (long i = digestCount - size; i < digestCount; i++) {
                int at = (int) (i % DIGESTS_MAX);
                digests.add(new ServerView.Digest(digestZxids[at], treeDigests[at]));
            }
            return digests;
        }
    }
}

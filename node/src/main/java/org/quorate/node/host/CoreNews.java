package org.quorate.node.host;

import java.util.ArrayDeque;
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
    private final ArrayDeque<ServerView.Digest> recent = new ArrayDeque<>();
    private long nextDigestZxid;
    private volatile boolean serving;
    private volatile boolean readOnly;
    private volatile long watchCount;
    private volatile int localSessionCount;
    private volatile long authFailures;
    private volatile EnsembleConfig members;
    private volatile List<ServerView.Digest> digests = List.of();

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
        if (recent.size() == DIGESTS_MAX) {
            recent.removeFirst();
        }
        recent.add(new ServerView.Digest(tree.lastZxid(), tree.digest()));
        digests = List.copyOf(recent);
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
        return digests;
    }
}

package org.quorate.node.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LinkStats;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.Insight;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.zab.Role;

/**
 * A running server as its operators see it. Called on virtual threads, never on an event loop: an
 * answer may wait for the core thread or the event loops. Methods that do so throw {@link
 * IOException} if the server does not answer in time or is being stopped.
 */
public interface ServerView {
    /** A clock that differs more from another's is complained of. */
    long CLOCK_SKEW_MILLIS_MAX = 2_000;

    ServerConfig config();

    ServerMetrics metrics();

    /** Who does what, and what it was like lately. */
    Insight insight();

    /** What this server is in the ensemble; a standalone server leads. */
    Role role();

    /**
     * Are requests of clients answered? False without a quorum, except in read-only mode; then most
     * commands say so instead of answering.
     */
    boolean isServing();

    /** Is only reading possible, without a quorum? */
    boolean isReadOnly();

    /** Milliseconds since the start. */
    long uptimeMillis();

    /** The port for plain clients that is really open, where 0 was configured too; −1 if none. */
    int clientPort();

    /** The tree and the sessions, at a recent moment. Does not wait. */
    Counts counts();

    /**
     * Numbers about the state.
     *
     * @param lastZxid last transaction applied
     * @param znodes with the root and {@code /zookeeper}'s
     * @param watches set on this server
     * @param ephemerals in the tree
     * @param dataBytes of paths and data together, as ZooKeeper's approximate_data_size
     * @param memoryBytes of the tree
     * @param globalSessions known to the ensemble
     * @param localSessions known to this server only
     */
    record Counts(
            long lastZxid,
            int znodes,
            long watches,
            int ephemerals,
            long dataBytes,
            long memoryBytes,
            int globalSessions,
            int localSessions) {}

    /** What went over clients' connections since the start or the last reset. */
    Traffic traffic() throws IOException;

    /**
     * Sums over clients' connections.
     *
     * @param connections open now
     * @param received requests, handshakes included
     * @param sent replies and events
     * @param outstanding requests under way
     * @param latency from receipt to reply
     * @param replyBytes lengths of replies
     * @param authFailures authentications refused
     * @param handshakes TLS handshakes under way
     */
    record Traffic(
            int connections,
            long received,
            long sent,
            long outstanding,
            LinkStats.Latency latency,
            Sizes replyBytes,
            long authFailures,
            int handshakes) {}

    /** Lengths of some kind of message; all −1 if there was none. */
    record Sizes(int last, int min, int max) {
        public static final Sizes NONE = new Sizes(-1, -1, -1);
    }

    /** This server's clock less its leader's; 0 if not known. */
    long clockSkewMillis();

    /** The certificates that this server shows, and when each ends. */
    List<Certificate> certificates();

    /**
     * What a server shows of itself.
     *
     * @param use to whom: clients, peers, admin
     * @param file where it is kept
     * @param endsMillis wall clock: the first of its chain to end
     */
    record Certificate(String use, Path file, long endsMillis) {}

    /** What of its files could not be read at the start, so that a leader had to repair it. */
    @Nullable Damage damage();

    /**
     * Damage found at the start of a server of an ensemble.
     *
     * @param where the files lie now
     * @param what file, offset and zxid, and what can be done
     */
    record Damage(Path where, String what) {}

    /** Syncs of the log that took longer than {@code fsync.warningthresholdms}. */
    long slowSyncs();

    /** Each client's plain connection. */
    List<LinkStats> connections() throws IOException;

    /** Each client's TLS connection. */
    List<LinkStats> secureConnections() throws IOException;

    /** {@link #traffic} back to nothing, as {@code srst} wants it. */
    void resetTraffic() throws IOException;

    /** The counters of each connection back to nothing, as {@code crst} wants it. */
    void resetConnections() throws IOException;

    /** Sessions and what they own. */
    Sessions sessions() throws IOException;

    /**
     * Sessions and what they own.
     *
     * @param expiries session ids by the wall-clock time, in ms, at which they expire if nothing is
     *     heard of them; only the leader knows it, elsewhere empty
     * @param timeoutsMillis by session id, all that the ensemble knows
     * @param ephemerals paths by session id
     */
    record Sessions(
            SortedMap<Long, List<Long>> expiries,
            SortedMap<Long, Integer> timeoutsMillis,
            SortedMap<Long, List<String>> ephemerals) {}

    /** Data and child watches of this server: paths by session id, both sorted. */
    SortedMap<Long, List<String>> watches() throws IOException;

    /** Digests of the tree remembered at every 128th transaction, oldest first. */
    List<Digest> digests() throws IOException;

    /** The tree's digest behind a transaction. */
    record Digest(long zxid, long digest) {}

    /** Quotas set below {@code /zookeeper/quota} on first components of paths. */
    List<Quota> quotas() throws IOException;

    /**
     * A quota and its use.
     *
     * @param namespace first component of the path, without slashes
     * @param countLimit znodes; −1 for none
     * @param bytesLimit of data; −1 for none
     */
    record Quota(
            String namespace, long countLimit, long countUsed, long bytesLimit, long bytesUsed) {}

    /** The newest snapshot on disk; null if there is none. */
    @Nullable SnapshotFile lastSnapshot();

    /** Writes a snapshot of the state as it is now into the data directory. */
    SnapshotFile takeSnapshot() throws IOException;

    /** A snapshot, its transaction, and its time in ms. */
    record SnapshotFile(Path file, long zxid, long writtenMillis) {}

    /** How far synchronisation has come, in ZooKeeper's words. */
    ZabState zabState();

    /** The phases of ZooKeeper's consensus. */
    enum ZabState {
        ELECTION,
        DISCOVERY,
        SYNCHRONIZATION,
        BROADCAST
    }

    /** The committed members; empty for a standalone server. */
    EnsembleConfig members();

    /** Who learns from whom on a follower or observer. */
    Learning learning() throws IOException;

    /**
     * What a follower or observer knows of who learns from whom.
     *
     * @param syncedObservers that it serves in its leader's place and that are synchronised
     * @param master whom it learns from itself; −1 if from nobody
     */
    record Learning(int syncedObservers, long master) {}

    /**
     * Has the core answer that it is there.
     *
     * @throws IOException if it does not within five seconds: nothing that goes through it does,
     *     and what is read off the tree may wait for ever
     */
    void hearCore() throws IOException;

    /** What only the leader of an ensemble knows; null elsewhere and for a standalone server. */
    @Nullable Leadership leadership() throws IOException;

    /**
     * The leader's view of its learners.
     *
     * @param syncedFollowers that are in sync and acknowledge
     * @param syncedNonVotingFollowers those of them that are no voters of the configuration
     * @param learners all that are connected
     * @param pendingSyncs {@code sync} requests waiting for a commit
     * @param observers that are synchronised
     * @param quorumSize voters, as ZooKeeper counts them
     * @param uptimeMillis since it leads
     * @param proposalBytes lengths of proposals
     * @param all the learners, in the order of their coming
     */
    record Leadership(
            int syncedFollowers,
            int syncedNonVotingFollowers,
            int learners,
            int pendingSyncs,
            List<Observer> observers,
            int quorumSize,
            long uptimeMillis,
            Sizes proposalBytes,
            List<Learner> all) {}

    /**
     * A learner as the leader sees it.
     *
     * @param active in sync
     * @param behind proposals that it has not acknowledged; 0 for an observer
     */
    record Learner(long serverId, boolean observer, boolean active, long behind) {}

    /**
     * A learner's connection to the leader.
     *
     * @param establishedMillis wall clock
     */
    record Observer(long serverId, String remote, long establishedMillis, long queuedPackets) {}

    /** The root's access control list, which decides about snapshots and restores over HTTP. */
    List<Acl> rootAcl() throws IOException;

    /**
     * Replaces the state of a standalone server by a snapshot file's.
     *
     * @return its last transaction
     * @throws IOException with one line if it cannot be read or does not fit; nothing was changed
     */
    long restore(InputStream snapshot) throws IOException;

    /**
     * As leader of an ensemble: hands leadership over and waits until another server leads.
     *
     * @return that server's id
     * @throws IOException with one line if this server does not lead, or nobody has taken over
     */
    long handOver() throws IOException;
}

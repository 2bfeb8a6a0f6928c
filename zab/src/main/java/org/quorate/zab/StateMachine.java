package org.quorate.zab;

import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/** What Zab replicates. Implemented by the replica; called on the core thread. */
public interface StateMachine {
    /** The last transaction applied. */
    long lastZxid();

    /** Applies a committed transaction and answers whoever waits for it. */
    void apply(long zxid, Slice txn);

    /** Applies a transaction while the state is rebuilt: nobody waits for it. */
    void replay(long zxid, Slice txn);

    /** The leader's start of an epoch: {@code epoch << 32}. */
    void lastZxid(long zxid);

    /** An immutable image of the state as it is now; whoever got it closes it. */
    SnapshotSource freeze();

    /** Drops the state and takes another in. */
    SnapshotSink install(long lastZxid);

    /** The role has changed; the first call comes with the first role. */
    void role(Role role);

    /** The configuration was committed: {@code /zookeeper/config} is to show it. */
    void config(EnsembleConfig config);

    /** What a person may want to know of changes of role and of peers that come and go. */
    void notice(String message);

    /** What a person should look at: a peer was sent away and why, nobody can lead. */
    void warn(String message);

    // ---- as leader

    /**
     * A learner forwards a request.
     *
     * @param learner server id, negative for an anonymous one
     * @param packet REQUEST with {@link org.quorate.protocol.peer.ForwardedRequest} data, not yet
     *     checked; its ids are never null
     */
    void forwarded(long learner, QuorumPacket packet);

    /**
     * A learner, or this server itself, asks whether a session lives; answered by {@link
     * Zab#revalidated}.
     *
     * @param timeoutMillis negative if the session has lost the connection that it is bound to
     * @param stays whether its connection is believed to be there still
     */
    void revalidate(long learner, long sessionId, int timeoutMillis, boolean stays);

    /** A learner's clients gave a sign of life. */
    void touched(long learner, long sessionId, int timeoutMillis);

    // ---- as learner

    /** Writes the sessions touched since the last call, by {@code TouchTable.writeEntry}. */
    void touchTable(org.quorate.protocol.jute.JuteOut out);

    /** A question is on its way to the leader, behind every touch table written until now. */
    void touchesAsked();

    /**
     * The leader has answered that question.
     *
     * @param itself it was asked itself, so it has read those touch tables; otherwise a follower
     *     passed the question on, and may have kept the tables back
     */
    void touchesRead(boolean itself);

    /** May this REQUEST of an observer be passed on to any leader, as one that does no harm? */
    boolean isHarmless(QuorumPacket request);

    /** The leader's answer to {@link Zab#revalidate}. */
    void revalidated(long sessionId, boolean valid);

    /** The oldest {@link Zab#sync} that was not yet answered is done. */
    void synced();
}

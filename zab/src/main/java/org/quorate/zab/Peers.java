package org.quorate.zab;

import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * What Zab asks of the network, as effects. Links are connections to a quorum port, either way, by
 * ids that the host draws and never uses again. Bytes are valid during the call.
 */
public interface Peers {
    /**
     * A vote for one server's election port. The host keeps the newest only, and dials if it has no
     * connection.
     */
    void vote(long serverId, Notification vote);

    /**
     * Dials a leader's quorum port: {@link Zab#linkOpened} or {@link Zab#dialFailed} answers.
     *
     * @param attempt names this dial in the answer
     */
    void dial(long attempt, long serverId);

    /**
     * Dials a voter's port for observers ({@code observerMasterPort}); answered like {@link #dial}.
     */
    void dialMaster(long attempt, long serverId);

    /** From now on (or no longer) observers are accepted on the port for observers. */
    void acceptObservers(boolean accept);

    /** From now on (or no longer) learners are accepted on the quorum port. */
    void acceptLearners(boolean accept);

    /**
     * Who is at the other end of an accepted link is known now, as far as he says the truth: until
     * then the host keeps little for it, and may close it.
     */
    default void introduced(long link) {}

    /** Sends bytes on a link, behind all that was sent before. */
    void send(long link, byte[] bytes, int from, int length);

    /**
     * Sends a state on a link, behind all that was sent before: the stream of a {@link
     * org.quorate.protocol.snapshot.SnapshotEncoder} and its wire signature. What is sent later
     * waits until it is out. Closes the view.
     */
    void sendSnapshot(long link, SnapshotSource view);

    /** Lets out what was sent until now, whatever else this turn has to do. */
    void flush();

    /** Closes a link at once. {@link Zab#linkClosed} is not called for it. */
    void close(long link);

    /**
     * The members whose addresses are to be known, whenever they change. What survives a crash must
     * know of them, too, before it knows of anything that is asked of the {@link Journal} later: a
     * server that restarts is told them again.
     */
    void members(EnsembleConfig committed, EnsembleConfig lastSeen);
}

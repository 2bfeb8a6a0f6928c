package org.quorate.zab;

import org.quorate.protocol.peer.PeerState;

/**
 * What this server is doing in the ensemble, with all that belongs to it alone. A standing ends
 * when the next begins and hears nothing more.
 *
 * <table>
 * <caption>Ways from one to the next</caption>
 * <tr><td>{@link Looking}</td><td>elected</td><td>{@link Leading}</td></tr>
 * <tr><td>{@link Looking}</td><td>another elected</td><td>{@link Learning}</td></tr>
 * <tr><td>{@link Leading}</td><td>no quorum</td><td>{@link Looking}</td></tr>
 * <tr><td>{@link Leading}</td><td>handed over, or reconfigured away</td><td>{@link
 * Learning}</td></tr>
 * <tr><td>{@link Learning}</td><td>leader lost or found wanting</td><td>{@link Looking}</td></tr>
 * <tr><td>{@link Learning}</td><td>handed over, or reconfigured</td><td>{@link Leading}, {@link
 * Learning}</td></tr>
 * </table>
 */
sealed interface Standing permits Looking, Leading, Learning {
    /** Begins; called once, first. */
    void enter();

    /** Ends: gives links and views back. Nothing is called behind it. */
    void leave();

    /** What votes say of this server's state. */
    PeerState peerState();

    /** Time has passed, see {@link Server#nowNanos}. */
    void time();

    /** The log is on disk farther than before. */
    void journaled();

    void endTurn();

    /** Monotonic time at which this standing last had a leader's quorum proved; 0 for never. */
    long contactNanos();

    void learnerConnected(long link, String remoteAddress);

    void linkOpened(long attempt, long link);

    void dialFailed(long attempt, String why);

    void received(long link, byte[] bytes, int from, int to);

    void linkClosed(long link);
}

package org.quorate.net;

/**
 * What the host does with clients' frames: one instance for each event loop, called on that loop
 * only, never to block.
 */
public interface ClientHandler {
    /**
     * All whole frames that one read of a socket has completed, each with its length in front. The
     * first frame of a connection is its handshake.
     *
     * @param bytes valid during the call
     * @param from where the first frame begins
     * @param to behind the last whole frame
     * @return behind the last frame taken. What was not taken is handed in again later: when a
     *     reply to this link was delivered, when its socket has taken bytes, when {@link
     *     ClientLink#resume} is called; until then the socket is not read.
     */
    int received(ClientLink link, byte[] bytes, int from, int to);

    /** Comes after the last {@link #received} of a round over all sockets that were ready. */
    void roundDone();

    /** The socket is gone. Called once for each link that {@link #received} was called for. */
    void closed(ClientLink link);
}

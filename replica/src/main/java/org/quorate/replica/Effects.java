package org.quorate.replica;

import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.zab.Role;

/**
 * What the replica asks of its host towards clients. Bytes are valid during the call. Calls for one
 * connection are carried out in order. An effect is never answered by an input before the call into
 * the replica that caused it has returned. (Disk and peers are asked through {@link
 * org.quorate.zab.Journal} and {@link org.quorate.zab.Peers}.)
 */
public interface Effects {
    /** One whole frame that answers the oldest request handed in and not yet answered. */
    void reply(Connection to, byte[] bytes, int from, int length);

    /**
     * A part of a frame that answers the oldest request handed in; the parts of one such frame
     * follow each other with nothing else said to its connection in between, and those of another
     * begin when it is complete or its connection closed.
     *
     * @param last the frame is complete
     */
    void replyPart(Connection to, byte[] bytes, int from, int length, boolean last);

    /**
     * Does so much wait for this client to read that nothing long should be said to it now? If so
     * the host begins a turn when that has changed.
     */
    default boolean isBehind(Connection to) {
        return false;
    }

    /**
     * One whole frame that answers no request in order: an event, or the answer to an auth or SASL
     * packet that was read just now.
     */
    void push(Connection to, byte[] bytes, int from, int length);

    /** Closes once everything sent before is flushed; no further input of it is wanted. */
    void close(Connection connection);

    /** The handshake is answered (after its reply): further frames may be handed in. */
    void established(Connection connection);

    /**
     * The next {@link #reply}, or last part of one, to this connection, which follows at once,
     * answers this request; for those who measure. Not told of replies that were withheld for a
     * while.
     *
     * @param request header and body, without the length; valid until the reply
     */
    default void answers(Connection to, byte[] request, int from, int length) {}

    /**
     * An update that a client of this server asked for was carried out, or refused for good; for
     * those who keep an audit log. Told once, also of a client that is gone by now.
     *
     * @param request header and body, without the length
     * @param done what it became: with an {@link ErrorTxn} it was refused; valid during the call
     */
    default void updated(Connection by, long sessionId, byte[] request, int length, Txn done) {}

    /**
     * An ephemeral znode went with its session; told on every server, for those who keep an audit
     * log.
     */
    default void ephemeralEnded(long sessionId, Slice path) {}

    /**
     * A change has fired watches; for those who count.
     *
     * @param eventType 1 created, 2 deleted, 3 data changed, 4 children changed
     * @param watchers how many heard of it, at least one
     */
    default void fired(int eventType, int watchers) {}

    /** A client of this server has read of a znode, answered by the core; see {@link ReadTally}. */
    default void read(Slice path, long bytes) {}

    /**
     * A transaction has created, changed or deleted a znode; for those who count.
     *
     * @param path valid during the call
     * @param bytes of the data that was written
     */
    default void written(Slice path, int bytes) {}

    /**
     * A transaction of another server left this tree with another digest than it foretold; for
     * those who count. The first one of a term is told by {@link #notice}, too.
     */
    default void digestDiffers() {}

    /**
     * Something that a client asked for is past what its user or its address may hold; for those
     * who count.
     *
     * @param closed its connection is closed, too
     */
    default void pastLimit(Connection by, Held what, boolean closed) {}

    /** What users and addresses hold. */
    enum Held {
        CONNECTIONS,
        SESSIONS,
        WATCHES
    }

    /** The role has changed. */
    void role(Role role);

    /** Something a person should know; the core has no logger. */
    void notice(Level level, String message);

    /** How much a notice matters. */
    enum Level {
        INFO,
        WARN,
        ERROR
    }
}

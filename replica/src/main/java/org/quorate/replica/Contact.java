package org.quorate.replica;

/**
 * Whether clients may be answered just now: what the core knows of its touch with the ensemble, in
 * fields that event loops read. Written by the core thread.
 *
 * <p>The rule is one of safety (design §6): a client that is answered believes that its session
 * lives, so nothing is answered that could outlive the session at a leader elsewhere.
 */
final class Contact {
    private volatile boolean treeReadable = true;
    private volatile boolean leading;
    private volatile boolean readOnly;
    private volatile boolean open;
    private volatile boolean bindsSessions;
    private volatile long contactNanos;

    /** False while a snapshot is taken in. */
    void treeReadable(boolean isReadable) {
        treeReadable = isReadable;
    }

    boolean isTreeReadable() {
        return treeReadable;
    }

    /** Whether this server is the one that decides on expiry. */
    void leading(boolean isLeading) {
        leading = isLeading;
    }

    /** Cut off, and serving those who want to be served nevertheless. */
    void readOnly(boolean isReadOnly) {
        readOnly = isReadOnly;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** There is a leader, or one may come back soon. */
    void open(boolean isOpen) {
        open = isOpen;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether sessions can be bound to their connection under this leader. */
    void bindsSessions(boolean binds) {
        bindsSessions = binds;
    }

    boolean bindsSessions() {
        return bindsSessions;
    }

    void contactNanos(long nanos) {
        contactNanos = nanos;
    }

    long contactNanos() {
        return contactNanos;
    }

    /** Can this connection's session not have expired anywhere? Any thread. */
    boolean isSafe(Connection connection, long nowNanos) {
        if (!treeReadable) {
            return false;
        }
        if (readOnly || connection.isLocal()) {
            return open || readOnly;
        }
        int timeoutMillis = connection.timeoutMillis();
        return open
                && nowNanos - contactNanos <= Sessions.halfNanos(timeoutMillis)
                && (leading
                        || nowNanos - connection.vouchedNanos()
                                <= Sessions.sureNanos(timeoutMillis));
    }
}

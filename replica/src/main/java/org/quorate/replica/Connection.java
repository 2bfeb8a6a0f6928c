package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;

/**
 * One client's connection as the core sees it. Made by {@link Replica#open}; all of it is written
 * by the core thread, except {@link #touch}. The host keeps the object and reads the volatile
 * fields on its event loops: those are what a plain read, or a ping, needs to be answered there.
 */
public final class Connection {
    /** Whatever the host needs to find its socket again. */
    public @Nullable Object attachment;

    private final long id;
    private final String address;

    private volatile List<Id> ids;
    private volatile long sessionId;
    private volatile int timeoutMillis;
    private volatile boolean readOnly;
    private volatile long touchedNanos;

    Connection(long id, String address, List<Id> ids) {
        this.id = id;
        this.address = address;
        this.ids = List.copyOf(ids);
    }

    /** Drawn by the host, never used again. */
    public long id() {
        return id;
    }

    /** The client's address in text, for the ip scheme and for people. */
    public String address() {
        return address;
    }

    /** The authenticated ids; replaced as a whole when one is added. */
    public List<Id> ids() {
        return ids;
    }

    /** 0 until the handshake is answered, and again once the session is ending. */
    public long sessionId() {
        return sessionId;
    }

    public int timeoutMillis() {
        return timeoutMillis;
    }

    /** The client may be served without a quorum. */
    public boolean readOnly() {
        return readOnly;
    }

    /** A frame has come in. Any thread. */
    public void touch(long nowNanos) {
        touchedNanos = nowNanos;
    }

    /** Monotonic time of the last frame. */
    public long touchedNanos() {
        return touchedNanos;
    }

    void ids(List<Id> newIds) {
        ids = List.copyOf(newIds);
    }

    void session(long newSessionId, int newTimeoutMillis, boolean isReadOnly) {
        timeoutMillis = newTimeoutMillis;
        readOnly = isReadOnly;
        sessionId = newSessionId;
    }
}

package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.IdVector;

/**
 * One client's connection as the core sees it. Made by {@link Replica#open}; all of it is written
 * by the core thread, except {@link #touch}. The host keeps the object and reads the volatile
 * fields on its event loops: those are what a plain read, or a ping, needs to be answered there.
 */
public final class Connection {
    /** Nothing is watched yet. */
    static final int NO_WATCHER = 0;

    /** Whatever the host needs to find its socket again. */
    public @Nullable Object attachment;

    private final long id;
    private final String address;
    private final Contact contact;

    private volatile List<Id> ids;
    private volatile @Nullable Id user;
    private volatile long sessionId;
    private volatile int timeoutMillis;
    private volatile boolean readOnly;
    private volatile boolean local;
    private volatile boolean admitted;
    private volatile long touchedNanos;
    private volatile long vouchedNanos;
    private volatile int reconnectGraceMillis;

    // ---- of the core thread alone

    /** Requests not answered yet, oldest first. */
    final Pending.Queue queue = new Pending.Queue();

    /** The session, from the handshake's acceptance until the connection ends. */
    @Nullable Session session;

    /** What the client asked for; until the handshake is answered. */
    @Nullable Greeting greeting;

    /** Its number in the watch table; {@link #NO_WATCHER} if it never watched. */
    int watcher = NO_WATCHER;

    /** Index among the open connections; −1 when it is not among them. */
    int index = -1;

    /** Nothing more is taken from it: the host was told to close it. */
    boolean ended;

    /** A request was passed over because the session is closing: it cannot go on if that fails. */
    boolean passedOver;

    /** Replies and events that may not go out just now, oldest first; null if there are none. */
    volatile Pending.@Nullable Queue withheld;

    /** Its oldest request is a long listing: {@link Listings} sees to it. */
    boolean listing;

    /** Of that listing parts are sent: nothing may come in between. */
    boolean heldBack;

    /** Listed among those who wait for touch with the leader. */
    boolean waiting;

    /** Where what it holds is counted; null if nowhere. See {@link Holdings}. */
    @Nullable Holder byAddress;

    @Nullable Holder byUser;
    int watches;

    /** Its user has too many connections: the handshake ends it. */
    boolean pastLimit;

    private @Nullable IdVector authInfo;

    Connection(long id, String address, List<Id> ids, boolean admitted, Contact contact) {
        this.id = id;
        this.address = address;
        this.ids = List.copyOf(ids);
        this.user = userOf(this.ids);
        this.admitted = admitted;
        this.contact = contact;
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

    /**
     * Whom it has proven to be last, its address left out; null if nobody, or a super user. The
     * same object until that changes.
     */
    public @Nullable Id user() {
        return user;
    }

    private static @Nullable Id userOf(List<Id> ids) {
        Id last = null;
        for (Id id : ids) {
            if (id.scheme().equals(Schemes.SUPER)) {
                return null;
            }
            last = id.scheme().equals(Schemes.IP) ? last : id;
        }
        return last;
    }

    /** 0 until the handshake is answered, and again once the session is ending. */
    public long sessionId() {
        return sessionId;
    }

    public int timeoutMillis() {
        return timeoutMillis;
    }

    /** The client is served without a quorum. */
    public boolean readOnly() {
        return readOnly;
    }

    /** The session is known to this server alone. */
    public boolean isLocal() {
        return local;
    }

    /** A frame has come in. Any thread. */
    public void touch(long nowNanos) {
        touchedNanos = nowNanos;
    }

    /** Monotonic time of the last frame. */
    public long touchedNanos() {
        return touchedNanos;
    }

    /**
     * May an event loop answer a plain request of this connection itself? Only if nothing of it is
     * under way in the core, which the host knows; to be asked while the gate is held for reading.
     * If not, the request goes to the core, which answers it later or ends the connection.
     */
    public boolean answersDirectly(long nowNanos) {
        return sessionId != 0 && admitted && withheld == null && contact.isSafe(this, nowNanos);
    }

    /** The last sign of life that the leader is known to have heard of. */
    long vouchedNanos() {
        return vouchedNanos;
    }

    void vouchedNanos(long nanos) {
        vouchedNanos = nanos;
    }

    /** For how long the session outlives this connection; 0 if it is not bound to it. */
    int reconnectGraceMillis() {
        return reconnectGraceMillis;
    }

    void reconnectGraceMillis(int millis) {
        reconnectGraceMillis = millis;
    }

    /** Is there someone who ends sessions that have lost the connection they are bound to? */
    boolean mayBind() {
        return contact.bindsSessions() && !local;
    }

    /** Has it authenticated as far as the server insists? */
    boolean isAdmitted() {
        return admitted;
    }

    void admitted(boolean isAdmitted) {
        admitted = isAdmitted;
    }

    void ids(List<Id> newIds) {
        ids = List.copyOf(newIds);
        user = userOf(ids);
        authInfo = null;
    }

    /** The ids as a forwarded request carries them. */
    IdVector authInfo() {
        IdVector encoded = authInfo;
        if (encoded == null) {
            encoded = new IdVector().set(ids);
            authInfo = encoded;
        }
        return encoded;
    }

    void withhold(Pending.@Nullable Queue queue) {
        withheld = queue;
    }

    void local(boolean isLocal) {
        local = isLocal;
    }

    void session(long newSessionId, int newTimeoutMillis, boolean isReadOnly) {
        timeoutMillis = newTimeoutMillis;
        readOnly = isReadOnly;
        sessionId = newSessionId;
    }

    /** Keeps event loops from answering. */
    void noSession() {
        sessionId = 0;
    }

    @Override
    public String toString() {
        return "connection %d of %s, session 0x%x".formatted(id, address, sessionId);
    }
}

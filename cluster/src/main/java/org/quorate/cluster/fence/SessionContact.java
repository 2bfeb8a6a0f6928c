package org.quorate.cluster.fence;

/**
 * The last proven contact of one session with the coordination service, and so the end of every
 * lease that hangs on that session. Written by the thread that hears from the service, read by all.
 */
public final class SessionContact {
    private final LeaseTerm term;
    private volatile long endNanos;
    private volatile boolean ended;

    /** A session whose first proven contact was asked for at {@code provenContactNanos}. */
    public SessionContact(LeaseTerm term, long provenContactNanos) {
        this.term = term;
        this.endNanos = term.endNanos(provenContactNanos);
    }

    /**
     * The service has answered. Only the owner's single contact thread calls this.
     *
     * @param sentNanos when the question was sent, own monotonic clock; an older one than before
     *     changes nothing
     */
    public void proven(long sentNanos) {
        long end = term.endNanos(sentNanos);
        if (end - endNanos > 0) {
            endNanos = end;
        }
    }

    /** The session is over for good: no lease of it is ever valid again. */
    public void end() {
        ended = true;
    }

    /** Whether leases of this session hold at {@code nowNanos}. */
    public boolean holdsAt(long nowNanos) {
        return endNanos - nowNanos > 0 && !ended;
    }

    /** How long leases of this session still hold; 0 or less when they are over. */
    public long remainingNanos(long nowNanos) {
        return ended ? 0 : endNanos - nowNanos;
    }

    /** The term of this session's leases. */
    public LeaseTerm term() {
        return term;
    }
}

package org.quorate.cluster.fence;

/**
 * The last proven contact of one session with the coordination service, and so the end of every
 * lease that hangs on that session. Safe for many threads.
 *
 * <p>A session that is bound to its connection ends soon after that, and its leases end before: not
 * later than four fifths of the grace after a question was sent that was answered. The server that
 * answered had not seen the connection end by then.
 */
public final class SessionContact {
    private final LeaseTerm term;
    // Guarded by this: the end by what a quorum has proven, and by what the connection has.
    private long quorumEndNanos;
    private long answeredNanos;
    private long graceNanos; // 0: not bound to the connection
    // Written under this: the earlier of both.
    private volatile long endNanos;
    private volatile boolean ended;

    /** A session whose first proven contact was asked for at {@code provenContactNanos}. */
    public SessionContact(LeaseTerm term, long provenContactNanos) {
        this.term = term;
        this.quorumEndNanos = term.endNanos(provenContactNanos);
        this.answeredNanos = provenContactNanos;
        this.endNanos = quorumEndNanos;
    }

    /**
     * A quorum of the service has answered.
     *
     * @param sentNanos when the question was sent, own monotonic clock; an older one than before
     *     changes nothing
     */
    public synchronized void proven(long sentNanos) {
        long end = term.endNanos(sentNanos);
        if (end - quorumEndNanos > 0) {
            quorumEndNanos = end;
        }
        answered(sentNanos);
    }

    /**
     * The server that this session is connected to has answered, whatever it knows of the others.
     *
     * @param sentNanos when the question was sent
     */
    public synchronized void answered(long sentNanos) {
        if (sentNanos - answeredNanos > 0) {
            answeredNanos = sentNanos;
        }
        settle();
    }

    /**
     * From now on the session may end so long after its connection; to be said before anybody asks
     * for that. With 0 it does not any more.
     */
    public synchronized void bind(long newGraceNanos) {
        graceNanos = newGraceNanos;
        settle();
    }

    private void settle() {
        long connectionEnd = connectionEndNanos();
        boolean sooner = graceNanos > 0 && connectionEnd - quorumEndNanos < 0;
        endNanos = sooner ? connectionEnd : quorumEndNanos;
    }

    private long connectionEndNanos() {
        return answeredNanos + graceNanos / 5 * 4;
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

    /** Whether it is time to prove the contact with a quorum again. */
    public synchronized boolean isProofDue(long nowNanos) {
        return quorumEndNanos - nowNanos <= 2 * term.renewalNanos();
    }

    /** Whether a new lease may hang on it as it is: less than half of what it gives is gone. */
    public synchronized boolean isFresh(long nowNanos) {
        boolean heard = graceNanos == 0 || connectionEndNanos() - nowNanos >= graceNanos / 5 * 2;
        return heard && quorumEndNanos - nowNanos >= term.renewalNanos() * 3 / 2;
    }

    /** The term of this session's leases. */
    public LeaseTerm term() {
        return term;
    }
}

package org.quorate.sim;

/**
 * The newest things that any client has been told: what a write or a sync that begins now must
 * follow.
 */
final class Seen {
    private final CommittedOrder order;
    private long writtenZxid;
    private long shownZxid;

    Seen(CommittedOrder order) {
        this.order = order;
    }

    /** The newest write that a client was told is done. */
    long writtenZxid() {
        return writtenZxid;
    }

    /** The newest transaction that any client may have seen the effect of. */
    long shownZxid() {
        return shownZxid;
    }

    void written(long zxid) {
        writtenZxid = Math.max(writtenZxid, zxid);
    }

    /** A client was shown a state at this zxid. */
    void shown(long zxid) {
        if (zxid > shownZxid) {
            shownZxid = Math.max(shownZxid, order.floor(zxid));
        }
    }
}

package org.quorate.zab;

import org.jspecify.annotations.Nullable;

/**
 * The heir that a leader has named, as one of its followers sees it, and what is ready for the
 * moment at which the leader lets go: this server itself, if it is the heir, or else the way there.
 * Owned by the core thread.
 */
final class NextLeader {
    private final Server server;
    private final @Nullable Heirship own;
    private final @Nullable Approach way;

    /** It has begun, or comes to nothing. */
    private boolean over;

    NextLeader(Server server, long heir, long epoch) {
        this.server = server;
        this.own = heir == server.id() ? new Heirship(server, epoch) : null;
        this.way = own == null ? new Approach(server, heir) : null;
    }

    /** The epoch is promised to it on this server's disk. */
    void promised() {
        if (own != null) {
            own.promised();
        }
    }

    /**
     * The leader has let go.
     *
     * @param to whom it says is to lead
     * @param promisedEpoch the epoch that it says is promised to that one; −1 if none is
     * @param hasAll whether this server has everything that the leader has ever proposed, and it is
     *     committed
     * @return false if that was not made ready
     */
    boolean begin(long to, long promisedEpoch, boolean hasAll) {
        if (own != null && to == server.id() && own.isFor(promisedEpoch)) {
            over = true;
            server.elections.designate(to);
            own.lead(hasAll);
            return true;
        }
        if (way != null && way.leadsTo(to)) {
            over = true;
            server.elections.designate(to);
            server.enter(new Learning(server, to, way, hasAll ? promisedEpoch : -1));
            return true;
        }
        return false;
    }

    /** Another leader is followed. */
    void end() {
        if (over) {
            return;
        }
        over = true;
        if (own != null) {
            own.end();
        }
        if (way != null) {
            way.end();
        }
    }

    // ---- links

    /** Perhaps it was the dial to it. */
    void failed(long attempt) {
        if (way != null) {
            way.failed(attempt);
        }
    }

    /**
     * Was it the dial to it? Then this server is to say who it is, on the link that is returned.
     */
    @Nullable Link opened(long attempt, long link) {
        return way == null ? null : way.opened(attempt, link);
    }

    /** Others come to this server. */
    boolean connected(long link, String address) {
        if (own == null) {
            return false;
        }
        own.connected(link, address);
        return true;
    }

    /** Something came in, perhaps from the heir, or from somebody who waits for this server. */
    void received(long link, byte[] bytes, int from, int to) {
        if (own != null) {
            own.received(link, bytes, from, to);
        }
        if (way != null) {
            way.received(link, bytes, from, to);
        }
    }

    void closed(long link) {
        if (own != null) {
            own.closed(link);
        }
        if (way != null) {
            way.closed(link);
        }
    }

    void endTurn() {
        if (own != null) {
            own.endTurn();
        }
        if (way != null) {
            way.endTurn();
        }
    }
}

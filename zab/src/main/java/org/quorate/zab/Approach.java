package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;

/**
 * A follower's connection to the heir of its leader, opened while that one still leads. The
 * follower says who it is, and the heir tells its epoch; the answer waits here until the leader
 * lets go. Owned by the core thread.
 */
final class Approach {
    /** Bytes that wait: the heir has no more to say than its epoch. */
    private static final int SAID_BYTES_MAX = 4 << 10;

    private final Server server;
    private final long heir;
    private final long attempt;
    private final JuteOut said = new JuteOut();
    private @Nullable Link link;
    private boolean over;

    Approach(Server server, long heir) {
        this.server = server;
        this.heir = heir;
        this.attempt = server.nextAttempt();
        server.peers.dial(attempt, heir);
    }

    /** May a learner of this leader go on with it? Not if the dial has failed or broken. */
    boolean leadsTo(long leader) {
        return heir == leader && !over;
    }

    /** Names the dial, whose answer may be still to come. */
    long attempt() {
        return attempt;
    }

    /** Where this server has said who it is; null while the dial is under way. */
    @Nullable Link link() {
        return link;
    }

    /** What the heir has said. */
    JuteOut said() {
        return said;
    }

    /** Was it this dial? Then this server is to say who it is, on the link that is returned. */
    @Nullable Link opened(long other, long opened) {
        if (other == attempt && !over) {
            link = new Link(opened, server.peers, server.chunks);
            return link;
        }
        return null;
    }

    /** Perhaps it was this dial. */
    void failed(long other) {
        over |= other == attempt;
    }

    /** Perhaps it was this link. */
    void closed(long closed) {
        if (isLink(closed)) {
            link = null;
            over = true;
        }
    }

    /** Something came in, perhaps on this link. */
    void received(long on, byte[] bytes, int from, int to) {
        if (!isLink(on)) {
            return;
        }
        if (said.size() + to - from <= SAID_BYTES_MAX) {
            said.writeRaw(bytes, from, to - from);
        } else {
            end();
        }
    }

    void endTurn() {
        if (link != null) {
            link.flush();
        }
    }

    /** Nobody goes there. */
    void end() {
        if (link != null) {
            server.peers.close(link.id);
        }
        link = null;
        over = true;
    }

    private boolean isLink(long other) {
        return link != null && link.id == other;
    }
}

package org.quorate.zab;

/**
 * What this server is in the ensemble now.
 *
 * @param kind the role
 * @param leader the leader's server id; −1 while looking
 * @param epoch of the leader; −1 while looking
 */
public record Role(Kind kind, long leader, long epoch) {
    /** The roles, and when they begin. */
    public enum Kind {
        /** There is no leader, or none that this server is in touch with. */
        LOOKING,
        /** Synchronised and serving; proposals go through {@link Zab#propose}. */
        LEADING,
        /** Synchronised and serving; requests are forwarded. */
        FOLLOWING,
        /** As following, without a vote. */
        OBSERVING
    }

    public static final Role LOOKING = new Role(Kind.LOOKING, -1, -1);

    public boolean isServing() {
        return kind != Kind.LOOKING;
    }
}

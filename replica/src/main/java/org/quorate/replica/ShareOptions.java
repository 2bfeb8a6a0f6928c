package org.quorate.replica;

/**
 * What one user, or one address, may hold at this server; 0 for no limit. Immutable.
 *
 * @param connections at once
 * @param sessions that were opened here and are not over
 * @param watches as {@link org.quorate.tree.WatchTable#watchCount} counts them
 */
public record ShareOptions(int connections, int sessions, int watches) {
    /** No limits. */
    public static final ShareOptions NONE = new ShareOptions(0, 0, 0);

    boolean isNone() {
        return connections == 0 && sessions == 0 && watches == 0;
    }
}

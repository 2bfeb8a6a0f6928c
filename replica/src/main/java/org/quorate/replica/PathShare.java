package org.quorate.replica;

import java.util.List;

/**
 * What all clients together may hold at and below each of some paths, at this server. Immutable.
 *
 * @param prefixes paths, as clients write them
 * @param watches set at such a path or below it; 0 for no limit. A recursive watch counts where it
 *     is set
 */
public record PathShare(List<String> prefixes, int watches) {
    /** No limits. */
    public static final PathShare NONE = new PathShare(List.of(), 0);

    public PathShare {
        prefixes = List.copyOf(prefixes);
    }

    boolean isNone() {
        return prefixes.isEmpty() || watches == 0;
    }
}

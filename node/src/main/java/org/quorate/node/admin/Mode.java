package org.quorate.node.admin;

import java.util.Locale;

/** The words in which ZooKeeper tells what a server is. Stateless. */
public final class Mode {
    private Mode() {}

    /** As {@code srvr}'s line {@code Mode} and {@code mntr}'s {@code zk_server_state} say it. */
    public static String of(ServerView server) {
        if (server.isReadOnly()) {
            return "read-only";
        }
        if (server.config().quorum().standalone()) {
            return "standalone";
        }
        return switch (server.role().kind()) {
            case LEADING -> "leader";
            case FOLLOWING -> "follower";
            case OBSERVING -> "observer";
            case LOOKING -> "looking";
        };
    }

    /** As {@code mntr}'s {@code zk_peer_state} says it. */
    static String detailed(ServerView server) {
        String phase = phase(server);
        return switch (server.role().kind()) {
            case LEADING -> "leading - " + phase;
            case FOLLOWING -> "following - " + phase;
            case OBSERVING -> "observing - " + phase;
            case LOOKING -> "looking";
        };
    }

    /** The phase of the consensus in lower case. */
    static String phase(ServerView server) {
        return server.zabState().name().toLowerCase(Locale.ROOT);
    }

    /** Does this server take part in an ensemble now, as leader or learner? */
    static boolean isInEnsemble(ServerView server) {
        return !server.config().quorum().standalone() && !server.isReadOnly();
    }
}

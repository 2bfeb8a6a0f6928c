package org.quorate.replica;

import java.util.Arrays;
import java.util.function.LongPredicate;

/** What one user, or one address, holds at this server. Owned by the core thread. */
final class Holder {
    private final ShareOptions may;

    /** Connections that count here. */
    private int connections;

    private int watches;

    // Opened here by it, the first `sessionCount`; some may be over by now.
    private long[] sessions = {};
    private int sessionCount;

    Holder(ShareOptions may) {
        this.may = may;
    }

    boolean mayConnect() {
        return may.connections() == 0 || connections < may.connections();
    }

    boolean mayWatch() {
        return may.watches() == 0 || watches < may.watches();
    }

    /**
     * Sessions that are over are looked for when there are too many, and only then.
     *
     * @param sessionId 0 for a new one; else one that may be counted already
     * @param lives says whether a session is not over
     */
    boolean mayHaveSession(long sessionId, LongPredicate lives) {
        if (has(sessionId)) {
            return true;
        }
        if (may.sessions() == 0 || sessionCount < may.sessions()) {
            return true;
        }
        dropEnded(lives);
        return sessionCount < may.sessions();
    }

    void connected(int more) {
        connections += more;
    }

    void watches(int more) {
        watches += more;
    }

    void opened(long sessionId) {
        if (may.sessions() == 0 || has(sessionId)) {
            return;
        }
        if (sessionCount == sessions.length) {
            sessions = Arrays.copyOf(sessions, Math.max(4, 2 * sessionCount));
        }
        sessions[sessionCount++] = sessionId;
    }

    /** The session is somebody else's from now on. */
    void lost(long sessionId) {
        dropEnded(id -> id != sessionId);
    }

    /** Does it hold nothing, sessions that are over left out? */
    boolean isIdle(LongPredicate lives) {
        if (connections > 0) {
            return false;
        }
        dropEnded(lives);
        return sessionCount == 0;
    }

    private boolean has(long sessionId) {
        for (int i = 0; i < sessionCount; i++) {
            if (sessions[i] == sessionId) {
                return true;
            }
        }
        return false;
    }

    private void dropEnded(LongPredicate lives) {
        int kept = 0;
        for (int i = 0; i < sessionCount; i++) {
            if (lives.test(sessions[i])) {
                sessions[kept++] = sessions[i];
            }
        }
        sessionCount = kept;
    }
}

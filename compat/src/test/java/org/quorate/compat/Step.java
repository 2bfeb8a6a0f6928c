package org.quorate.compat;

import java.util.List;

/**
 * What one session does before all sessions are asked what they saw.
 *
 * @param session number of the session
 */
record Step(Kind kind, int session, List<Op> ops) {
    /** The kinds of step. */
    enum Kind {
        /** Sends the operations in one go. */
        OPERATIONS,
        /**
         * Sends one operation that ends the connection. Nothing goes with it: ZooKeeper's answer
         * overtakes others by chance.
         */
        FATAL,
        /** Drops the socket and presents the session on a new one. */
        RECONNECT,
        /** Presents the session with a wrong password, then with the right one. */
        WRONG_PASSWORD,
        /** Closes the session and opens another under the same number. */
        RENEW
    }

    /**
     * One request.
     *
     * @param xid 0 for the next ordinary one
     * @param zxidsBack for setWatches: how far before the last zxid seen the relative zxid lies;
     *     its place in the body is overwritten
     * @param text for people
     */
    record Op(int xid, int type, byte[] body, int zxidsBack, String text) {
        @Override
        public String toString() {
            return text;
        }
    }
}

package org.quorate.net;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Those links that have shares together, so that nobody gets more by connecting more often: all of
 * an address, or of a user who has proven who he is. Any thread.
 */
final class Party {
    private final Object name;
    private final Lately links = new Lately();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong askedIn = new AtomicLong();
    private final AtomicLong heardIn = new AtomicLong();
    private final Turns[] turns;

    // Written while the party is looked up, see UnderWay.
    int members;

    /** What its links have had of a round of one loop. Owned by that loop. */
    static final class Turns {
        /** Links that have to wait for the next round. */
        final ArrayDeque<ClientLink> waiting = new ArrayDeque<>();

        /** Is it among those whose links wait? */
        boolean listed;

        /** What has been looked at in this round. */
        int bytes;

        private long round;

        /** Is there room for so much more in the round? Whoever comes first finds some. */
        boolean hasRoom(int more) {
            return bytes == 0 || bytes + more <= ClientLoop.ROUND_BYTES;
        }

        void beginUnlessBegun(long now) {
            if (round != now) {
                round = now;
                bytes = 0;
            }
        }
    }

    /**
     * @param loops how many event loops there are
     */
    Party(Object name, int loops) {
        this.name = name;
        this.turns = new Turns[loops];
        Arrays.setAll(turns, i -> new Turns());
    }

    Object name() {
        return name;
    }

    /** Its links that have asked lately. */
    Lately links() {
        return links;
    }

    /** How many of them have requests under way. */
    AtomicInteger busy() {
        return busy;
    }

    /** What they have under way. */
    AtomicInteger requests() {
        return requests;
    }

    /** Of the loop with that number. */
    Turns turns(int loop) {
        return turns[loop];
    }

    /** Is this the first time that it asks something of the core in this window? */
    boolean asksAnew(long window) {
        return isFirst(askedIn, window);
    }

    /** Is this the first time that anything comes of it in this window? */
    boolean isHeardAnew(long window) {
        return isFirst(heardIn, window);
    }

    private static boolean isFirst(AtomicLong last, long window) {
        long before = last.get();
        return before != window && last.compareAndSet(before, window);
    }
}

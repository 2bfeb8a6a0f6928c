package org.quorate.zab;

/**
 * What waits for the disk: tokens of {@link Journal#mark} in rising order, and for each how far the
 * log was written when it was asked for and, rarely, what is to be done then.
 */
final class Marks {
    private final Journal journal;

    // Circular; token t is at t & (length − 1).
    private long[] places = new long[16];
    private Runnable[] thens = new Runnable[16];
    private long done;
    private long asked;
    private long markedTo;

    Marks(Journal journal) {
        this.journal = journal;
    }

    /** The place up to which the log has been marked. */
    long markedTo() {
        return markedTo;
    }

    /** Asks to hear when the log is on disk up to {@code place}. */
    void mark(long place) {
        mark(place, Marks::nothing);
    }

    /** Asks for {@code then} when all that was asked of the journal before is on disk. */
    void mark(long place, Runnable then) {
        if (asked - done == places.length) {
            grow();
        }
        asked++;
        int slot = (int) asked & places.length - 1;
        places[slot] = place;
        thens[slot] = then;
        markedTo = place;
        journal.mark(asked);
    }

    /** Takes an answer: {@link #next} steps through what it settles. */
    boolean next(long token) {
        if (token > asked) {
            throw new IllegalStateException("token %d of %d".formatted(token, asked));
        }
        if (done >= token) {
            return false;
        }
        done++;
        return true;
    }

    /** The place of the mark that {@link #next} stepped to. */
    long place() {
        return places[(int) done & places.length - 1];
    }

    Runnable then() {
        return thens[(int) done & places.length - 1];
    }

    /** The log was cut: earlier marks say nothing about what will be written behind the cut. */
    void cut(long place) {
        for (long token = done + 1; token <= asked; token++) {
            int slot = (int) token & places.length - 1;
            places[slot] = Math.min(places[slot], place);
        }
        markedTo = Math.min(markedTo, place);
    }

    private static void nothing() {}

    private void grow() {
        long[] morePlaces = new long[2 * places.length];
        Runnable[] moreThens = new Runnable[2 * places.length];
        for (long token = done + 1; token <= asked; token++) {
            int slot = (int) token & places.length - 1;
            morePlaces[(int) token & morePlaces.length - 1] = places[slot];
            moreThens[(int) token & morePlaces.length - 1] = thens[slot];
        }
        places = morePlaces;
        thens = moreThens;
    }
}

package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.quorate.protocol.jute.JuteOut;

/**
 * The names that a {@link Listing} has written last, kept for the next one of the same node: when a
 * large directory changes, all who watch it list it, and only the first of them waits for names out
 * of as many records. They are forgotten when a child comes or goes, when another node is listed,
 * and when nobody has asked for them between two freezes. In pages of the tree's own, one for each
 * step of a listing. Owned by the tree's writer.
 */
final class KeptNames {
    /** What is longer is not kept: some three million names. */
    static final int BYTES_MAX = 64 << 20;

    private static final MemorySegment[] NONE = {};

    private enum State {
        EMPTY,
        /** A listing writes them. */
        GROWING,
        WHOLE,
        /** No longer true, but a listing that began before is still reading. */
        STALE
    }

    private final PagePool pool;
    private State state = State.EMPTY;
    private int node = DataTree.NONE;
    private MemorySegment[] pages = NONE;
    private int bytes;
    private boolean isRead;
    private boolean wasWanted;

    KeptNames(PagePool pool) {
        this.pool = pool;
    }

    /**
     * Some listing of a node begins.
     *
     * @return whether it is to read from here; else it hands in what it writes
     */
    boolean begin(int of) {
        if (state == State.WHOLE && node == of) {
            isRead = true;
            wasWanted = true;
            return true;
        }
        forget();
        node = of;
        state = State.GROWING;
        wasWanted = true;
        return false;
    }

    /** Further names of the listing that has begun last. */
    void grow(byte[] from, int at, int length) {
        if (state != State.GROWING) {
            return;
        }
        if (length > BYTES_MAX - bytes) {
            forget();
            return;
        }
        int left = length;
        while (left > 0) {
            int offset = bytes & Memory.PAGE_BYTES - 1;
            int page = bytes >>> Memory.PAGE_BITS;
            if (offset == 0) {
                if (page == pages.length) {
                    pages = Arrays.copyOf(pages, Math.max(4, 2 * page));
                }
                pages[page] = pool.take();
            }
            int part = Math.min(left, Memory.PAGE_BYTES - offset);
            Memory.put(pages[page], offset, from, at + length - left, part);
            bytes += part;
            left -= part;
        }
    }

    /** It has written all. */
    void whole() {
        if (state == State.GROWING) {
            state = State.WHOLE;
        }
    }

    /** All of them, as strings. */
    int bytes() {
        return bytes;
    }

    /**
     * Appends what begins at a place, up to the end of its page.
     *
     * @return the place behind it
     */
    int copy(int at, JuteOut out) {
        int offset = at & Memory.PAGE_BYTES - 1;
        int length = Math.min(bytes - at, Memory.PAGE_BYTES - offset);
        int to = out.reserve(length);
        Memory.copy(pages[at >>> Memory.PAGE_BITS], offset, out.array(), to, length);
        return at + length;
    }

    /** The listing that has begun last is over. */
    void ended() {
        isRead = false;
        if (state == State.GROWING || state == State.STALE) {
            forget();
        }
    }

    /** A child of a node has come, or goes. */
    void childrenChange(int of) {
        if (of == node) {
            if (isRead) {
                state = State.STALE;
            } else {
                forget();
            }
        }
    }

    /** Forgets what nobody has wanted since this was called last. */
    void age() {
        if (!wasWanted && state == State.WHOLE) {
            forget();
        }
        wasWanted = false;
    }

    /** Also ends the reading of a listing that is under way. */
    void forget() {
        for (int page = 0; page << Memory.PAGE_BITS < bytes; page++) {
            pool.giveBack(pages[page], 0, 0); // no view has ever seen it
        }
        pages = NONE;
        bytes = 0;
        node = DataTree.NONE;
        isRead = false;
        state = State.EMPTY;
    }
}

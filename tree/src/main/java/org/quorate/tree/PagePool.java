package org.quorate.tree;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands out pages of memory, and knows which of those given back are still seen by a frozen view.
 *
 * <p>This is the one piece of the tree that two threads share: the writer takes and gives back
 * pages, and whoever reads a frozen view closes it from its own thread. Hence {@code synchronized},
 * which guards all fields; it is taken once per page, not per access. {@link #newestView} is
 * volatile, because the writer reads it at each change: a value that is out of date costs it one
 * needless copy of a page.
 *
 * <p>Time here is counted in generations: each freeze ends one. A page is seen by the views from
 * the generation in which it was made up to, but not including, the one in which it was given back.
 */
final class PagePool {
    private static final long NO_VIEW = -1;

    /** Pages are taken from the system this many at a time, at first and later. */
    private static final int CHUNK_PAGES_MIN = 4;

    private static final int CHUNK_PAGES_MAX = 32;

    private final Arena arena;

    private int chunkPages = CHUNK_PAGES_MIN;

    /** Free pages that {@link #trim} leaves as they are: they are wanted again soon. */
    private static final int FREE_KEPT = 64;

    /** Pages that a closed view has seen are set free so many at a time, others coming between. */
    private static final int RELEASED_AT_ONCE = 1024;

    private MemorySegment[] free = new MemorySegment[CHUNK_PAGES_MAX];
    private int freeCount;

    // Free pages whose memory the system has back until they are taken again.
    private MemorySegment[] cold = new MemorySegment[CHUNK_PAGES_MAX];
    private int coldCount;
    private boolean trimming;

    // Given back, but still seen: the page, and the generations from (inclusive) and to
    // (exclusive).
    private MemorySegment[] retired = new MemorySegment[CHUNK_PAGES_MAX];
    private long[] retiredFrom = new long[CHUNK_PAGES_MAX];
    private long[] retiredTo = new long[CHUNK_PAGES_MAX];
    private int retiredCount;

    // Generations of the open views, in no order.
    private long[] views = new long[4];
    private int viewCount;
    private volatile long newestView = NO_VIEW;

    private long systemBytes;
    private boolean closed;
    private boolean arenaClosed;

    private PagePool(Arena arena) {
        this.arena = arena;
    }

    /** Whose memory is given back by {@link #close()}. */
    @SuppressWarnings("MustBeClosedChecker") // that is what close() does
    static PagePool closeable() {
        return new PagePool(Arena.ofShared());
    }

    /** Whose memory is given back when nobody refers to it any more; not to be closed. */
    static PagePool collected() {
        return new PagePool(Arena.ofAuto());
    }

    /** Generation of the newest open view; −1 if none is open. Any thread. */
    long newestView() {
        return newestView;
    }

    /** Bytes taken from the system and not given back. */
    synchronized long systemBytes() {
        return systemBytes - (long) coldCount * Memory.PAGE_BYTES;
    }

    /** Bytes of pages kept only because a view sees them. */
    synchronized long retiredBytes() {
        return (long) retiredCount * Memory.PAGE_BYTES;
    }

    /** A page with undefined content. */
    synchronized MemorySegment take() {
        if (freeCount == 0 && coldCount > 0) {
            return cold[--coldCount];
        }
        if (freeCount == 0) {
            addChunk();
        }
        return free[--freeCount];
    }

    /**
     * So many pages in one piece, with undefined content; they are given back one by one. Any
     * thread.
     */
    MemorySegment takeRun(int pages) {
        long bytes = (long) pages * Memory.PAGE_BYTES;
        MemorySegment run = arena.allocate(bytes, Memory.PAGE_BYTES); // touches it: not locked
        synchronized (this) {
            systemBytes += bytes;
        }
        return run;
    }

    /**
     * A page is not used any more from this generation on.
     *
     * @param from the generation in which it came into use
     * @param to the current generation
     */
    synchronized void giveBack(MemorySegment page, long from, long to) {
        if (!isSeen(from, to)) {
            release(page);
            return;
        }
        if (retiredCount == retired.length) {
            int capacity = 2 * retiredCount;
            retired = Arrays.copyOf(retired, capacity);
            retiredFrom = Arrays.copyOf(retiredFrom, capacity);
            retiredTo = Arrays.copyOf(retiredTo, capacity);
        }
        retired[retiredCount] = page;
        retiredFrom[retiredCount] = from;
        retiredTo[retiredCount] = to;
        retiredCount++;
    }

    /** A view of this generation is opened; the generation ends with it. */
    synchronized void open(long generation) {
        if (viewCount == views.length) {
            views = Arrays.copyOf(views, 2 * viewCount);
        }
        views[viewCount++] = generation;
        newestView = generation;
    }

    /**
     * A view is closed. Any thread; whoever takes pages meanwhile waits for a part of the work
     * only.
     */
    void close(long generation) {
        MemorySegment[] pages;
        long[] from;
        long[] to;
        int count;
        synchronized (this) {
            forget(generation);
            pages = retired;
            from = retiredFrom;
            to = retiredTo;
            count = retiredCount;
            retired = new MemorySegment[CHUNK_PAGES_MAX];
            retiredFrom = new long[CHUNK_PAGES_MAX];
            retiredTo = new long[CHUNK_PAGES_MAX];
            retiredCount = 0;
        }
        for (int done = 0; done < count; done += RELEASED_AT_ONCE) {
            giveBack(pages, from, to, done, Math.min(count, done + RELEASED_AT_ONCE));
        }
        closeArenaIfUnused();
    }

    private void forget(long generation) {
        int at = 0;
        while (at < viewCount && views[at] != generation) {
            at++;
        }
        if (at == viewCount) {
            throw new IllegalStateException(
                    "view of generation %d is not open".formatted(generation));
        }
        views[at] = views[--viewCount];
        long newest = NO_VIEW;
        for (int i = 0; i < viewCount; i++) {
            newest = Math.max(newest, views[i]);
        }
        newestView = newest;
    }

    private synchronized void giveBack(
            MemorySegment[] pages, long[] from, long[] to, int first, int end) {
        for (int i = first; i < end; i++) {
            giveBack(pages[i], from[i], to[i]);
        }
    }

    /**
     * Lets the system have the memory of free pages but a few. Any thread, which may take some
     * milliseconds; not two at a time.
     */
    void trim(DataTree.PageRelease release) {
        synchronized (this) {
            if (trimming) {
                return;
            }
            trimming = true; // keeps the arena open
        }
        try {
            for (MemorySegment page = nextToTrim(); page != null; page = nextToTrim()) {
                release.release(page);
                addCold(page);
            }
        } finally {
            trimmed();
        }
    }

    private synchronized @Nullable MemorySegment nextToTrim() {
        return closed || freeCount <= FREE_KEPT ? null : free[--freeCount];
    }

    private synchronized void addCold(MemorySegment page) {
        if (coldCount == cold.length) {
            cold = Arrays.copyOf(cold, 2 * coldCount);
        }
        cold[coldCount++] = page;
    }

    private synchronized void trimmed() {
        trimming = false;
        closeArenaIfUnused();
    }

    /** Gives all memory back to the system, as soon as the last view is closed. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            closeArenaIfUnused();
        }
    }

    private synchronized void closeArenaIfUnused() {
        if (closed && viewCount == 0 && !trimming && !arenaClosed) {
            arenaClosed = true;
            arena.close();
        }
    }

    private boolean isSeen(long from, long to) {
        for (int i = 0; i < viewCount; i++) {
            if (views[i] >= from && views[i] < to) {
                return true;
            }
        }
        return false;
    }

    private void release(MemorySegment page) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = page;
    }

    private void addChunk() {
        int pages = chunkPages;
        chunkPages = Math.min(2 * pages, CHUNK_PAGES_MAX);
        long bytes = (long) pages * Memory.PAGE_BYTES;
        MemorySegment chunk = arena.allocate(bytes, Memory.PAGE_BYTES);
        systemBytes += bytes;
        for (int i = pages - 1; i >= 0; i--) {
            release(chunk.asSlice((long) i * Memory.PAGE_BYTES, Memory.PAGE_BYTES));
        }
    }
}

package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * The writing side of {@link Memory}: blocks of any size up to {@link #BLOCK_BYTES_MAX}, whole
 * pages, and copy-on-write. Owned by one writer.
 *
 * <p>A page holds blocks of one size class, so a freed block is used again for its class at once,
 * and a page without blocks for any class. Free blocks of a page are chained through their first
 * two bytes.
 *
 * <p>{@link #freeze} hands out a copy of the page table. From then on the writer copies a page
 * before its first change to it: whoever changes a block asks for its page by {@link #own}, never
 * by {@link #page}.
 */
final class Heap extends Memory {
    /** The largest block: data beyond it is chained. */
    static final int BLOCK_BYTES_MAX = PAGE_BYTES / 4;

    /** Up to here there is a class for each unit; above, one for each way to divide a page. */
    private static final int EXACT_BYTES_MAX = 1024;

    private static final int EXACT_CLASSES = EXACT_BYTES_MAX >>> UNIT_BITS;
    private static final int PARTS_MAX = PAGE_BYTES / EXACT_BYTES_MAX;
    private static final int CLASSES = EXACT_CLASSES + PARTS_MAX - 3;

    /** Class of a page that is used as a whole; class 0 is a page number that is not in use. */
    private static final int WHOLE = CLASSES + 1;

    private static final int PAGES_MAX = 1 << Integer.SIZE - REF_OFFSET_BITS;
    private static final int NO_BLOCK = 0xffff;
    private static final int[] BLOCK_BYTES = blockBytes();

    private final PagePool pool;

    /** Number of freezes so far. */
    private long generation;

    // By page number.
    private long[] since = new long[64];
    private short[] classOf = new short[64];
    private short[] used = new short[64];
    private short[] freeBlock = new short[64];
    private short[] neverUsed = new short[64];
    private int[] nextWithRoom = new int[64];
    private int[] previousWithRoom = new int[64];

    /** By size class: a page with room, or 0. */
    private final int[] withRoom = new int[CLASSES + 1];

    private int pageCount = 1;
    private int[] freePages = new int[16];
    private int freePageCount;

    private long usedBytes;

    Heap(PagePool pool) {
        super(new MemorySegment[64]);
        this.pool = pool;
    }

    /** Bytes in blocks and whole pages that are in use. */
    long usedBytes() {
        return usedBytes;
    }

    /** Bytes in pages that are in use, full or not. */
    long pageBytes() {
        return (long) (pageCount - 1 - freePageCount) * PAGE_BYTES;
    }

    // ---- blocks

    /**
     * A block with undefined content.
     *
     * @param bytes 1 to {@link #BLOCK_BYTES_MAX}
     */
    int allocate(int bytes) {
        int sizeClass = sizeClass(bytes);
        int page = withRoom[sizeClass];
        if (page == 0) {
            page = addPage(sizeClass);
            link(page, sizeClass);
        }
        int size = BLOCK_BYTES[sizeClass];
        int unit = freeBlock[page] & 0xffff;
        if (unit != NO_BLOCK) {
            freeBlock[page] = (short) getShort(table[page], (long) unit << UNIT_BITS);
        } else {
            unit = neverUsed[page] * size >>> UNIT_BITS;
            neverUsed[page]++;
        }
        used[page]++;
        if (isFull(page, sizeClass)) {
            unlink(page, sizeClass);
        }
        usedBytes += size;
        return page << REF_OFFSET_BITS | unit;
    }

    void free(int ref) {
        int page = ref >>> REF_OFFSET_BITS;
        int sizeClass = classOf[page];
        if (sizeClass == 0 || sizeClass == WHOLE || used[page] == 0) {
            throw new IllegalStateException("block %x is not in use".formatted(ref));
        }
        usedBytes -= BLOCK_BYTES[sizeClass];
        boolean wasFull = isFull(page, sizeClass);
        used[page]--;
        if (used[page] == 0) {
            if (!wasFull) {
                unlink(page, sizeClass);
            }
            dropPage(page);
            return;
        }
        putShort(own(ref), offset(ref), freeBlock[page] & 0xffff);
        freeBlock[page] = (short) (ref & (1 << REF_OFFSET_BITS) - 1);
        if (wasFull) {
            link(page, sizeClass);
        }
    }

    /** What {@link #allocate} really gives for so many bytes. */
    static int blockBytes(int bytes) {
        return BLOCK_BYTES[sizeClass(bytes)];
    }

    /**
     * A page for the caller alone, content undefined; there is no giving back but {@link #clear}.
     */
    int allocatePage() {
        usedBytes += PAGE_BYTES;
        return addPage(WHOLE);
    }

    /** Drops everything. Frozen views stay as they are. */
    void clear() {
        for (int page = 1; page < pageCount; page++) {
            if (classOf[page] != 0 && table[page] != null) { // an image may be half taken in
                dropPage(page);
            }
        }
        Arrays.fill(withRoom, 0);
        table = new MemorySegment[64];
        pageCount = 1;
        freePageCount = 0;
        usedBytes = 0;
    }

    // ---- writing

    /**
     * The page in which a block lies, for writing. Valid until the block is freed or the heap is
     * frozen.
     */
    MemorySegment own(int ref) {
        return ownPage(ref >>> REF_OFFSET_BITS);
    }

    /** The same by page number. */
    MemorySegment ownPage(int page) {
        if (since[page] <= pool.newestView()) {
            copyPage(page);
        }
        return table[page];
    }

    // ---- frozen views

    /** The page table as it is now, never to change; {@link PagePool#close(long)} gives it back. */
    MemorySegment[] freeze() {
        pool.open(generation);
        generation++;
        return Arrays.copyOf(table, pageCount);
    }

    /** Names the view that {@link #freeze} has made last, for {@link PagePool#close(long)}. */
    long frozenGeneration() {
        return generation - 1;
    }

    // ---- images: a freeze's pages as they are, and how they are divided

    /** How the pages are divided, as it was at a freeze. Immutable. */
    static final class Division {
        private static final int BYTES_PER_PAGE = 8;

        private final short[] classOf;
        private final short[] used;
        private final short[] freeBlock;
        private final short[] neverUsed;

        private Division(Heap heap) {
            classOf = Arrays.copyOf(heap.classOf, heap.pageCount);
            used = Arrays.copyOf(heap.used, heap.pageCount);
            freeBlock = Arrays.copyOf(heap.freeBlock, heap.pageCount);
            neverUsed = Arrays.copyOf(heap.neverUsed, heap.pageCount);
        }

        /** Numbers of the pages in use, rising. */
        int[] pages() {
            return pagesIn(classOf, classOf.length);
        }

        void write(JuteOut out) {
            out.writeInt(classOf.length);
            for (int page = 0; page < classOf.length; page++) {
                out.writeInt(classOf[page] << 16 | used[page] & 0xffff);
                out.writeInt(freeBlock[page] << 16 | neverUsed[page] & 0xffff);
            }
        }
    }

    /** How the pages are divided now; what belongs to {@link #freeze}, right behind it. */
    Division division() {
        return new Division(this);
    }

    /**
     * Takes a {@link Division} in, into an empty heap. Its pages in use are to be put in by {@link
     * #putPage} before anything else is done.
     *
     * @return numbers of the pages in use, rising
     */
    int[] readDivision(JuteIn in) {
        int count = in.readCount(Division.BYTES_PER_PAGE);
        if (count < 1 || count > PAGES_MAX) {
            throw new JuteException("an image of %d pages".formatted(count));
        }
        table = new MemorySegment[count];
        since = new long[count];
        classOf = new short[count];
        used = new short[count];
        freeBlock = new short[count];
        neverUsed = new short[count];
        nextWithRoom = new int[count];
        previousWithRoom = new int[count];
        pageCount = count;
        Arrays.fill(since, generation);
        for (int page = 0; page < count; page++) {
            int classAndUsed = in.readInt();
            int freeAndNever = in.readInt();
            classOf[page] = (short) (classAndUsed >>> 16);
            used[page] = (short) classAndUsed;
            freeBlock[page] = (short) (freeAndNever >>> 16);
            neverUsed[page] = (short) freeAndNever;
        }
        for (int page = count - 1; page > 0; page--) {
            divide(page);
        }
        return pagesIn(classOf, count);
    }

    /** Puts the page where its class says that it belongs. */
    private void divide(int page) {
        int sizeClass = classOf[page];
        if (sizeClass == 0) {
            addFree(page);
        } else if (sizeClass == WHOLE) {
            usedBytes += PAGE_BYTES;
        } else if (sizeClass < 0 || sizeClass > CLASSES || used[page] <= 0) {
            throw new JuteException("page %d of class %d".formatted(page, sizeClass));
        } else {
            usedBytes += (long) used[page] * BLOCK_BYTES[sizeClass];
            if (!isFull(page, sizeClass)) {
                link(page, sizeClass);
            }
        }
    }

    /** A page that {@link #readDivision} has named. */
    void putPage(int page, MemorySegment content) {
        table[page] = content;
    }

    private static int[] pagesIn(short[] classOf, int count) {
        int[] pages = new int[count];
        int found = 0;
        for (int page = 1; page < count; page++) {
            if (classOf[page] != 0) {
                pages[found++] = page;
            }
        }
        return Arrays.copyOf(pages, found);
    }

    private void copyPage(int page) {
        MemorySegment old = table[page];
        MemorySegment copy = pool.take();
        MemorySegment.copy(old, 0, copy, 0, PAGE_BYTES);
        table[page] = copy;
        pool.giveBack(old, since[page], generation);
        since[page] = generation;
    }

    // ---- pages

    private int addPage(int sizeClass) {
        int page = freePageCount > 0 ? freePages[--freePageCount] : newPageNumber();
        table[page] = pool.take();
        since[page] = generation;
        classOf[page] = (short) sizeClass;
        used[page] = 0;
        freeBlock[page] = (short) NO_BLOCK;
        neverUsed[page] = 0;
        return page;
    }

    private int newPageNumber() {
        if (pageCount == PAGES_MAX) {
            throw new IllegalStateException("the tree has %d pages".formatted(pageCount));
        }
        if (pageCount == table.length) {
            int capacity = pageCount + Math.max(64, pageCount >>> 2);
            table = Arrays.copyOf(table, capacity);
            since = Arrays.copyOf(since, capacity);
            classOf = Arrays.copyOf(classOf, capacity);
            used = Arrays.copyOf(used, capacity);
            freeBlock = Arrays.copyOf(freeBlock, capacity);
            neverUsed = Arrays.copyOf(neverUsed, capacity);
            nextWithRoom = Arrays.copyOf(nextWithRoom, capacity);
            previousWithRoom = Arrays.copyOf(previousWithRoom, capacity);
        }
        return pageCount++;
    }

    private void dropPage(int page) {
        pool.giveBack(table[page], since[page], generation);
        classOf[page] = 0;
        addFree(page);
    }

    private void addFree(int page) {
        if (freePageCount == freePages.length) {
            freePages = Arrays.copyOf(freePages, 2 * freePageCount);
        }
        freePages[freePageCount++] = page;
    }

    private boolean isFull(int page, int sizeClass) {
        return used[page] == PAGE_BYTES / BLOCK_BYTES[sizeClass];
    }

    private void link(int page, int sizeClass) {
        int next = withRoom[sizeClass];
        nextWithRoom[page] = next;
        previousWithRoom[page] = 0;
        previousWithRoom[next] = page; // of page 0 it means nothing
        withRoom[sizeClass] = page;
    }

    private void unlink(int page, int sizeClass) {
        int next = nextWithRoom[page];
        int previous = previousWithRoom[page];
        if (withRoom[sizeClass] == page) {
            withRoom[sizeClass] = next;
        } else {
            nextWithRoom[previous] = next;
        }
        previousWithRoom[next] = previous;
    }

    private static int sizeClass(int bytes) {
        int units = bytes + UNIT_BYTES - 1 >>> UNIT_BITS;
        if (units <= EXACT_CLASSES) {
            return units;
        }
        int parts = PAGE_BYTES / (units << UNIT_BITS);
        if (parts < PAGE_BYTES / BLOCK_BYTES_MAX) {
            throw new IllegalStateException("a block of %d bytes".formatted(bytes));
        }
        return EXACT_CLASSES + PARTS_MAX - parts;
    }

    private static int[] blockBytes() {
        int[] bytes = new int[CLASSES + 1];
        for (int i = 1; i <= EXACT_CLASSES; i++) {
            bytes[i] = i << UNIT_BITS;
        }
        for (int parts = PARTS_MAX - 1; parts >= PAGE_BYTES / BLOCK_BYTES_MAX; parts--) {
            bytes[EXACT_CLASSES + PARTS_MAX - parts] = PAGE_BYTES / parts & -UNIT_BYTES;
        }
        return bytes;
    }
}

package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;

/**
 * Takes an image ({@link FrozenImage}) into an empty tree. Owned by the tree's writer; pieces are
 * filled by any thread.
 */
final class ImageLoader implements ImageSink {
    private final DataTree tree;
    private final int[] pages;
    private final boolean[] filled;

    /**
     * @param in behind version and options
     */
    private ImageLoader(DataTree tree, JuteIn in) {
        this.tree = tree;
        long hashSeed = in.readLong();
        long lastZxid = in.readLong();
        long digest = in.readLong();
        long dataBytes = in.readLong();
        tree.clear(hashSeed, lastZxid, digest, dataBytes);
        tree.quotas().limits(in.readInt());
        tree.acls().read(in);
        tree.sessions().read(in);
        pages = tree.nodes().read(in);
        if (in.remaining() > 0) {
            throw new JuteException("%d bytes behind an image's head".formatted(in.remaining()));
        }
        filled = new boolean[(pages.length + FrozenImage.RUN_PAGES - 1) / FrozenImage.RUN_PAGES];
    }

    /** Null, and the tree as it was, if the image is of another version or for other options. */
    static @Nullable ImageLoader of(DataTree tree, Slice head) {
        JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(head);
        if (in.readInt() != FrozenImage.VERSION || in.readInt() != tree.imageOptions()) {
            return null;
        }
        return new ImageLoader(tree, in);
    }

    @Override
    public int runCount() {
        return filled.length;
    }

    @Override
    public int runBytes(int index) {
        return pagesOf(index) * Memory.PAGE_BYTES;
    }

    private int pagesOf(int run) {
        return Math.min(FrozenImage.RUN_PAGES, pages.length - run * FrozenImage.RUN_PAGES);
    }

    /** The tree has the pages at once, so that it can give them back if the image turns out bad. */
    @Override
    public ByteBuffer run(int index) {
        int count = pagesOf(index);
        MemorySegment run = tree.nodes().pool().takeRun(count);
        for (int i = 0; i < count; i++) {
            tree.nodes()
                    .putPage(
                            pages[index * FrozenImage.RUN_PAGES + i],
                            run.asSlice((long) i * Memory.PAGE_BYTES, Memory.PAGE_BYTES));
        }
        filled[index] = true;
        return run.asByteBuffer();
    }

    @Override
    public void end() {
        for (int i = 0; i < filled.length; i++) {
            if (!filled[i]) {
                throw new IllegalStateException("piece %d of the image is missing".formatted(i));
            }
        }
    }
}

package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSource;

/**
 * The pages of a frozen tree as they are, and in its head everything else of the tree:
 *
 * <pre>
 * int   version
 * int   options the content depends on: bit 0 digest, bit 1 extended types
 * long  seed of the names' hash
 * long  zxid, long digest, long bytes of paths and data, int quotas
 *       access control lists, sessions, numbers and pages of the nodes
 * </pre>
 *
 * <p>Owned by the view's reader, as {@link FrozenTree}.
 */
final class FrozenImage implements ImageSource {
    /**
     * To be raised with every change of how anything lies in pages ({@link Znode}, {@link
     * Children}, {@link Heap}) or in the head.
     */
    static final int VERSION = 2;

    /** Pages in a piece. */
    static final int RUN_PAGES = 32;

    private static final int HEAD_BYTES_MIN = 1024;

    private final MemorySegment[] table;
    private final NodeStore.Frozen nodes;
    private final AclTable.Frozen acls;
    private final Sessions.Frozen sessions;
    private final int options;
    private final long hashSeed;
    private final long lastZxid;
    private final long digest;
    private final long dataBytes;
    private final int quotas;
    private int[] pages = new int[0];

    /** Right behind the freeze of the nodes, whose pages are in the table. */
    FrozenImage(DataTree tree, Sessions.Frozen sessions, MemorySegment[] table) {
        this.table = table;
        this.nodes = tree.nodes().frozen();
        this.acls = tree.acls().frozen();
        this.sessions = sessions;
        this.options = tree.imageOptions();
        this.hashSeed = tree.hashSeed();
        this.lastZxid = tree.lastZxid();
        this.digest = tree.digest();
        this.dataBytes = tree.dataBytes();
        this.quotas = tree.quotas().limits();
    }

    @Override
    public Slice head() {
        JuteOut out = new JuteOut(HEAD_BYTES_MIN, Integer.MAX_VALUE);
        out.writeInt(VERSION).writeInt(options).writeLong(hashSeed);
        out.writeLong(lastZxid).writeLong(digest).writeLong(dataBytes).writeInt(quotas);
        acls.write(out);
        sessions.write(out);
        nodes.write(out);
        return new Slice().set(out.array(), 0, out.size());
    }

    @Override
    public int runCount() {
        return (pages().length + RUN_PAGES - 1) / RUN_PAGES;
    }

    @Override
    public ByteBuffer[] run(int index) {
        int from = index * RUN_PAGES;
        ByteBuffer[] run = new ByteBuffer[Math.min(RUN_PAGES, pages().length - from)];
        for (int i = 0; i < run.length; i++) {
            run[i] = table[pages[from + i]].asByteBuffer().asReadOnlyBuffer();
        }
        return run;
    }

    @Override
    public long bytes() {
        return (long) pages().length * Memory.PAGE_BYTES;
    }

    private int[] pages() {
        if (pages.length == 0) {
            pages = nodes.pages();
        }
        return pages;
    }
}

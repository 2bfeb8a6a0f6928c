package org.quorate.node.console;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;

/**
 * Lists the children of a znode page by page. The tree keeps them in an order of its own; up to
 * {@link #SORTED_MAX} of them, or those that begin with a text, are looked through whole for each
 * page and shown by name. A larger list is shown in the tree's order, which costs nothing. The
 * writer is never held up for more than {@link #SLICE} names.
 */
final class ChildPage {
    /** Children that are sorted for each page. */
    static final int SORTED_MAX = 200_000;

    /** Names looked at while the writer waits: a fraction of a millisecond. */
    static final int SLICE = 1_000;

    /** A search that takes longer shows what it has found. */
    static final long SEARCH_MILLIS_MAX = 2_000;

    private final TreeAccess tree;
    private final LongSupplier nowNanos;

    ChildPage(TreeAccess tree, LongSupplier nowNanos) {
        this.tree = tree;
        this.nowNanos = nowNanos;
    }

    /**
     * What is wanted.
     *
     * @param prefix of the names; empty for all
     * @param after the last name of the page before; empty for the first page
     */
    record Wish(String path, String prefix, String after, int limit) {}

    /**
     * A page.
     *
     * @param names as they are to be shown
     * @param sorted by name; else in the tree's order
     * @param more there are more behind the last
     * @param complete false if the search was given up: there may be others
     */
    record Names(List<String> names, boolean sorted, boolean more, boolean complete) {}

    /** A piece of the listing, taken at one moment. */
    private record Piece(List<String> names, @Nullable Slice last) {}

    /**
     * @param childCount of the node, a moment ago
     */
    Names list(Wish wish, int childCount) {
        boolean sorted = childCount <= SORTED_MAX || !wish.prefix().isEmpty();
        return sorted ? sorted(wish) : inOrderOfTheTree(wish);
    }

    private Names inOrderOfTheTree(Wish wish) {
        List<String> names = new ArrayList<>();
        @Nullable Slice at = wish.after().isEmpty() ? null : Slice.of(wish.after());
        Piece piece = piece(wish.path(), at, wish.limit() + 1);
        names.addAll(piece.names());
        boolean more = names.size() > wish.limit();
        return new Names(more ? names.subList(0, wish.limit()) : names, false, more, true);
    }

    /** Keeps the smallest names of all that are wanted. */
    private Names sorted(Wish wish) {
        PriorityQueue<String> smallest = new PriorityQueue<>(Comparator.reverseOrder());
        long endNanos = nowNanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(SEARCH_MILLIS_MAX);
        @Nullable Slice at = null;
        boolean complete = true;
        do {
            if (nowNanos.getAsLong() - endNanos > 0) {
                complete = false;
                break;
            }
            Piece piece = piece(wish.path(), at, SLICE);
            for (String name : piece.names()) {
                if (name.startsWith(wish.prefix()) && name.compareTo(wish.after()) > 0) {
                    smallest.add(name);
                    if (smallest.size() > wish.limit() + 1) {
                        smallest.poll();
                    }
                }
            }
            at = piece.last();
        } while (at != null);
        List<String> names = new ArrayList<>(smallest);
        Collections.sort(names);
        boolean more = names.size() > wish.limit();
        return new Names(
                more ? List.copyOf(names.subList(0, wish.limit())) : names, true, more, complete);
    }

    /** At most so many names behind one; the last of them if there may be more. */
    private Piece piece(String path, @Nullable Slice after, int namesMax) {
        return tree.read(all -> {
            List<String> names = new ArrayList<>();
            int node = TreeQuestions.find(all, path);
            int child = node == DataTree.NONE ? DataTree.NONE : first(all, node, after);
            JuteOut name = new JuteOut();
            @Nullable Slice last = null;
            while (child != DataTree.NONE && names.size() < namesMax) {
                all.writeName(child, name.clear());
                names.add(new String(name.array(), 0, name.size(), StandardCharsets.UTF_8));
                child = all.nextSibling(child);
                if (child != DataTree.NONE && names.size() == namesMax) {
                    last = Slice.of(name.copy());
                }
            }
            return new Piece(names, last);
        });
    }

    private static int first(DataTree tree, int node, @Nullable Slice after) {
        return after == null ? tree.firstChild(node) : tree.childAfter(node, after);
    }
}

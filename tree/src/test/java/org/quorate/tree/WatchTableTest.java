package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.Slice;

class WatchTableTest {
    private static final String[] PATHS = {"/", "/a", "/a/b", "/a/b/c", "/ab", "/b"};
    private static final int WATCHERS = 14; // more than are searched one by one

    private record Watch(int watcher, String path, WatchTable.Mode mode)
            implements Comparable<Watch> {
        @Override
        public int compareTo(Watch o) {
            return toString().compareTo(o.toString());
        }
    }

    private final WatchTable table = new WatchTable();
    private final Set<Watch> model = new TreeSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theTableDoesWhatANaiveSetOfWatchesDoes(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 20_000; step++) {
            int watcher = 1 + random.nextInt(WATCHERS);
            String path = PATHS[random.nextInt(PATHS.length)];
            int type = 1 + random.nextInt(5);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    WatchTable.Mode mode = WatchTable.Mode.values()[random.nextInt(4)];
                    table.add(watcher, Slice.of(path), mode);
                    model.add(new Watch(watcher, path, mode));
                }
                case 4 ->
                        assertThat(table.has(watcher, Slice.of(path), type))
                                .isEqualTo(
                                        model.stream().anyMatch(w -> is(w, watcher, path, type)));
                case 5 ->
                        assertThat(table.remove(watcher, Slice.of(path), type))
                                .isEqualTo(model.removeIf(w -> is(w, watcher, path, type)));
                case 6 -> {
                    if (random.nextInt(10) == 0) {
                        table.removeAll(watcher);
                        model.removeIf(w -> w.watcher == watcher);
                    }
                }
                default -> fire(random.nextInt(4), path, "seed " + seed + " step " + step);
            }
            assertThat(table.watchCount())
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(inData().size() + inChild().size());
        }
        List<Watch> listed = new ArrayList<>();
        table.forEach((watcher, path, mode) -> listed.add(new Watch(watcher, path.text(), mode)));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(model);
        assertThat(table.dataWatchCount()).isEqualTo(inData().size());
        assertThat(table.dataPathCount())
                .isEqualTo((int) inData().stream().map(w -> w.split(" ")[1]).distinct().count());
        assertThat(table.dataWatcherCount())
                .isEqualTo((int) inData().stream().map(w -> w.split(" ")[0]).distinct().count());
        for (int watcher = 1; watcher <= WATCHERS; watcher++) {
            table.removeAll(watcher);
        }
        assertThat(table.watchCount()).isZero();
        assertThat(table.memoryBytes()).isZero();
    }

    @Test
    void aPathWatchedByVeryManyAndAWatcherOfVeryManyPathsAreNormal() {
        int many = 50_000;
        for (int i = 1; i <= many; i++) {
            table.add(i, Slice.of("/hot"), WatchTable.Mode.DATA);
            table.add(1, Slice.of("/cold/" + i), WatchTable.Mode.CHILD);
        }
        assertThat(table.has(777, Slice.of("/hot"), 2)).isTrue();
        for (int i = 1; i <= many; i += 2) {
            assertThat(table.remove(i, Slice.of("/hot"), 3)).isTrue();
        }
        List<Integer> told = new ArrayList<>();
        table.dataChanged(Slice.of("/hot"), (watcher, type, path) -> told.add(watcher));
        assertThat(told).hasSize(many / 2).isSorted();
        assertThat(table.watchCount()).isEqualTo(many);
        table.removeAll(1);
        assertThat(table.watchCount()).isZero();
        assertThat(table.memoryBytes()).isZero();
    }

    @Test
    void aWatchTakesLessThanAHundredBytes() {
        int many = 20_000;
        for (int i = 0; i < many; i++) {
            String path = "/services/payment/instances/n%08d".formatted(i);
            table.add(1 + i % 100, Slice.of(path), WatchTable.Mode.DATA);
        }
        // Beside it only the slot by which the path is found: 8 bytes, 7/16 full at the worst.
        assertThat(table.memoryBytes() / many + 8 * 16 / 7 + 1).isLessThan(100);
    }

    @Test
    void pathsLongerThanAPageCanBeWatched() {
        Slice deep = Slice.of("/" + "x".repeat(40_000));
        Slice other = Slice.of("/" + "x".repeat(39_999) + "y");
        table.add(3, deep, WatchTable.Mode.DATA);
        table.add(4, other, WatchTable.Mode.PERSISTENT_RECURSIVE);
        List<Integer> told = new ArrayList<>();
        table.created(deep, (watcher, type, path) -> told.add(watcher));
        table.created(deep, (watcher, type, path) -> told.add(watcher));
        table.deleted(other, (watcher, type, path) -> told.add(watcher));
        assertThat(told).containsExactly(3, 4);
        table.removeAll(4);
        assertThat(table.memoryBytes()).isZero();
    }

    /** Watcher and path of what is in the table of data. */
    private Set<String> inData() {
        Set<String> pairs = new TreeSet<>();
        for (Watch w : model) {
            if (w.mode != WatchTable.Mode.CHILD) {
                pairs.add(w.watcher + " " + w.path);
            }
        }
        return pairs;
    }

    private Set<String> inChild() {
        Set<String> pairs = new TreeSet<>();
        for (Watch w : model) {
            if (w.mode == WatchTable.Mode.CHILD || w.mode == WatchTable.Mode.PERSISTENT) {
                pairs.add(w.watcher + " " + w.path);
            }
        }
        return pairs;
    }

    private void fire(int event, String path, String where) {
        List<Integer> told = new ArrayList<>();
        WatchTable.Visitor visitor =
                (watcher, type, at) -> {
                    assertThat(at.text()).isEqualTo(path);
                    told.add(watcher);
                };
        Slice slice = Slice.of(path);
        boolean data = event != 3;
        boolean child = event == 1 || event == 3;
        switch (event) {
            case 0 -> table.created(slice, visitor);
            case 1 -> table.deleted(slice, visitor);
            case 2 -> table.dataChanged(slice, visitor);
            default -> table.childrenChanged(slice, visitor);
        }
        Set<Integer> expected = new TreeSet<>();
        for (Watch w : model) {
            boolean here = w.path.equals(path);
            switch (w.mode) {
                case DATA -> add(expected, w, here && data);
                case CHILD -> add(expected, w, here && child);
                case PERSISTENT -> add(expected, w, here);
                case PERSISTENT_RECURSIVE -> add(expected, w, data && covers(w.path, path));
            }
        }
        assertThat(told).as(where).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(told)).as(where).isEqualTo(expected);
        model.removeIf(w -> w.path.equals(path) && data && w.mode == WatchTable.Mode.DATA);
        model.removeIf(w -> w.path.equals(path) && child && w.mode == WatchTable.Mode.CHILD);
    }

    private static void add(Set<Integer> to, Watch watch, boolean condition) {
        if (condition) {
            to.add(watch.watcher);
        }
    }

    private static boolean covers(String above, String path) {
        return path.equals(above)
                || path.startsWith(above.equals("/") ? "/" : above + "/") && !path.equals("/");
    }

    private static boolean is(Watch w, int watcher, String path, int type) {
        return w.watcher == watcher
                && w.path.equals(path)
                && (type == 3 || type == new int[] {2, 1, 4, 5}[w.mode.ordinal()]);
    }
}

package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.Slice;

class WatchTableTest {
    private static final String[] PATHS = {"/", "/a", "/a/b", "/a/b/c", "/ab", "/b"};
    private static final int WATCHERS = 5;

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
                    .isEqualTo(model.size());
        }
        List<Watch> listed = new ArrayList<>();
        table.forEach((watcher, path, mode) -> listed.add(new Watch(watcher, path.text(), mode)));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(model);
        assertThat(table.pathCount())
                .isEqualTo((int) model.stream().map(Watch::path).distinct().count());
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

package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.tree.DataTree;

/** A start by the image is a start by the snapshot, or the snapshot is taken. */
class ImageFileTest {
    private static final StoreOptions OPTIONS = StoreOptions.of(Opened.DIR).withImageBytesMin(0);

    private final FaultyDisk disk = new FaultyDisk();
    private final List<IOException> troubles = new ArrayList<>();

    /** Everything that can be compared of a state. */
    private record State(
            long zxid,
            long digest,
            int nodes,
            long dataBytes,
            Map<String, Map<String, String>> content,
            Map<Long, Integer> sessions) {
        static State of(LoadedTree loaded) {
            DataTree tree = loaded.tree();
            return new State(
                    tree.lastZxid(),
                    tree.digest(),
                    tree.nodeCount(),
                    tree.dataBytes(),
                    loaded.nodes(),
                    loaded.sessions());
        }
    }

    /** Random transactions, then a snapshot with its image, then some more. */
    private State live(Disk on, StoreOptions options, long seed) throws Exception {
        try (Store store = Store.open(on, options)) {
            LoadedTree loaded = LoadedTree.from(store);
            store.writeSnapshot(loaded.tree().freeze());
            RandomTxns txns = new RandomTxns(loaded.tree(), new Random(seed));
            append(store, loaded, txns, 300);
            store.roll();
            store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add);
            append(store, loaded, txns, 100);
            return State.of(loaded);
        }
    }

    private static void append(Store store, LoadedTree loaded, RandomTxns txns, int count)
            throws IOException {
        for (int i = 0; i < count; i++) {
            byte[] txn = txns.next();
            store.append(loaded.tree().lastZxid(), txn, 0, txn.length);
        }
        store.sync();
    }

    private static LoadedTree start(Disk on, StoreOptions options) throws Exception {
        try (Store store = Store.open(on, options)) {
            return LoadedTree.from(store);
        }
    }

    private Path image() {
        return disk.files().stream()
                .filter(path -> path.getFileName().toString().startsWith("image."))
                .findAny()
                .orElseThrow();
    }

    @Test
    void aStartByTheImageGivesWhatAStartByTheSnapshotGives() throws Exception {
        for (long seed = 1; seed <= 8; seed++) {
            FaultyDisk fresh = new FaultyDisk();
            State lived = live(fresh, OPTIONS, seed);
            FaultyDisk without = FaultyDisk.of(fresh.image());
            without.files().stream()
                    .filter(path -> path.getFileName().toString().startsWith("image."))
                    .forEach(path -> {
                        try {
                            without.delete(path);
                        } catch (IOException e) {
                            fail(e);
                        }
                    });
            LoadedTree byImage = start(fresh, OPTIONS);
            LoadedTree bySnapshot = start(without, OPTIONS);
            assertThat(byImage.images()).as("seed %d", seed).isOne();
            assertThat(bySnapshot.images()).isZero();
            assertThat(State.of(byImage)).as("seed %d", seed).isEqualTo(State.of(bySnapshot));
            assertThat(State.of(byImage)).as("seed %d", seed).isEqualTo(lived);
            assertThat(byImage.recovery()).isEqualTo(bySnapshot.recovery());
            assertThat(byImage.compared()).isEqualTo(bySnapshot.compared());
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void realFilesAreReadByAllProcessors(@TempDir Path dir) throws Exception {
        StoreOptions options = StoreOptions.of(dir).withImageBytesMin(0);
        State lived = live(Disk.REAL, options, 3);
        LoadedTree loaded = start(Disk.REAL, options);
        assertThat(loaded.images()).isOne();
        assertThat(State.of(loaded)).isEqualTo(lived);
    }

    @Test
    void anImageWithAWrongBitIsPassedOverForItsSnapshot() throws Exception {
        State lived = live(disk, OPTIONS, 4);
        byte[] whole = disk.content(image());
        Random random = new Random(9);
        int passedOver = 0;
        for (int i = 0; i < 120; i++) {
            byte[] damaged = whole.clone();
            // The first bytes say how the rest is to be read: half of the bits there.
            int at = random.nextInt(i % 2 == 0 ? 200 : whole.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            passedOver += startFrom(damaged, lived) ? 0 : 1;
        }
        // Zeros in front of the pages are nobody's.
        assertThat(passedOver).isGreaterThan(100);
    }

    @Test
    void anImageThatIsCutIsPassedOverForItsSnapshot() throws Exception {
        State lived = live(disk, OPTIONS, 5);
        byte[] whole = disk.content(image());
        Random random = new Random(9);
        for (int i = 0; i < 40; i++) {
            int length = i < 20 ? i * 8 : random.nextInt(whole.length);
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThat(startFrom(cut, lived)).as("%d bytes", length).isFalse();
            byte[] zeros = java.util.Arrays.copyOf(cut, whole.length);
            assertThat(startFrom(zeros, lived)).as("zeros behind %d bytes", length).isFalse();
        }
    }

    /** Whether the image was used; the state is the same anyway. */
    private boolean startFrom(byte[] image, State lived) throws Exception {
        FaultyDisk other = FaultyDisk.of(disk.image());
        other.put(image(), image);
        LoadedTree loaded = start(other, OPTIONS);
        assertThat(State.of(loaded)).isEqualTo(lived);
        List<String> findings = loaded.recovery().findings();
        if (!findings.isEmpty()) {
            assertThat(findings)
                    .singleElement()
                    .asString()
                    .contains(image() + " was passed over for its snapshot: ");
        }
        return findings.isEmpty();
    }

    @Test
    void anImageOfAnotherSnapshotOfTheSameNameIsPassedOver() throws Exception {
        live(disk, OPTIONS, 6);
        FaultyDisk other = new FaultyDisk();
        State lived = live(other, OPTIONS, 7);
        Path own =
                other.files().stream()
                        .filter(path -> path.getFileName().toString().startsWith("image."))
                        .findAny()
                        .orElseThrow();
        other.put(own, disk.content(image()));
        LoadedTree loaded = start(other, OPTIONS);
        assertThat(loaded.recovery().findings())
                .singleElement()
                .asString()
                .contains("another snapshot");
        assertThat(State.of(loaded)).isEqualTo(lived);
    }

    @Test
    void aFormatThatIsNotKnownIsPassedOver() throws Exception {
        State lived = live(disk, OPTIONS, 8);
        byte[] newer = disk.content(image());
        newer[11]++;
        assertThat(startFrom(newer, lived)).isFalse();
    }

    @Test
    void withoutRoomThereIsASnapshotAndNoImage() throws Exception {
        try (Store store = Store.open(disk, OPTIONS)) {
            LoadedTree loaded = LoadedTree.from(store);
            store.writeSnapshot(loaded.tree().freeze());
            append(store, loaded, new RandomTxns(loaded.tree(), new Random(1)), 1);
            disk.freeBytes = 4_000;
            assertThat(store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add))
                    .isTrue();
        }
        assertThat(troubles).singleElement().isInstanceOf(DiskFullException.class);
        assertThat(disk.files()).noneMatch(path -> path.getFileName().toString().contains("image"));
        assertThat(start(disk, OPTIONS).tree().lastZxid()).isOne();
    }

    @Test
    void aCrashAtAnyMomentLeavesAStateThatStarts() throws Exception {
        int images = 0;
        int crashes = 0;
        for (int seed = 0; seed < 120; seed++) {
            FaultyDisk fresh = new FaultyDisk();
            fresh.random = new Random(seed);
            Store store = Store.open(fresh, OPTIONS);
            LoadedTree loaded = LoadedTree.from(store);
            store.writeSnapshot(loaded.tree().freeze());
            RandomTxns txns = new RandomTxns(loaded.tree(), new Random(2));
            append(store, loaded, txns, 50);
            store.roll();
            store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add);
            append(store, loaded, txns, 50);
            State lived = State.of(loaded);
            fresh.crashAfter = seed % 60;
            try {
                store.roll();
                store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add);
                store.purge(3);
            } catch (FaultyDisk.Crash e) {
                crashes++;
            }
            fresh.restart();
            LoadedTree again = start(fresh, OPTIONS);
            assertThat(State.of(again)).as("seed %d", seed).isEqualTo(lived);
            assertThat(again.recovery().findings()).as("seed %d", seed).isEmpty();
            images += again.images();
        }
        // Otherwise this test would show nothing.
        assertThat(crashes).isGreaterThan(30);
        assertThat(images).isGreaterThan(30);
    }

    @Test
    void onlyTheNewestImageIsKeptAndItGoesWithItsSnapshot() throws Exception {
        try (Store store = Store.open(disk, OPTIONS)) {
            LoadedTree loaded = LoadedTree.from(store);
            RandomTxns txns = new RandomTxns(loaded.tree(), new Random(2));
            store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add);
            for (int i = 0; i < 5; i++) {
                append(store, loaded, txns, 20);
                store.roll();
                store.writeSnapshot(loaded.tree().freeze(), store.history(), troubles::add);
                assertThat(images()).hasSize(1);
            }
            long last = loaded.tree().lastZxid();
            store.purge(3);
            assertThat(images()).hasSize(1);
            assertThat(store.truncate(last - 25)).isTrue();
            assertThat(images()).isEmpty();
        }
    }

    private List<String> images() {
        return disk.files().stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.startsWith("image."))
                .toList();
    }

    @Test
    void smallStatesAndPackedSnapshotsHaveNone() throws Exception {
        for (StoreOptions options :
                List.of(
                        StoreOptions.of(Opened.DIR),
                        new StoreOptions(
                                Opened.DIR,
                                Opened.DIR,
                                100_000,
                                1L << 32,
                                16 << 10,
                                true,
                                "gz",
                                false,
                                true,
                                true,
                                true,
                                1,
                                0))) {
            FaultyDisk fresh = new FaultyDisk();
            live(fresh, options, 2);
            assertThat(fresh.files())
                    .noneMatch(path -> path.getFileName().toString().contains("image"));
        }
    }
}

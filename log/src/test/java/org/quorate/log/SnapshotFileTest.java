package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;

class SnapshotFileTest {
    @TempDir Path dir;

    private Path sample(String name, String file) {
        return Sample.of(name).unpack(dir).resolve("version-2").resolve(file);
    }

    @Test
    void aSnapshotOfZooKeeperVerifies() throws Exception {
        SnapshotFile.Stats stats =
                SnapshotFile.verify(Disk.REAL, sample("standalone-alltypes", "snapshot.9f"));
        assertThat(stats.label().zxid()).isEqualTo(0x9f);
        assertThat(stats.label().lastZxid()).isEqualTo(0x9f);
        assertThat(stats.label().isFuzzy()).isFalse();
        assertThat(stats.nodeDigest()).isEqualTo(stats.label().digest());
        assertThat(stats.nodes()).isEqualTo(34);
        assertThat(stats.sessions()).isEqualTo(2);
    }

    @Test
    void packedSnapshotsOfZooKeeperVerify() throws Exception {
        for (String kind : new String[] {"gzip", "snappy"}) {
            Path files = Sample.of("standalone-" + kind).unpack(dir).resolve("version-2");
            int verified = 0;
            for (String name : Disk.REAL.list(files)) {
                if (name.startsWith("snapshot.")) {
                    SnapshotFile.verify(Disk.REAL, files.resolve(name));
                    verified++;
                }
            }
            assertThat(verified).isGreaterThan(1);
        }
    }

    /** Found by fuzzing: snappy's own reader throws an Error, or asks for gigabytes. */
    @ParameterizedTest
    @ValueSource(ints = {0x20000064, Integer.MAX_VALUE, -1, SnappyChunks.CHUNK_BYTES_MAX + 1})
    void aChunkOfSnappyThatClaimsTooMuchIsDamage(int length) throws Exception {
        byte[] magic = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
        ByteBuffer packed = ByteBuffer.allocate(64).put(magic).putInt(length);
        // What a good one would unpack to: as a number of seven bits at a time.
        ByteBuffer unpacked = ByteBuffer.allocate(64).put(magic).putInt(20);
        long left = Integer.toUnsignedLong(length);
        for (; left >= 0x80; left >>>= 7) {
            unpacked.put((byte) (left | 0x80));
        }
        unpacked.put((byte) left);
        for (ByteBuffer content : new ByteBuffer[] {packed, unpacked}) {
            Path file = Files.write(dir.resolve("snapshot.0.snappy"), content.array());
            assertThatThrownBy(() -> SnapshotFile.verify(Disk.REAL, file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot be unpacked");
        }
    }

    @Test
    void aFuzzySnapshotSaysSo() throws Exception {
        SnapshotFile.Label label =
                SnapshotFile.stats(Disk.REAL, sample("fuzzy-snapshot", "snapshot.32e5")).label();
        assertThat(label.isFuzzy()).isTrue();
        assertThat(label.lastZxid()).isEqualTo(0x3411);
        assertThat(label.digestZxid()).isEqualTo(0x3411);
    }

    @Test
    void allFourEndingsAreRead() throws Exception {
        assertThat(ending("snapshot-style-35").digestZxid()).isEqualTo(-1);
        assertThat(ending("snapshot-style-35").lastZxid()).isEqualTo(-1);
        assertThat(ending("snapshot-style-36").digestZxid()).isPositive();
        assertThat(ending("snapshot-style-36").lastZxid()).isEqualTo(-1);
        assertThat(ending("standalone-nodigest-noclosetxn").digestZxid()).isEqualTo(-1);
        assertThat(ending("standalone-nodigest-noclosetxn").lastZxid()).isPositive();
    }

    private SnapshotFile.Label ending(String name) throws IOException {
        Path files = Sample.of(name).unpack(dir).resolve("version-2");
        String newest =
                Disk.REAL.list(files).stream()
                        .filter(file -> file.startsWith("snapshot."))
                        .max(
                                java.util.Comparator.comparing(
                                        file -> FileName.parse(file, "snapshot").zxid()))
                        .orElseThrow();
        return SnapshotFile.stats(Disk.REAL, files.resolve(newest)).label();
    }

    @Test
    void aDamagedSnapshotIsRefusedWithALine() {
        assertThatThrownBy(() ->
                        SnapshotFile.verify(
                                Disk.REAL, sample("badcrc-newest-snapshot", "snapshot.9f")))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("snapshot.9f: its checksum is wrong");
        assertThatThrownBy(() ->
                        SnapshotFile.verify(
                                Disk.REAL, sample("torn-newest-snapshot", "snapshot.9f")))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("snapshot.9f: it ends early");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gz", "snappy"})
    void whatIsWrittenIsReadBack(String compression) throws Exception {
        FaultyDisk disk = new FaultyDisk();
        Recorded written = large();
        Compression packing = Compression.ofMethod(compression);
        Path path = Path.of("/data/" + FileName.snapshot(9, packing).name());
        long bytes = new SnapshotWriter(disk, packing, 0).write(written.source(9, 9, 77), path);
        assertThat(bytes).isEqualTo(disk.content(path).length);
        Recorded read = new Recorded();
        SnapshotFile.Label label = SnapshotFile.read(disk, path, read, null);
        assertThat(label).isEqualTo(new SnapshotFile.Label(9, 9, 9, 2, 77, bytes));
        assertThat(read.sessions).isEqualTo(written.sessions);
        assertThat(read.nodes).hasSameSizeAs(written.nodes);
        for (int i = 0; i < read.nodes.size(); i++) {
            assertThat(read.nodes.get(i)).isEqualTo(written.nodes.get(i));
        }
    }

    /** Several chunks, and nodes longer than the room in front of a chunk. */
    private static Recorded large() {
        Recorded content = new Recorded();
        for (long session = 1; session <= 1000; session++) {
            content.sessions.put(session, (int) session);
        }
        Random random = new Random(3);
        SnapshotNode node = new SnapshotNode();
        for (int i = 0; i < 60; i++) {
            byte[] data = new byte[random.nextInt(i % 10 == 0 ? 400_000 : 40_000)];
            random.nextBytes(data);
            node.path.set(Slice.of("/n" + i));
            node.data.set(data, 0, data.length);
            node.czxid = i;
            content.node(node);
        }
        return content;
    }

    @Test
    void aSnapshotWhoseNodesHaveAnotherDigestDoesNotVerify() throws Exception {
        FaultyDisk disk = new FaultyDisk();
        Recorded content = new Recorded();
        content.node("", "x", 1);
        Path path = Path.of("/data/snapshot.9");
        new SnapshotWriter(disk, Compression.NONE, 0).write(content.source(9, 9, 77), path);
        assertThatThrownBy(() -> SnapshotFile.verify(disk, path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("but it says 77");
    }

    @Test
    void checksumsJoin() {
        byte[] bytes = new byte[200_000];
        new Random(5).nextBytes(bytes);
        for (int split : new int[] {0, 1, 65521, 65522, 150_000, 200_000}) {
            assertThat(
                            Checksum.joined(
                                    adler(bytes, 0, split),
                                    adler(bytes, split, 200_000),
                                    200_000L - split))
                    .isEqualTo(adler(bytes, 0, 200_000));
        }
    }

    private static long adler(byte[] bytes, int from, int to) {
        java.util.zip.Adler32 adler = new java.util.zip.Adler32();
        adler.update(bytes, from, to - from);
        return adler.getValue();
    }
}

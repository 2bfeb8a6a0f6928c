package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTest {
    private static final int LOCKED = 7;

    @TempDir Path dir;

    @Test
    void gathersBuffersAtAPlace() throws IOException {
        Path path = dir.resolve("file");
        try (Disk.File file = Disk.REAL.open(path, Disk.Mode.WRITE)) {
            ByteBuffer[] buffers = {
                ByteBuffer.wrap(new byte[] {1, 2}),
                ByteBuffer.wrap(new byte[] {3}),
                ByteBuffer.wrap(new byte[] {9, 9})
            };
            file.write(buffers, 2, 4);
            file.sync();
            assertThat(file.size()).isEqualTo(7);
        }
        assertThat(Files.readAllBytes(path)).containsExactly(0, 0, 0, 0, 1, 2, 3);
    }

    /** Every write to this device finds the disk full, whatever room its file system has. */
    @Test
    void aFullDiskIsKnownByTheSystemsOwnWords() throws IOException {
        Path full = Path.of("/dev/full");
        try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessage(SystemWords.of(SystemWords.NO_SPACE));
        }
        try (Disk.File file = Disk.REAL.open(full, Disk.Mode.WRITE)) {
            ByteBuffer[] one = {ByteBuffer.allocate(1)};
            assertThatThrownBy(() -> file.write(one, 1, 0))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessage("no room left for /dev/full");
        }
        assertThat(SystemWords.of(SystemWords.OVER_QUOTA))
                .isNotEmpty()
                .isNotEqualTo(SystemWords.of(SystemWords.NO_SPACE));
    }

    @Test
    void anExistingFileIsNotCutWhenOpened() throws IOException {
        Path path = Files.write(dir.resolve("file"), new byte[] {1, 2, 3});
        Disk.REAL.open(path, Disk.Mode.WRITE).close();
        assertThat(Files.size(path)).isEqualTo(3);
        assertThatThrownBy(() -> Disk.REAL.open(dir.resolve("none"), Disk.Mode.READ))
                .isInstanceOf(IOException.class);
    }

    @Test
    void listsByNameAndNothingForNoDirectory() throws IOException {
        Files.createFile(dir.resolve("b"));
        Files.createDirectory(dir.resolve("a"));
        assertThat(Disk.REAL.list(dir)).containsExactly("a", "b");
        assertThat(Disk.REAL.list(dir.resolve("none"))).isEmpty();
        assertThat(Disk.REAL.freeBytes(dir)).isPositive();
    }

    @Test
    void aDirectoryIsLockedOnceInAProcess() throws Exception {
        AutoCloseable lock = Disk.REAL.lock(dir);
        assertThat(lock).isNotNull();
        assertThat(Disk.REAL.lock(dir)).isNull();
        assertThat(Disk.REAL.lock(dir.resolve("."))).isNull();
        assertThat(lockInAnotherProcess()).isEqualTo(LOCKED);
        lock.close();
        assertThat(lockInAnotherProcess()).isZero();
        Disk.REAL.lock(dir).close();
    }

    /** Its exit code. */
    private int lockInAnotherProcess() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xshare:auto",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Locker.class.getName(),
                                dir.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(new File(dir.toString(), "output"))
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** The other process. */
    static final class Locker {
        private Locker() {}

        public static void main(String[] args) throws Exception {
            System.exit(Disk.REAL.lock(Path.of(args[0])) == null ? LOCKED : 0);
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefusedInOneLine() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> Store.open(Disk.REAL, StoreOptions.of(file)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be used")
                .hasMessageNotContaining("\n");
    }

    @Test
    void zerosAreLaidBesideTheAppendingThreadWithoutHarm() throws Exception {
        Path data = dir.resolve("data");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Opened opened = Opened.on(Disk.REAL, StoreOptions.of(data))) {
            opened.writeSnapshot(0);
            Thread background =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    while (!stop.get()) {
                                        opened.store.prepare();
                                        Thread.onSpinWait();
                                    }
                                } catch (Throwable e) {
                                    failure.set(e);
                                }
                            });
            long zxid = 0;
            for (int batch = 0; batch < 300; batch++) {
                for (int i = 0; i < 1 + batch % 4; i++) {
                    byte[] txn = Txns.setData(++zxid, (int) (zxid * 37 % 9000));
                    opened.store.append(zxid, txn, 0, txn.length);
                }
                opened.store.sync();
                if (batch % 100 == 99) {
                    opened.store.roll();
                }
            }
            stop.set(true);
            background.join();
            assertThat(failure.get()).isNull();
        }
        try (Opened again = Opened.on(Disk.REAL, StoreOptions.of(data))) {
            assertThat(again.recovery.findings()).isEmpty();
            assertThat(again.txns).hasSize(750);
            again.txns.forEach((zxid, txn) ->
                    assertThat(txn).isEqualTo(Txns.setData(zxid, (int) (zxid * 37 % 9000))));
        }
        assertThat(Disk.REAL.list(data)).isEqualTo(List.of("quorate.lock", "version-2"));
    }
}

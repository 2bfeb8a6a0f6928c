package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;

/**
 * A real file system that fills up in mid-write, then has room again. Mounts one, so it needs root,
 * or {@code unshare -rm}; not part of the build, where {@code ServerFaultTest} has a disk that says
 * it is full.
 */
class FullDiskSuite {
    private static final int ROUNDS = 4;
    private static final int WRITERS = 3;
    private static final int DATA_BYTES = 5_000;
    private static final long LEFT_BYTES = 3 << 20;
    private static final int PIECE_BYTES = 64 << 10;

    @TempDir Path dir;
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    @BeforeEach
    void mount() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", dir.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", dir.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("exit code of %s", List.of(command))
                .isZero();
    }

    @Test
    void noAcknowledgedWriteIsLostAndWritingGoesOnWhenThereIsRoom() throws Exception {
        Path data = dir.resolve("data");
        try (Complaints complaints = new Complaints()) {
            try (Quorate server = Quorate.builder().dataDir(data).start()) {
                for (int round = 0; round < ROUNDS; round++) {
                    fillUpAndMakeRoom(server, round);
                }
                assertThat(server.failure()).isNull();
            }
            assertThat(complaints.lines()).anyMatch(line -> line.contains("the disk is full"));
        }
        assertThat(acknowledged).hasSizeGreaterThan(ROUNDS);
        try (Quorate again = Quorate.builder().dataDir(data).start();
                RawClient reader = new RawClient(again.port(), 10_000)) {
            for (String path : acknowledged) {
                Neighbour.assertData(reader, path, new byte[DATA_BYTES]);
            }
        }
        System.out.printf(
                "%d acknowledged writes over %d full disks, none lost%n",
                acknowledged.size(), ROUNDS);
    }

    private void fillUpAndMakeRoom(Quorate server, int round) throws Exception {
        RawClient asking = new RawClient(server.port(), 10_000);
        Path ballast = dir.resolve("ballast");
        fill(ballast);
        stopping = false;
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String name = "/r" + round + "w" + i + "-";
            writers.add(Thread.ofPlatform().start(() -> write(server.port(), name)));
        }
        try (asking) {
            await().atMost(60, TimeUnit.SECONDS).until(() -> isRefused(asking, round));
            // A snapshot finds no room either, and that is no harm.
            server.server().snapshot();
            assertThat(asking.ping().err()).isZero();
            assertThat(asking.call(OpCode.EXISTS, RawClient.readBody("/", false)).err()).isZero();
            Files.delete(ballast);
            await().atMost(60, TimeUnit.SECONDS).until(() -> !isRefused(asking, round));
        } finally {
            stopping = true;
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    /** Takes room, but for what new sessions and the first writes need. */
    private void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (freeBytes() > LEFT_BYTES) {
                out.write(new byte[PIECE_BYTES]);
            }
        }
        assertThat(Files.size(ballast)).as("ballast").isGreaterThan(LEFT_BYTES);
    }

    private long freeBytes() throws IOException {
        return Files.getFileStore(dir).getUsableSpace();
    }

    private static boolean isRefused(RawClient client, int round) throws IOException {
        int err = client.create("/full" + round, null, false).err();
        return err == ErrorCode.QUOTA_EXCEEDED;
    }

    /** A write that finds the disk full waits for room; those after it are refused. */
    private void write(int port, String name) {
        try (RawClient client = new RawClient(port, 10_000)) {
            for (int i = 0; !stopping; i++) {
                String path = name + i;
                int err = client.create(path, new byte[DATA_BYTES], false).err();
                if (err == ErrorCode.OK) {
                    acknowledged.add(path);
                } else {
                    assertThat(err).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(name, e);
        }
    }
}

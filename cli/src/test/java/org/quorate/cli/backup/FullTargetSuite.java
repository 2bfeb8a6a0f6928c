package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.Quorate;

/**
 * Backups to a real file system that is too small, and restorations to one. Mounts it, so it needs
 * root, or {@code unshare -rm}; not part of the build, where {@code RoomTest} says what is said.
 */
class FullTargetSuite {
    private static final int DATA_BYTES = 900_000;
    private static final int ZNODES = 8;

    @TempDir Path dir;
    private Path small;

    @BeforeEach
    void mount() throws Exception {
        small = Files.createDirectory(dir.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
        Random random = new Random(7);
        byte[] data = new byte[DATA_BYTES];
        try (Quorate server = Quorate.builder().dataDir(dir.resolve("data")).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            for (int i = 0; i < ZNODES; i++) {
                random.nextBytes(data); // nothing that could be packed
                client.create("/n" + i, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        }
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", small.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("exit code of %s", List.of(command))
                .isZero();
    }

    private Captured create() {
        return Captured.run(
                "backup", "create", "--data", dir.resolve("data") + "", "--to", small + "/kept");
    }

    private Captured restore(Path to) {
        return Captured.run("backup", "restore", "--from", small + "/kept", "--to", to.toString());
    }

    @Test
    void aBackupThatFindsNoRoomIsNoneAndTheNextThatFindsSomeIsWhole() throws Exception {
        Captured refused = create();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(small.toString(), "the disk is full");
        assertThat(Captured.run("backup", "list", "--from", small + "/kept").out()).isEmpty();
        try (Stream<Path> left = Files.walk(small)) {
            assertThat(left.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
                    .as("nothing temporary")
                    .noneMatch(name -> name.endsWith(".tmp") || name.startsWith("proof-"));
        }
        run("mount", "-o", "remount,size=200m", small.toString());
        assertThat(create().out()).contains("can be restored");
        assertThat(Captured.run("backup", "verify", "--from", small + "/kept").exitCode()).isZero();
    }

    @Test
    void aRestorationThatWouldNotFitLeavesNothing() throws Exception {
        run("mount", "-o", "remount,size=200m", small.toString());
        assertThat(create().exitCode()).isZero();
        Path tight = Files.createDirectory(dir.resolve("tight"));
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tight.toString());
        try {
            Captured refused = restore(tight.resolve("data"));
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("MB are needed here");
            assertThat(tight).isEmptyDirectory();
        } finally {
            run("umount", tight.toString());
        }
        assertThat(restore(dir.resolve("roomy")).exitCode()).isZero();
    }
}

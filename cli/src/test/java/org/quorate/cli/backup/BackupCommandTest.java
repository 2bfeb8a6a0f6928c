package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.Quorate;

class BackupCommandTest {
    @TempDir Path dir;

    private Path data() {
        return dir.resolve("data");
    }

    private Path kept() {
        return dir.resolve("kept");
    }

    private Captured create() {
        return Captured.run(
                "backup", "create", "--data", data().toString(), "--to", kept().toString());
    }

    private Captured restore(Path to, String... more) {
        String[] all = {"backup", "restore", "--from", kept().toString(), "--to", to.toString()};
        return Captured.run(Stream.concat(Stream.of(all), Stream.of(more)).toArray(String[]::new));
    }

    private static void write(ZooKeeper client, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            client.create(
                    "/n" + i,
                    ("value " + i).getBytes(),
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT);
        }
    }

    private static List<String> children(Path data) throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            List<String> children = client.getChildren("/", false);
            for (String child : children) {
                if (child.startsWith("n")) {
                    assertThat(client.getData("/" + child, false, null))
                            .asString()
                            .isEqualTo("value " + child.substring(1));
                }
            }
            return children;
        }
    }

    @Test
    void aServingServerIsBackedUpAndRestoredToAnyPoint() throws Exception {
        long middle;
        Instant then;
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 20);
            middle = client.exists("/n19", false).getCzxid();
            then = Instant.ofEpochMilli(client.exists("/n19", false).getCtime());
            Captured first = create();
            assertThat(first.out()).as(first.err()).contains("24 znodes", "can be restored");
            assertThat(first.exitCode()).isZero();
            long now = System.currentTimeMillis();
            while (System.currentTimeMillis() <= now) {
                Thread.onSpinWait(); // the clock of the second half is a later one
            }
            write(client, 20, 40);
            assertThat(create().out()).contains("44 znodes");
        }
        Captured list = Captured.run("backup", "list", "--from", kept().toString());
        assertThat(list.out().lines()).hasSize(2);
        Captured verified = Captured.run("backup", "verify", "--from", kept().toString());
        assertThat(verified.out().lines()).hasSize(2).allMatch(line -> line.endsWith(": ok"));
        assertThat(verified.exitCode()).isZero();

        assertThat(restore(dir.resolve("end")).exitCode()).isZero();
        assertThat(children(dir.resolve("end"))).hasSize(41).contains("n39");

        Captured toZxid = restore(dir.resolve("zxid"), "--zxid", Long.toHexString(middle));
        assertThat(toZxid.out()).as(toZxid.err()).contains("at 0x" + Long.toHexString(middle));
        assertThat(children(dir.resolve("zxid"))).hasSize(21).contains("n19").doesNotContain("n20");

        assertThat(restore(dir.resolve("time"), "--time", then.toString()).exitCode()).isZero();
        assertThat(children(dir.resolve("time"))).contains("n19").doesNotContain("n20");
    }

    @Test
    void whatIsThereAlreadyIsNotKeptTwice() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        assertThat(create().exitCode()).isZero();
        long files = count(kept().resolve("files"));
        assertThat(create().exitCode()).isZero();
        assertThat(count(kept().resolve("files"))).isEqualTo(files);
        assertThat(count(kept())).as("files, backups and the lock: nothing temporary").isEqualTo(3);
    }

    private static long count(Path folder) throws Exception {
        try (Stream<Path> found = Files.list(folder)) {
            return found.count();
        }
    }

    @Test
    void aDamagedBackupIsFoundAndNothingIsLeftOfItsRestoration() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        assertThat(create().exitCode()).isZero();
        try (Stream<Path> found = Files.list(kept().resolve("files"))) {
            for (Path file : found.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        Captured verified = Captured.run("backup", "verify", "--from", kept().toString());
        assertThat(verified.exitCode()).isEqualTo(1);
        Path to = dir.resolve("to");
        Captured restored = restore(to);
        assertThat(restored.exitCode()).isEqualTo(1);
        assertThat(restored.err()).contains(kept().resolve("files").toString());
        assertThat(to).doesNotExist();
    }

    /** A file of zeros packs to a thousandth: what was written of it would fill the disk. */
    @Test
    void aFileThatUnpacksToMoreThanItShouldIsGivenUp() throws Exception {
        try (Quorate server =
                        Quorate.builder()
                                .dataDir(data())
                                .property("zookeeper.preAllocSize", "64")
                                .start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        assertThat(create().exitCode()).isZero();
        try (Stream<Path> found = Files.list(kept().resolve("files"))) {
            for (Path file : found.toList()) {
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    for (int i = 0; i < 4; i++) {
                        out.write(new byte[1 << 20]);
                    }
                }
            }
        }
        Captured restored = restore(dir.resolve("to"));
        assertThat(restored.exitCode()).isEqualTo(1);
        assertThat(restored.err()).contains("unpacks to more than its");
        assertThat(dir.resolve("to")).doesNotExist();
    }

    @Test
    void aManifestThatIsTooLongIsRefused() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        assertThat(create().exitCode()).isZero();
        try (Stream<Path> found = Files.list(kept().resolve("backups"))) {
            Path manifest = found.findFirst().orElseThrow();
            Files.write(manifest, new byte[Repository.MANIFEST_BYTES_MAX + 1]);
        }
        Captured restored = restore(dir.resolve("to"));
        assertThat(restored.exitCode()).isEqualTo(1);
        assertThat(restored.err()).contains("a manifest has");
    }

    @Test
    void dataThatCannotBeRestoredIsRefusedWhenTheBackupIsMade() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 50);
        }
        try (Stream<Path> found = Files.list(data().resolve("version-2"))) {
            Path log =
                    found.filter(f -> f.getFileName().toString().startsWith("log."))
                            .findFirst()
                            .orElseThrow();
            byte[] bytes = Files.readAllBytes(log);
            bytes[1000] ^= 1; // in the middle of what was written
            Files.write(log, bytes);
        }
        Captured made = create();
        assertThat(made.exitCode()).isEqualTo(1);
        assertThat(made.err()).contains("log.");
        assertThat(Captured.run("backup", "list", "--from", kept().toString()).out()).isEmpty();
    }

    @Test
    void askedForWhatIsNotThereItSaysSo() throws Exception {
        assertThat(create().exitCode()).isEqualTo(1);
        assertThat(restore(dir.resolve("x")).err()).contains("there are no backups");
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 1);
        }
        assertThat(create().exitCode()).isZero();
        assertThat(restore(dir.resolve("x"), "--backup", "none").err()).contains("no backup none");
        assertThat(restore(dir.resolve("x"), "--zxid", "zz").exitCode()).isEqualTo(2);
        assertThat(restore(data()).err()).contains("is not empty");
        assertThat(children(data())).contains("n0");
    }

    private String key() {
        Path key = dir.resolve("key");
        assertThat(Captured.run("backup", "key", "--to", key.toString()).exitCode()).isZero();
        return key.toString();
    }

    @Test
    void anEncryptedBackupTellsNothingWithoutItsKey() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        String key = key();
        Captured made =
                Captured.run(
                        "backup",
                        "create",
                        "--data",
                        data().toString(),
                        "--to",
                        kept().toString(),
                        "--key-file",
                        key);
        assertThat(made.err()).isEmpty();
        try (Stream<Path> found = Files.walk(kept())) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .doesNotContain("value 1", "sha256", data().toString());
            }
        }
        assertThat(restore(dir.resolve("a")).err()).contains("is encrypted: name the key");
        Path other = dir.resolve("other");
        Captured.run("backup", "key", "--to", other.toString());
        assertThat(restore(dir.resolve("a"), "--key-file", other.toString()).err())
                .contains("was encrypted with another key");
        assertThat(dir.resolve("a")).doesNotExist();

        assertThat(restore(dir.resolve("a"), "--key-file", key).exitCode()).isZero();
        assertThat(children(dir.resolve("a"))).contains("n0", "n4");
        assertThat(
                        Captured.run(
                                        "backup",
                                        "verify",
                                        "--from",
                                        kept().toString(),
                                        "--key-file",
                                        key)
                                .out())
                .contains(": ok");
        assertThat(Captured.run("backup", "key", "--to", key).err()).contains("there already");
    }

    @Test
    void whatNoRuleKeepsGoesWithWhatOnlyItNeeded() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            for (int i = 0; i < 3; i++) {
                write(client, i, i + 1);
                assertThat(create().exitCode()).isZero();
            }
        }
        String[] prune = {"backup", "prune", "--from", kept().toString()};
        assertThat(Captured.run(prune).err()).contains("what shall stay?");
        long files = count(kept().resolve("files"));
        try (Stream<Path> found = Files.list(kept().resolve("files"))) {
            for (Path file : found.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(90_000)));
            }
        }
        String[] dry = {
            "backup", "prune", "--from", kept().toString(), "--keep-last", "1", "--dry-run"
        };
        assertThat(Captured.run(dry).out().lines())
                .hasSize(2)
                .allMatch(l -> l.contains("would be"));
        assertThat(count(kept().resolve("backups"))).isEqualTo(3);

        Captured pruned = Captured.run(java.util.Arrays.copyOf(dry, dry.length - 1));
        assertThat(pruned.out()).as(pruned.err()).contains(": removed", "bytes freed");
        assertThat(count(kept().resolve("backups"))).isEqualTo(1);
        assertThat(count(kept().resolve("files"))).isLessThan(files);
        assertThat(restore(dir.resolve("a")).exitCode()).isZero();
        assertThat(children(dir.resolve("a"))).contains("n0", "n1", "n2");
    }

    @Test
    void aScheduleMakesABackupAtEachTimeAndKeepsOrder() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 1);
        }
        String[] schedule = {
            "backup",
            "schedule",
            "--data",
            data().toString(),
            "--to",
            kept().toString(),
            "--every",
            "1s",
            "--times",
            "2",
            "--keep-last",
            "1"
        };
        Captured made = Captured.run(schedule);
        assertThat(made.out().lines()).as(made.err()).hasSize(3);
        assertThat(made.out()).contains("can be restored", ": removed");
        assertThat(count(kept().resolve("backups"))).isEqualTo(1);
        schedule[7] = "soon";
        assertThat(Captured.run(schedule).err()).contains("say it like 30m, 1h or 1d");
    }

    @Test
    void whatAnInterruptedRestorationLeftIsRemovedByTheNext() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 5);
        }
        assertThat(create().exitCode()).isZero();
        // As a process that is killed leaves it, at any time: making it, and moving it out.
        Path to = dir.resolve("to");
        Files.createDirectories(to.resolve(".restoring/version-2"));
        Files.writeString(to.resolve(".restoring/plan"), "version-2\n");
        Files.writeString(to.resolve(".restoring/version-2/log.1"), "half");
        Files.createDirectories(to.resolve("version-2"));
        Captured restored = restore(to);
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(to.resolve(".restoring")).doesNotExist();
        assertThat(children(to)).contains("n4");
    }

    @Test
    void twoDoNotWriteAtTheSameTime() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(data()).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            write(client, 0, 1);
        }
        try (DirectoryStore other = new DirectoryStore(kept())) {
            other.lock();
            assertThat(create().err()).contains("another backup or prune is at work here");
        }
        assertThat(create().exitCode()).isZero();
    }
}

package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
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
        assertThat(count(kept())).as("nothing temporary stays").isEqualTo(2);
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
}

package org.quorate.cli.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;

/**
 * The drill: write, back up, write, lose a quorum, restore the ensemble to the middle, compare. And
 * one subtree, which was lost, into the ensemble while it serves.
 */
class RestoreDrillTest {
    @TempDir Path dir;

    private static void write(ZooKeeper client, String parent, int from, int to) throws Exception {
        if (client.exists(parent, false) == null) {
            client.create(parent, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        for (int i = from; i < to; i++) {
            client.create(
                    parent + "/n" + i,
                    ("value " + i).getBytes(),
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT);
        }
    }

    private static SortedMap<String, String> tree(ZooKeeper client) throws Exception {
        SortedMap<String, String> tree = new TreeMap<>();
        for (String path : ZKUtil.listSubTreeBFS(client, "/")) {
            if (!path.startsWith("/zookeeper")) {
                byte[] data = client.getData(path, false, null);
                tree.put(path, data == null ? "null" : new String(data));
            }
        }
        return tree;
    }

    private static void serving(LocalEnsemble ensemble, Client then) throws Exception {
        try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 30_000, event -> {})) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> client.exists("/", false) != null);
            then.use(client);
        }
    }

    private interface Client {
        void use(ZooKeeper client) throws Exception;
    }

    private String[] backup(String... arguments) {
        return Stream.concat(Stream.of("backup"), Stream.of(arguments)).toArray(String[]::new);
    }

    private void create(Path data) {
        Captured made =
                Captured.run(
                        backup(
                                "create",
                                "--data",
                                data.toString(),
                                "--to",
                                dir.resolve("kept") + ""));
        assertThat(made.exitCode()).as(made.err()).isZero();
    }

    @Test
    void anEnsembleThatHasLostItsQuorumComesBackAsItWasInTheMiddle() throws Exception {
        List<Path> files = LocalFiles.make(dir.resolve("e"), 3);
        Path data = files.getFirst().resolveSibling("data");
        SortedMap<String, String> middle = new TreeMap<>();
        long[] zxid = new long[1];
        try (LocalEnsemble ensemble = LocalEnsemble.start(files)) {
            serving(
                    ensemble,
                    client -> {
                        write(client, "/app", 0, 20);
                        create(data);
                        write(client, "/app", 20, 40);
                        client.setData("/app/n3", "changed".getBytes(), -1);
                        zxid[0] = client.exists("/app/n3", false).getMzxid();
                        middle.putAll(tree(client));
                        write(client, "/app", 40, 50);
                        client.delete("/app/n0", -1);
                        client.sync("/", null, null); // the first server may follow a little behind
                    });
        }
        create(data);
        for (Path file : files) {
            delete(file.resolveSibling("data"));
        }

        Path restored = dir.resolve("restored");
        Captured made =
                Captured.run(
                        backup(
                                "restore",
                                "--from",
                                dir.resolve("kept").toString(),
                                "--to",
                                restored.toString(),
                                "--ensemble",
                                "1,2,3",
                                "--zxid",
                                Long.toHexString(zxid[0])));
        assertThat(made.out().lines()).as(made.err()).hasSize(3);
        for (int id = 1; id <= 3; id++) {
            assertThat(restored.resolve(id + "/myid")).content().isEqualTo(id + "\n");
            Files.move(
                    restored.resolve(String.valueOf(id)), files.get(id - 1).resolveSibling("data"));
        }
        try (LocalEnsemble ensemble = LocalEnsemble.start(files)) {
            serving(
                    ensemble,
                    client -> {
                        assertThat(tree(client)).isEqualTo(middle);
                        loseAndRestoreASubtree(client, ensemble.connectString(), middle);
                    });
        }
    }

    private void loseAndRestoreASubtree(
            ZooKeeper client, String connectString, SortedMap<String, String> middle)
            throws Exception {
        client.delete("/app/n1", -1);
        client.setData("/app/n2", "spoilt".getBytes(), -1);
        client.create("/app/new", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        int perms = ZooDefs.Perms.READ | ZooDefs.Perms.ADMIN;
        client.setACL("/app/n4", Arrays.asList(new ACL(perms, ZooDefs.Ids.ANYONE_ID_UNSAFE)), -1);
        client.addAuthInfo("digest", "bob:hush".getBytes());
        client.setACL("/app/n5", ZooDefs.Ids.CREATOR_ALL_ACL, -1);
        Path who = Files.writeString(dir.resolve("who"), "digest:bob:hush\n");
        client.create("/other", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        SortedMap<String, String> before = tree(client);

        // To the end of the first backup: n0 to n19 as they were.
        String first = Captured.run(backup("list", "--from", dir.resolve("kept") + "")).out();
        String[] restore =
                backup(
                        "restore-tree",
                        "--from",
                        dir.resolve("kept").toString(),
                        "--backup",
                        first.substring(0, first.indexOf(':')),
                        "--path",
                        "/app",
                        "--connect",
                        connectString,
                        "--auth-file",
                        who.toString(),
                        "--dry-run");
        Captured dry = Captured.run(restore);
        assertThat(dry.out())
                .as(dry.err())
                .contains("would create /app/n1\n", "would set /app/n2\n", "would set /app/n3\n")
                .contains("would set the access list of /app/n4\n")
                .contains("would set the access list of /app/n5\n")
                .contains("nothing was changed; to be done: 1 created, 2 set, 2 access lists set");
        assertThat(tree(client)).isEqualTo(before);

        restore[restore.length - 1] = "--verbose";
        Captured done = Captured.run(restore);
        assertThat(done.out()).as(done.err()).contains("1 created, 2 set, 2 access lists set");
        assertThat(new String(client.getData("/app/n1", false, null))).isEqualTo("value 1");
        assertThat(new String(client.getData("/app/n3", false, null))).isEqualTo("value 3");
        assertThat(client.getACL("/app/n4", null)).isEqualTo(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        assertThat(client.exists("/app/n30", false)).as("nothing is deleted unasked").isNotNull();
        assertThat(client.exists("/other", false)).isNotNull();

        restore[restore.length - 1] = "--delete";
        Captured again = Captured.run(restore);
        assertThat(again.out())
                .as(again.err())
                .contains("0 created, 0 set, 0 access lists set, 21 deleted, 21 were alike");
        SortedMap<String, String> expected = new TreeMap<>(middle.headMap("/app/"));
        for (int i = 0; i < 20; i++) {
            expected.put("/app/n" + i, "value " + i);
        }
        expected.put("/other", "null");
        assertThat(tree(client)).isEqualTo(expected);
    }

    private static void delete(Path dir) throws Exception {
        try (Stream<Path> found = Files.walk(dir)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

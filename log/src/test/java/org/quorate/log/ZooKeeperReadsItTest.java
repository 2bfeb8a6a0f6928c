package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/** ZooKeeper's own classes load what this store writes, and the other way round. */
class ZooKeeperReadsItTest {
    private static final String EXTENDED_TYPES = "zookeeper.extendedTypesEnabled";

    @TempDir Path dir;
    private Path data;

    @BeforeAll
    static void understandTtlNodes() {
        System.setProperty(EXTENDED_TYPES, "true");
    }

    @AfterAll
    static void forgetThem() {
        System.clearProperty(EXTENDED_TYPES);
    }

    private static StoreOptions options(Path data, String compression) {
        return new StoreOptions(
                data,
                data,
                100_000,
                1L << 32,
                64 << 20,
                true,
                compression,
                false,
                true,
                true,
                true,
                1,
                0);
    }

    /** Several epochs, files and snapshots; the log goes on behind the last snapshot. */
    private void write(Store store, DataTree tree, long seed) throws IOException {
        RandomTxns txns = new RandomTxns(tree, new Random(seed));
        for (int i = 1; i <= 1200; i++) {
            byte[] txn = txns.next();
            store.append(tree.lastZxid(), txn, 0, txn.length);
            if (i % 7 == 0) {
                store.sync();
                store.prepare();
            }
            if (i % 300 == 0) {
                store.roll();
                store.writeSnapshot(tree.freeze(), store.history(), why -> Assertions.fail(why));
                long epoch = txns.nextEpoch();
                store.acceptedEpoch(epoch);
                store.currentEpoch(epoch);
            }
        }
        byte[] txn = txns.next();
        store.append(tree.lastZxid(), txn, 0, txn.length);
        store.sync();
    }

    private static ZKDatabase zooKeeper(Path data) throws IOException {
        ZKDatabase database = new ZKDatabase(new FileTxnSnapLog(data.toFile(), data.toFile()));
        database.loadDataBase();
        return database;
    }

    private static void compare(ZKDatabase theirs, LoadedTree ours) {
        assertThat(theirs.getDataTreeLastProcessedZxid()).isEqualTo(ours.tree().lastZxid());
        assertThat(theirs.getDataTree().getTreeDigest()).isEqualTo(ours.tree().digest());
        assertThat(theirs.getSessionWithTimeOuts()).isEqualTo(ours.sessions());
        // The root counts twice there.
        assertThat(theirs.getNodeCount()).isEqualTo(ours.nodes().size() + 1);
        ours.nodes()
                .forEach((path, fields) -> {
                    DataNode node = theirs.getNode(path);
                    assertThat(node).as(path).isNotNull();
                    assertThat(fields).as(path).isEqualTo(fields(theirs, node));
                });
    }

    private static Map<String, String> fields(ZKDatabase database, DataNode node) {
        Map<String, String> fields = new HashMap<>();
        byte[] bytes = node.getData();
        fields.put("data", bytes == null ? "null" : Base64.getEncoder().encodeToString(bytes));
        fields.put("czxid", "0x" + Long.toHexString(node.stat.getCzxid()));
        fields.put("mzxid", "0x" + Long.toHexString(node.stat.getMzxid()));
        fields.put("pzxid", "0x" + Long.toHexString(node.stat.getPzxid()));
        fields.put("ctime", String.valueOf(node.stat.getCtime()));
        fields.put("mtime", String.valueOf(node.stat.getMtime()));
        fields.put("version", String.valueOf(node.stat.getVersion()));
        fields.put("cversionPersisted", String.valueOf(node.stat.getCversion()));
        fields.put("aversion", String.valueOf(node.stat.getAversion()));
        fields.put("ephemeralOwner", "0x" + Long.toHexString(node.stat.getEphemeralOwner()));
        fields.put("acl", acl(database, node));
        return fields;
    }

    private static String acl(ZKDatabase database, DataNode node) {
        return database.aclForNode(node).stream()
                .map(acl ->
                        acl.getPerms() + ":" + acl.getId().getScheme() + ":" + acl.getId().getId())
                .toList()
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gz", "snappy"})
    void zooKeeperLoadsTheSameTree(String compression) throws Exception {
        data = dir.resolve("data");
        try (Store store = Store.open(Disk.REAL, options(data, compression))) {
            LoadedTree loaded = LoadedTree.from(store);
            store.writeSnapshot(loaded.tree().freeze());
            write(store, loaded.tree(), 11);
            // While the server runs, with zeros behind the records.
            Path copy = copy(data, dir.resolve("copy"));
            ZKDatabase theirs = zooKeeper(copy);
            compare(theirs, loaded);
            theirs.close();
        }
        try (Store store = Store.open(Disk.REAL, options(data, compression))) {
            LoadedTree again = LoadedTree.from(store);
            ZKDatabase theirs = zooKeeper(data);
            compare(theirs, again);
            theirs.close();
        }
    }

    @Test
    void aDirectoryGoesBackAndForth() throws Exception {
        data = dir.resolve("data");
        try (Store store = Store.open(Disk.REAL, options(data, ""))) {
            LoadedTree loaded = LoadedTree.from(store);
            store.writeSnapshot(loaded.tree().freeze());
            write(store, loaded.tree(), 12);
        }
        ZKDatabase theirs = zooKeeper(data);
        FileTxnSnapLog files = new FileTxnSnapLog(data.toFile(), data.toFile());
        files.save(theirs.getDataTree(), theirs.getSessionWithTimeOuts(), true);
        try (Store store = Store.open(Disk.REAL, options(data, ""))) {
            LoadedTree again = LoadedTree.from(store);
            compare(theirs, again);
            assertThat(again.compared()).isOne();
            write(store, again.tree(), 13);
        }
        theirs.close();
        try (Store store = Store.open(Disk.REAL, options(data, ""))) {
            ZKDatabase last = zooKeeper(data);
            compare(last, LoadedTree.from(store));
            last.close();
        }
        files.close();
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    @Test
    void theFirstSnapshotIsZooKeepersFirstSnapshot() throws Exception {
        data = dir.resolve("data");
        DataTree tree = new DataTree(TreeOptions.DEFAULT);
        try (Store store = Store.open(Disk.REAL, options(data, ""));
                SnapshotSource view = tree.freeze()) {
            LoadedTree.from(store);
            store.writeSnapshot(view);
        }
        ZKDatabase theirs = zooKeeper(data);
        assertThat(theirs.getNodeCount()).isEqualTo(5);
        assertThat(theirs.getDataTree().getTreeDigest()).isEqualTo(tree.digest());
        theirs.close();
    }

    @Test
    void anEmptyDirectoryGivesTheStateBeforeTheFirstTransaction() throws Exception {
        try (Store store = Store.open(Disk.REAL, options(dir.resolve("data"), ""))) {
            LoadedTree loaded = LoadedTree.from(store);
            LoadedTree fresh = new LoadedTree();
            assertThat(loaded.nodes()).isEqualTo(fresh.nodes());
            assertThat(loaded.tree().digest()).isEqualTo(fresh.tree().digest());
            assertThat(loaded.tree().lastZxid()).isZero();
        }
    }
}

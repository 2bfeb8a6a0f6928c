package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;

/**
 * Random transactions, in order and again as a fuzzy replay would bring them, to the tree and to a
 * plain model of it; with frozen views taken, kept for a while, and read while the tree goes on.
 */
class TreeModelTest {
    private static final int STEPS = 4_000;
    private static final int VIEWS_MAX = 4;
    private static final String LONG_NAME = "n".repeat(300);
    private static final String HUGE_NAME = "h".repeat(20_000);

    private record View(SnapshotSource source, TreeSet<String> expected, long digest) {}

    private TreeScript script =
            new TreeScript(new DataTree(new TreeOptions(Long.MAX_VALUE, true, true)));
    private Finder finder = script.tree.finder();
    private final TreeModel model = new TreeModel();
    private final List<View> views = new ArrayList<>();

    @AfterEach
    void close() {
        views.forEach(view -> view.source().close());
        script.tree.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theTreeDoesWhatAMapDoesAndViewsStayAsTheyWere(long seed) {
        Random random = new Random(seed);
        Random lookUps = new Random(seed);
        if (seed % 3 == 0) {
            script.zxid = 0x7f00_0000_0000_0000L; // more than six bytes
            script.nowMillis = -5_000; // and a clock before 1970
        }
        for (int step = 0; step < STEPS; step++) {
            change(random);
            lookUp(lookUps);
            switch (random.nextInt(100)) {
                case 0 -> takeView();
                case 1 -> readView(random, seed, step);
                case 2 -> restartFromAnImage();
                default -> {}
            }
            if (step % 250 == 249) {
                compare("seed %d step %d".formatted(seed, step));
            }
        }
        while (!views.isEmpty()) {
            readView(random, seed, STEPS);
        }
    }

    private void restartFromAnImage() {
        // With a seed of its own, which the image replaces.
        DataTree next =
                new DataTree(new TreeOptions(Long.MAX_VALUE, true, true).withHashSeed(script.zxid));
        TreeScript.takeImage(script.tree.freeze(), next);
        assertThat(next.nodeCount()).isEqualTo(script.tree.nodeCount());
        assertThat(next.dataBytes()).isEqualTo(script.tree.dataBytes());
        assertThat(next.memoryBytes()).isEqualTo(script.tree.memoryBytes());
        script.tree.close();
        script = script.movedTo(next);
        finder = next.finder();
    }

    /** Odd paths too: a finder finds what the tree finds. */
    private void lookUp(Random random) {
        String path = path(random);
        String asked =
                switch (random.nextInt(12)) {
                    case 0 -> path + "/";
                    case 1 -> "/" + path;
                    case 2 -> path.substring(1);
                    case 3 -> path.replace("/a", "//a");
                    case 4 -> "/";
                    case 5 -> "";
                    default -> path;
                };
        assertThat(finder.find(Slice.of(asked)))
                .as(asked)
                .isEqualTo(script.tree.find(Slice.of(asked)));
    }

    private void takeView() {
        if (views.size() < VIEWS_MAX) {
            views.add(new View(script.tree.freeze(), model.dump(), model.digest()));
        }
    }

    private void readView(Random random, long seed, int step) {
        if (views.isEmpty()) {
            return;
        }
        View view = views.remove(random.nextInt(views.size()));
        assertThat(view.source().treeDigest()).isEqualTo(view.digest());
        TreeScript copy =
                random.nextBoolean()
                        ? TreeScript.copyOf(view.source())
                        : TreeScript.imageOf(view.source());
        assertThat(copy.lines()).as("seed %d step %d", seed, step).isEqualTo(view.expected());
        assertThat(copy.tree.digest()).isEqualTo(view.digest());
        copy.tree.close();
    }

    private void compare(String where) {
        assertThat(script.lines()).as(where).isEqualTo(model.dump());
        assertThat(script.tree.digest()).as(where).isEqualTo(model.digest());
        for (long session = 1; session <= 3; session++) {
            TreeSet<String> ephemerals = new TreeSet<>();
            script.tree.forEachEphemeral(session, node -> ephemerals.add(script.path(node)));
            assertThat(ephemerals).as(where).isEqualTo(model.ephemerals(session));
        }
        TreeSet<String> containers = new TreeSet<>();
        script.tree.forEachContainer(node -> containers.add(script.path(node)));
        assertThat(containers).as(where).isEqualTo(model.ephemerals(Owner.CONTAINER));
    }

    private void change(Random random) {
        // Now and then an old zxid: what a replay over a fuzzy snapshot brings.
        long newest = script.zxid;
        if (random.nextInt(10) == 0) {
            script.zxid = Math.max(newest - random.nextInt(50), 0);
        }
        script.sessionId = 1 + random.nextInt(3);
        String path = path(random);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> create(random, path);
            case 4 -> delete(path);
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    delete(path); // with all below it, as only a replay does
                } else if (!model.hasChildren(path)) {
                    delete(path);
                }
            }
            case 6, 7, 8 -> setData(random, path);
            case 9 -> setAcl(random, path);
            default -> session(random);
        }
        script.zxid = Math.max(newest, script.zxid);
    }

    private void create(Random random, String path) {
        CreateTxn txn = new CreateTxn();
        long owner = 0;
        switch (random.nextInt(5)) {
            case 0 -> {
                txn.ephemeral = true;
                owner = script.sessionId;
            }
            case 1 -> {
                txn.type = OpCode.CREATE_CONTAINER;
                owner = Owner.CONTAINER;
            }
            case 2 -> {
                txn.type = OpCode.CREATE_TTL;
                txn.ttlMillis = 1 + random.nextInt(1000);
                owner = 0xff00000000000000L | txn.ttlMillis;
            }
            default -> {}
        }
        byte[] data = data(random);
        AclList acl = acl(random);
        txn.path.set(Slice.of(path));
        if (data != null) {
            txn.data.set(data, 0, data.length);
        }
        txn.acl.set(acl);
        txn.parentCversion = random.nextBoolean() ? -1 : random.nextInt(200);
        script.apply(txn);
        boolean existed = model.exists(path);
        // Only the plain create raises the parent where the node exists.
        int cversion = existed && txn.type != OpCode.CREATE ? 0 : txn.parentCversion;
        model.create(path, data, acl, owner, cversion, script.zxid, script.nowMillis);
    }

    private void delete(String path) {
        DeleteTxn txn = new DeleteTxn();
        txn.type = OpCode.DELETE;
        txn.path.set(Slice.of(path));
        script.apply(txn);
        model.delete(path, script.zxid);
    }

    private void setData(Random random, String path) {
        SetDataTxn txn = new SetDataTxn();
        byte[] data = data(random);
        txn.type = OpCode.SET_DATA;
        txn.path.set(Slice.of(path));
        if (data != null) {
            txn.data.set(data, 0, data.length);
        }
        txn.version = random.nextInt(1000);
        script.apply(txn);
        model.setData(path, data, txn.version, script.zxid, script.nowMillis);
    }

    private void setAcl(Random random, String path) {
        SetAclTxn txn = new SetAclTxn();
        AclList acl = acl(random);
        txn.path.set(Slice.of(path));
        txn.acl.set(acl);
        txn.version = random.nextInt(1000);
        script.apply(txn);
        model.setAcl(path, acl, txn.version, script.zxid);
    }

    private void session(Random random) {
        if (random.nextInt(8) == 0) {
            script.apply(new CloseSessionTxn()); // without paths: the tree's own table decides
            model.closeSession(script.sessionId, script.zxid);
        } else {
            CreateSessionTxn txn = new CreateSessionTxn();
            txn.timeoutMillis = 1 + random.nextInt(10_000);
            script.apply(txn);
            model.sessions.put(script.sessionId, txn.timeoutMillis);
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
            path.append('/');
            switch (random.nextInt(40)) {
                case 0 -> path.append(LONG_NAME);
                case 1 -> path.append(HUGE_NAME, 0, random.nextBoolean() ? 9_000 : 20_000);
                default -> path.append((char) ('a' + random.nextInt(5)));
            }
        }
        return path.toString();
    }

    private static byte[] data(Random random) {
        int bytes =
                switch (random.nextInt(20)) {
                    case 0 -> -1;
                    case 1 -> 0;
                    case 2 -> random.nextInt(100_000);
                    case 3 -> random.nextInt(10_000);
                    case 4 -> 65_530 + random.nextInt(10);
                    case 5 -> Heap.BLOCK_BYTES_MAX - 60 + random.nextInt(60);
                    default -> random.nextInt(120);
                };
        if (bytes < 0) {
            return null;
        }
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        return data;
    }

    private static AclList acl(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> AclList.OPEN;
            case 1 -> AclList.of(new Acl(1, new Id("ip", "10.0.0." + random.nextInt(5))));
            // Enough of them that some do not fit into a byte of the record.
            default -> AclList.of(new Acl(31, new Id("digest", "u:" + random.nextInt(600))));
        };
    }
}

package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

class DataTreeTest {
    private final Digest digests = new Digest();
    private static final String[] NAMES = {"a", "b", "c", "dd", "é"};

    private final TreeScript script = new TreeScript(new DataTree(TreeOptions.DEFAULT));

    @Test
    void aFreshTreeShowsTheSystemNodesAsZooKeeperDoes() {
        Stat root = stat("/");
        assertThat(root.czxid).isZero();
        assertThat(root.cversion).isEqualTo(-1);
        assertThat(root.childCount).isEqualTo(1);
        assertThat(stat("/zookeeper").cversion).isEqualTo(-2);
        assertThat(stat("/zookeeper").childCount).isEqualTo(2);
        assertThat(stat("/zookeeper/config").aversion).isEqualTo(-1);
        assertThat(script.tree.nodeCount()).isEqualTo(4);
    }

    @Test
    void malformedPathsAreNotFoundAndTheEmptyOneIsTheRoot() {
        script.create("/a", "x");
        for (String path : new String[] {"a", "/a/", "//a", "/a//", "/b"}) {
            assertThat(script.find(path)).as(path).isEqualTo(DataTree.NONE);
        }
        assertThat(script.find("")).isEqualTo(script.tree.root());
        assertThat(script.find("/a")).isPositive();
    }

    @Test
    void clientsSeeCreatesAndDeletesInTheCversion() {
        script.create("/p", "");
        script.create("/p/x", "");
        script.create("/p/y", "");
        assertThat(stat("/p").cversion).isEqualTo(2);
        script.delete("/p/x");
        assertThat(stat("/p").cversion).isEqualTo(3);
        assertThat(stat("/p").pzxid).isEqualTo(script.zxid);
    }

    @Test
    void anEphemeralDiesWithItsSession() {
        script.sessionId = 77;
        script.apply(session(9_000));
        script.create("/e", "", AclList.OPEN, true);
        assertThat(stat("/e").ephemeralOwner).isEqualTo(77);
        assertThat(script.tree.ephemeralCount(77)).isEqualTo(1);
        CloseSessionTxn close = new CloseSessionTxn();
        close.paths.set(List.of("/e", "/not-there"));
        script.apply(close);
        assertThat(script.find("/e")).isEqualTo(DataTree.NONE);
        assertThat(script.tree.hasSession(77)).isFalse();
        assertThat(script.tree.ephemeralCount()).isZero();
    }

    @Test
    void aQuotaCountsItsSubtreeWithoutTouchingTheStat() {
        script.create("/q", "12345");
        script.create("/q/a", "123");
        script.create("/zookeeper/quota/q", "");
        script.create("/zookeeper/quota/q/zookeeper_limits", "count=5,bytes=100=;countHardLimit=7");
        script.create("/zookeeper/quota/q/zookeeper_stats", "whatever");
        assertThat(script.tree.quota(Slice.of("/q/a")))
                .isEqualTo(new DataTree.Quota("/q", 7, -1, 2, 8));
        script.create("/q/b", "1");
        script.setData("/q/a", "", 1);
        script.delete("/q/b");
        assertThat(script.tree.quota(Slice.of("/q")))
                .isEqualTo(new DataTree.Quota("/q", 7, -1, 2, 5));
        assertThat(stat("/zookeeper/quota/q/zookeeper_stats").version).isZero();
        script.delete("/zookeeper/quota/q/zookeeper_limits");
        assertThat(script.tree.quota(Slice.of("/q/a"))).isNull();
    }

    @Test
    void aFullTreeSaysSoAndDeletesMakeRoom() {
        long empty = script.tree.memoryBytes();
        TreeScript small =
                new TreeScript(new DataTree(new TreeOptions(empty + 100_000, false, true)));
        small.create("/a", "x".repeat(60_000));
        assertThat(small.tree.isFull()).isFalse();
        assertThat(small.tree.wouldExceed(30_000)).isFalse();
        assertThat(small.tree.wouldExceed(60_000)).isTrue();
        small.create("/b", "x".repeat(60_000)); // committed elsewhere: applied all the same
        assertThat(small.tree.isFull()).isTrue();
        small.delete("/a");
        assertThat(small.tree.isFull()).isFalse();
    }

    @Test
    void dataOfManyMegabytesIsKept() {
        String big = "0123456789".repeat(500_000);
        script.create("/big", big);
        assertThat(script.data("/big")).isEqualTo(big);
        assertThat(stat("/big").dataLength).isEqualTo(big.length());
        script.setData("/big", "small", 1);
        assertThat(script.data("/big")).isEqualTo("small");
        assertThat(script.tree.memoryBytes()).isLessThan(100_000);
    }

    @Test
    void aTreeMayBeVeryDeep() {
        StringBuilder path = new StringBuilder();
        int deep = 5_000;
        for (int i = 0; i < deep; i++) {
            path.append("/d");
            script.create(path.toString(), "");
        }
        assertThat(script.tree.countDescendants(script.tree.root())).isEqualTo(deep + 3);
        assertThat(script.path(script.find(path.toString()))).isEqualTo(path.toString());
        assertThat(copy(script.tree).tree.nodeCount()).isEqualTo(deep + 4);
        script.delete("/d"); // with all below it, as a replay may bring it
        assertThat(script.tree.nodeCount()).isEqualTo(4);
    }

    @Test
    void aFailedMultiChangesNothingAndTellsEachOperationsError() {
        script.create("/a", "");
        JuteOut out = new JuteOut();
        new TxnHeader().set(9, 0, ++script.zxid, 1, OpCode.MULTI).write(out);
        int multi = MultiTxn.begin(out);
        for (int err : new int[] {0, ErrorCode.NO_NODE, ErrorCode.RUNTIME_INCONSISTENCY}) {
            int op = MultiTxn.beginOp(out, err == 0 ? OpCode.DELETE : OpCode.ERROR);
            if (err == 0) {
                out.writeString("/a");
            } else {
                out.writeInt(err);
            }
            MultiTxn.endOp(out, op);
        }
        MultiTxn.end(out, multi, 3);
        List<String> heard = new ArrayList<>();
        script.tree.apply(new TxnRecord().read(new JuteIn().wrap(out.copy())), new Story(heard));
        assertThat(heard).containsExactly("done 0 error 0", "done 1 error -101", "done 2 error -2");
        assertThat(script.find("/a")).isPositive();
        assertThat(script.tree.lastZxid()).isEqualTo(script.zxid);
    }

    @Test
    void aListenerHearsChangesFirstAndADeletedNodeCanStillBeRead() {
        List<String> heard = new ArrayList<>();
        script.listener = new Story(heard);
        script.sessionId = 5;
        script.create("/a", "x");
        script.create("/a", "y");
        script.create("/no/parent", "y");
        script.create("/e", "x", AclList.OPEN, true);
        script.setData("/a", "y", 1);
        script.setData("/b", "y", 1);
        script.delete("/a");
        script.delete("/a");
        script.apply(new CloseSessionTxn());
        assertThat(heard)
                .containsExactly(
                        "created /a",
                        "done 0 create 0",
                        "done 0 create -110",
                        "done 0 create -101",
                        "created /e",
                        "done 0 create 0",
                        "changed /a",
                        "done 0 setData 0",
                        "done 0 setData -101",
                        "deleted /a",
                        "done 0 delete 0",
                        "done 0 delete -101",
                        "deleted /e",
                        "done 0 close 0");
    }

    @Test
    void withoutExtendedTypesATtlNodeIsAnEphemeralOfAStrangeSession() {
        CreateTxn txn = new CreateTxn();
        txn.type = OpCode.CREATE_TTL;
        txn.path.set(Slice.of("/t"));
        txn.acl.set(AclList.OPEN);
        txn.ttlMillis = 1_000;
        script.apply(txn);
        long owner = 0xff000000000003e8L;
        assertThat(stat("/t").ephemeralOwner).isEqualTo(owner);
        assertThat(script.tree.ephemeralCount(owner)).isEqualTo(1);
        List<Long> owners = new ArrayList<>();
        script.tree.forEachEphemeralOwner((id, timeoutMillis) -> owners.add(id));
        assertThat(owners).containsExactly(owner);
        assertThat(script.tree.hasSession(owner)).isFalse();
    }

    /** Writes down what it hears. */
    private final class Story implements TreeListener {
        private final List<String> heard;

        Story(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void created(Slice path, int node, int parent) {
            heard.add("created " + path);
            assertThat(script.tree.parent(node)).isEqualTo(parent);
        }

        @Override
        public void deleted(Slice path, int node, int parent) {
            heard.add("deleted " + path);
            assertThat(script.path(node)).isEqualTo(path.text());
        }

        @Override
        public void dataChanged(Slice path, int node) {
            heard.add("changed " + path);
        }

        @Override
        public void done(int index, Txn op, int err, int node) {
            String what =
                    switch (op) {
                        case CreateTxn t -> "create";
                        case DeleteTxn t -> "delete";
                        case SetDataTxn t -> "setData";
                        case CloseSessionTxn t -> "close";
                        case ErrorTxn t -> "error";
                        default -> "other";
                    };
            heard.add("done " + index + " " + what + " " + err);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theDigestKeptIsTheDigestComputedAndSnapshotsAreWhole(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 2_000; step++) {
            randomChange(random);
            if (step % 400 == 399) {
                assertThat(script.tree.digest()).as("seed %d", seed).isEqualTo(computedDigest());
                assertThat(copy(script.tree).dump()).as("seed %d", seed).isEqualTo(script.dump());
            }
        }
        assertThat(copy(script.tree).tree.digest()).isEqualTo(script.tree.digest());
    }

    @Test
    void aFrozenViewStaysAsItWas() {
        script.create("/a", "before");
        List<String> before = script.dump();
        SnapshotSource view = script.tree.freeze();
        script.setData("/a", "after", 1);
        script.create("/b", "new");
        script.delete("/a");
        assertThat(install(view).dump()).isEqualTo(before);
    }

    private void randomChange(Random random) {
        String path = path(random);
        script.sessionId = 1 + random.nextInt(3);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> script.create(path, data(random), acl(random), random.nextInt(4) == 0);
            case 3 -> {
                int node = script.find(path);
                if (node != DataTree.NONE && script.tree.firstChild(node) == DataTree.NONE) {
                    script.delete(path);
                }
            }
            case 4, 5 -> script.setData(path, data(random), random.nextInt(100));
            case 6 -> script.setAcl(path, acl(random), random.nextInt(100));
            default -> {
                if (random.nextInt(10) == 0) {
                    script.apply(new CloseSessionTxn());
                } else {
                    script.apply(session(1_000));
                }
            }
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
            path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    private static String data(Random random) {
        return "x".repeat(random.nextInt(5) == 0 ? random.nextInt(5_000) : random.nextInt(50));
    }

    private static AclList acl(Random random) {
        return random.nextBoolean()
                ? AclList.OPEN
                : AclList.of(
                        new Acl(random.nextInt(32), new Id("ip", "10.0.0." + random.nextInt(5))));
    }

    private static CreateSessionTxn session(int timeoutMillis) {
        CreateSessionTxn txn = new CreateSessionTxn();
        txn.timeoutMillis = timeoutMillis;
        return txn;
    }

    private long computedDigest() {
        DataTree tree = script.tree;
        long sum = 0;
        NodeState state = new NodeState();
        List<Integer> nodes = new ArrayList<>();
        tree.forEachBelow(tree.root(), nodes::add);
        for (int node : nodes) {
            Slice path = Slice.of(script.path(node));
            JuteOut field = new JuteOut();
            tree.writeData(node, field);
            tree.load(node, state);
            Slice data = new Slice().set(field.array(), 4, field.size() - 4);
            int digest = Digest.covers(path) ? digests.node(path, data, state) : 0;
            assertThat(state.digest).as(path.text()).isEqualTo(digest);
            sum += Integer.toUnsignedLong(digest);
        }
        return sum;
    }

    private static TreeScript copy(DataTree tree) {
        return install(tree.freeze());
    }

    private static TreeScript install(SnapshotSource view) {
        TreeScript copy = new TreeScript(new DataTree(TreeOptions.DEFAULT));
        JuteOut out = new JuteOut();
        new SnapshotEncoder(view).encode(out, Integer.MAX_VALUE / 2);
        SnapshotDecoder decoder = new SnapshotDecoder(copy.tree.install(view.lastZxid()));
        decoder.decode(out.array(), 0, out.size());
        assertThat(decoder.done()).isTrue();
        view.close();
        return copy;
    }

    private Stat stat(String path) {
        Stat stat = new Stat();
        script.tree.stat(script.find(path), stat);
        return stat;
    }
}

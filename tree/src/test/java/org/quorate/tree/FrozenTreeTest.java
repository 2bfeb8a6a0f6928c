package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/** Views beside a writer, and snapshots that cannot be. */
class FrozenTreeTest {
    private static final int NODES = 3_000;

    private final TreeScript script =
            new TreeScript(new DataTree(new TreeOptions(Long.MAX_VALUE, true, true)));

    @Test
    void viewsAreReadByOtherThreadsWhileTheWriterGoesOn() throws Exception {
        fill();
        try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
            List<Future<TreeScript>> copies = new ArrayList<>();
            List<TreeSet<String>> expected = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                SnapshotSource view = script.tree.freeze();
                expected.add(script.lines());
                copies.add(readers.submit(() -> TreeScript.copyOf(view)));
                for (int i = round; i < NODES; i += 3) {
                    script.setData("/d/n" + i, "x".repeat(i % 300), round);
                }
                script.delete("/d/n" + round);
            }
            for (int round = 0; round < copies.size(); round++) {
                TreeScript copy = copies.get(round).get();
                assertThat(copy.lines()).isEqualTo(expected.get(round));
                copy.tree.close();
            }
        }
        script.tree.close();
    }

    @Test
    void pagesOfAClosedViewAreUsedAgain() {
        fill();
        for (int round = 0; round < 20; round++) {
            try (SnapshotSource view = script.tree.freeze()) {
                for (int i = 0; i < NODES; i++) {
                    script.setData("/d/n" + i, "value " + round, round);
                }
                assertThat(view.lastZxid()).isPositive();
            }
        }
        // Twice the nodes at most: what the writer has, and what the one open view still sees.
        assertThat(script.tree.systemBytes()).isLessThan(3 * script.tree.memoryBytes() + (2 << 20));
    }

    @Test
    void whatAClosedViewHeldIsGivenBackAndTakenAgain() {
        fill();
        setAll("first", 2_000);
        long before = script.tree.systemBytes();
        for (int round = 0; round < 3; round++) {
            try (SnapshotSource view = script.tree.freeze()) {
                setAll("value " + round, 2_000);
                assertThat(view.lastZxid()).isPositive();
            }
            long held = script.tree.systemBytes();
            List<MemorySegment> released = new ArrayList<>();
            script.tree.trim(page -> {
                page.fill((byte) 0); // as the system would
                released.add(page);
            });
            assertThat(released).isNotEmpty();
            assertThat(script.tree.systemBytes())
                    .isEqualTo(held - (long) released.size() * Memory.PAGE_BYTES)
                    .isLessThan(before + (4 << 20));
            assertThat(script.data("/d/n7")).startsWith("value " + round);
        }
        script.tree.close();
    }

    private void setAll(String data, int bytes) {
        for (int i = 0; i < NODES; i++) {
            script.setData("/d/n" + i, data + "x".repeat(bytes - data.length()), 1);
        }
    }

    @Test
    void aTreeThatIsClosedWhileItGivesMemoryBackIsClosedBehindThat() {
        fill();
        setAll("first", 2_000);
        try (SnapshotSource view = script.tree.freeze()) {
            setAll("second", 2_000);
            assertThat(view.lastZxid()).isPositive();
        }
        List<MemorySegment> released = new ArrayList<>();
        script.tree.trim(page -> {
            script.tree.close();
            page.fill((byte) 0); // still there
            released.add(page);
        });
        assertThat(released).hasSize(1);
        assertThat(released.getFirst().scope().isAlive()).isFalse();
    }

    @Test
    void aViewOutlivesTheNextSnapshotAndTheTree() {
        fill();
        TreeSet<String> before = script.lines();
        SnapshotSource view = script.tree.freeze();
        SnapshotSource other = script.tree.freeze();
        script.tree.install(7);
        script.tree.close();
        assertThat(TreeScript.copyOf(view).lines()).isEqualTo(before);
        assertThat(TreeScript.copyOf(other).lines()).isEqualTo(before);
    }

    @Test
    void aSnapshotThatFailsLeavesATreeThatTakesTheNextOne() {
        fill();
        TreeSet<String> before = script.lines();
        SnapshotSource view = script.tree.freeze();
        SnapshotSink sink = script.tree.install(1);
        sink.node(node(""));
        sink.node(node("/a"));
        assertThatThrownBy(() -> sink.node(node("/b/c"))).isInstanceOf(JuteException.class);
        TreeScript.read(view, script.tree.install(view.lastZxid()));
        assertThat(script.lines()).isEqualTo(before);
    }

    @Test
    void aSnapshotThatCannotBeIsRefused() {
        assertThatThrownBy(() -> script.tree.install(1).node(node("/a")))
                .hasMessageContaining("before its parent");
        assertThatThrownBy(() -> script.tree.install(1).end()).hasMessageContaining("root");
        SnapshotSink twice = script.tree.install(1);
        twice.node(node(""));
        assertThatThrownBy(() -> twice.node(node(""))).hasMessageContaining("twice");
        twice.node(node("/a"));
        assertThatThrownBy(() -> twice.node(node("/a"))).hasMessageContaining("twice");
        assertThatThrownBy(() -> twice.node(node("b"))).hasMessageContaining("no path");
        assertThatThrownBy(twice::end).hasMessageContaining("/zookeeper");
    }

    @Test
    void aSnapshotInAnyOrderWithParentsFirstIsTaken() {
        SnapshotSink sink = script.tree.install(1);
        String[] paths = {"", "/a", "/b", "/a/c", "/zookeeper", "/b/c", "/a/d", "/a/c/e", "/b/f"};
        for (String path : paths) {
            sink.node(node(path));
        }
        sink.end();
        assertThat(script.tree.nodeCount()).isEqualTo(paths.length);
        assertThat(script.find("/a/c/e")).isPositive();
        assertThat(script.find("/b/f")).isPositive();
        script.tree.config(Slice.of("version=0"), 0, 5); // old snapshots have no node for it
        assertThat(script.data("/zookeeper/config")).isEqualTo("version=0");
    }

    @Test
    void aNodeWhoseListIsMissingIsOpenToNobody() {
        SnapshotSink sink = script.tree.install(1);
        sink.node(node(""));
        SnapshotNode orphan = node("/a");
        orphan.aclRef = 42;
        sink.node(orphan);
        sink.node(node("/zookeeper"));
        sink.end();
        NodeState state = new NodeState();
        script.tree.load(script.find("/a"), state);
        AclList list = script.tree.acls().list(state.aclRef);
        assertThat(list.entries()).isNotEmpty().allMatch(entry -> entry.perms() == 0);
    }

    @Test
    void freezingDoesNotGrowWithTheData() {
        fill();
        long before = script.tree.systemBytes();
        List<SnapshotSource> views = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            views.add(script.tree.freeze());
        }
        assertThat(script.tree.systemBytes()).isEqualTo(before);
        views.forEach(SnapshotSource::close);
    }

    private void fill() {
        script.create("/d", "");
        for (int i = 0; i < NODES; i++) {
            script.sessionId = 1 + i % 7;
            script.create("/d/n" + i, "data " + i, AclList.OPEN, i % 10 == 0);
        }
    }

    private static SnapshotNode node(String path) {
        SnapshotNode node = new SnapshotNode();
        node.path.set(Slice.of(path));
        node.data.set(Slice.of("x"));
        node.aclRef = SnapshotNode.ACL_REF_OPEN;
        return node;
    }
}

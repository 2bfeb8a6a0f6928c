package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.ImageSource;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CreateSessionTxn;

/** Images that fit and images that do not; what is in them is {@link TreeModelTest}'s concern. */
class ImageTest {
    private static final TreeOptions OPTIONS = new TreeOptions(Long.MAX_VALUE, true, true);

    private static final long LAYOUT_OF_VERSION_2 = 3_356_062_407L;

    private final TreeScript script = new TreeScript(new DataTree(OPTIONS));

    @AfterEach
    void close() {
        script.tree.close();
    }

    /**
     * If this fails, memory is laid out in another way than before: raise {@link
     * FrozenImage#VERSION}, so that nobody takes an old image for a new one, and put the new value
     * here.
     */
    @Test
    void theLayoutIsThatOfItsVersion() {
        fill();
        CRC32C crc = new CRC32C();
        try (SnapshotSource view = script.tree.freeze()) {
            ImageSource image = view.image();
            Slice head = image.head();
            crc.update(head.array(), head.from(), head.length());
            for (int i = 0; i < image.runCount(); i++) {
                for (ByteBuffer page : image.run(i)) {
                    crc.update(page);
                }
            }
        }
        assertThat(FrozenImage.VERSION).isEqualTo(2);
        assertThat(crc.getValue()).isEqualTo(LAYOUT_OF_VERSION_2);
    }

    @Test
    void anImageMadeWithOtherOptionsIsOfNoUseAndChangesNothing() {
        fill();
        for (TreeOptions other :
                List.of(
                        new TreeOptions(Long.MAX_VALUE, false, true),
                        new TreeOptions(Long.MAX_VALUE, true, false))) {
            try (DataTree tree = new DataTree(other);
                    SnapshotSource view = script.tree.freeze()) {
                assertThat(tree.installImage(view.image().head())).isNull();
                assertThat(tree.find(Slice.of("/zookeeper/config"))).isNotEqualTo(DataTree.NONE);
            }
        }
    }

    @Test
    void anImageOfAnotherVersionIsOfNoUse() {
        try (DataTree tree = new DataTree(OPTIONS);
                SnapshotSource view = script.tree.freeze()) {
            byte[] head = view.image().head().copy();
            ByteBuffer.wrap(head).putInt(0, FrozenImage.VERSION + 1);
            assertThat(tree.installImage(Slice.of(head))).isNull();
        }
    }

    @Test
    void anImageThatEndsEarlyIsRefusedAndTheTreeTakesASnapshotAfterwards() {
        fill();
        try (DataTree tree = new DataTree(OPTIONS)) {
            byte[] head = headOf(script.tree);
            for (int length = 4; length < head.length; length += 7) {
                Slice cut = new Slice().set(head, 0, length);
                assertThatThrownBy(() -> tree.installImage(cut)).isInstanceOf(JuteException.class);
            }
            byte[] longer = java.util.Arrays.copyOf(head, head.length + 1);
            assertThatThrownBy(() -> tree.installImage(Slice.of(longer)))
                    .isInstanceOf(JuteException.class);
            SnapshotSource view = script.tree.freeze();
            TreeScript.read(view, tree.install(script.zxid));
            assertThat(new TreeScript(tree).lines()).isEqualTo(script.lines());
        }
    }

    @Test
    void anImageThatIsGivenUpHalfWayGivesItsMemoryBack() {
        fill();
        try (DataTree tree = new DataTree(OPTIONS);
                SnapshotSource view = script.tree.freeze()) {
            for (int round = 0; round < 20; round++) {
                ImageSink sink = tree.installImage(view.image().head());
                sink.run(0);
                assertThatThrownBy(sink::end).isInstanceOf(IllegalStateException.class);
            }
            TreeScript.read(script.tree.freeze(), tree.install(script.zxid));
            assertThat(new TreeScript(tree).lines()).isEqualTo(script.lines());
            assertThat(tree.memoryBytes()).isEqualTo(usedBySnapshot());
            assertThat(tree.systemBytes()).isLessThan(25 * (32 * Memory.PAGE_BYTES));
        }
    }

    private long usedBySnapshot() {
        TreeScript copy = TreeScript.copyOf(script.tree.freeze());
        try {
            return copy.tree.memoryBytes();
        } finally {
            copy.tree.close();
        }
    }

    private static byte[] headOf(DataTree tree) {
        try (SnapshotSource view = tree.freeze()) {
            return view.image().head().copy();
        }
    }

    /** Some of everything that pages can hold. */
    private void fill() {
        CreateSessionTxn session = new CreateSessionTxn();
        session.timeoutMillis = 4_000;
        script.sessionId = 7;
        script.apply(session);
        script.create("/d", "");
        for (int i = 0; i < 3_000; i++) {
            script.create("/d/n" + i, "x".repeat(i % 900));
        }
        script.create("/d/large", "y".repeat(100_000));
        for (int i = 0; i < 500; i++) {
            script.setData("/d/n" + i * 5, "changed", 1);
            script.delete("/d/n" + (i * 5 + 1));
        }
        script.create("/own", "", AclList.of(new Acl(1, Id.ANYONE)), true);
        script.setAcl("/d/n0", AclList.of(new Acl(3, Id.ANYONE)), 1);
    }
}

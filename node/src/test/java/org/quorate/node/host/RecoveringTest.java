package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.log.Disk;
import org.quorate.log.Store;
import org.quorate.log.StoreOptions;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/** What a start compares with what the files say of themselves. */
class RecoveringTest {
    private static final int TXNS = 10;

    /** The snapshot is named after this transaction. */
    private static final int NAMED = 3;

    /** And was walked until this one had been applied. */
    private static final int WALKED = 7;

    @TempDir Path dir;

    @Test
    void aSnapshotOfSeveralTimesHasItsDigestOnceTheLogHasCaughtUp() throws Exception {
        write(0, 0);
        assertThat(differences()).isZero();
    }

    @Test
    void aSnapshotOfSeveralTimesThatIsNotTheTreeThatItSaysIsTold() throws Exception {
        write(1, 0);
        assertThat(differences()).isEqualTo(1);
    }

    @Test
    void aTransactionOfTheLogThatLeadsToAnotherTreeThanItSaysIsTold() throws Exception {
        write(0, 9);
        assertThat(differences()).isEqualTo(1);
    }

    @Test
    void beforeTheLogHasCaughtUpDigestsAreOfNoTreeThatThereWas() throws Exception {
        write(0, 5);
        assertThat(differences()).isZero();
    }

    private long differences() throws Exception {
        ServerMetrics metrics = new ServerMetrics();
        try (Store store = Store.open(Disk.REAL, StoreOptions.of(dir));
                DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            Store.Recovery recovery =
                    new Recovering(store, tree, metrics, StartProgress.LOGGED).run(false);
            assertThat(recovery.snapshotZxid()).isEqualTo(NAMED);
            assertThat(recovery.lastZxid()).isEqualTo(TXNS);
        }
        return metrics.digestMismatches.value();
    }

    /**
     * A log and a snapshot that is newer than its name.
     *
     * @param snapshotIsOff added to the snapshot's digest
     * @param txnIsOff whose digest is another; 0 for none
     */
    private void write(long snapshotIsOff, int txnIsOff) throws Exception {
        try (Store store = Store.open(Disk.REAL, StoreOptions.of(dir));
                DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            store.recover(tree::install, (zxid, txn) -> {}, null);
            store.writeSnapshot(tree.freeze());
            for (int i = 1; i <= TXNS; i++) {
                byte[] txn = create(tree, i, i == txnIsOff);
                store.append(i, txn, 0, txn.length);
                if (i == WALKED) {
                    store.writeSnapshot(new NamedEarlier(tree.freeze(), snapshotIsOff));
                }
            }
            store.sync();
        }
    }

    private static byte[] create(DataTree tree, int number, boolean isOff) {
        CreateTxn create = new CreateTxn();
        create.path.set(Slice.of("/n" + number));
        create.data.set(Slice.of("some"));
        create.acl.set(AclList.OPEN);
        create.parentCversion = number;
        JuteOut out = new JuteOut();
        new TxnHeader().set(1, number, number, 1_000, OpCode.CREATE).write(out);
        create.write(out);
        tree.apply(new TxnRecord().read(new JuteIn().wrap(out.array(), 0, out.size())), null);
        TxnDigest.write(out, TxnDigest.VERSION, tree.digest() + (isOff ? 1 : 0));
        return out.copy();
    }

    /** As if its walk had begun earlier than it has, and had found nothing of then. */
    private record NamedEarlier(SnapshotSource view, long isOff) implements SnapshotSource {
        @Override
        public long lastZxid() {
            return NAMED;
        }

        @Override
        public long digestZxid() {
            return view.digestZxid();
        }

        @Override
        public long treeDigest() {
            return view.treeDigest() + isOff;
        }

        @Override
        public int sessionCount() {
            return view.sessionCount();
        }

        @Override
        public boolean nextSession(SnapshotSession into) {
            return view.nextSession(into);
        }

        @Override
        public int aclCount() {
            return view.aclCount();
        }

        @Override
        public long nextAcl(AclVector into) {
            return view.nextAcl(into);
        }

        @Override
        public boolean nextNode(SnapshotNode into) {
            return view.nextNode(into);
        }

        @Override
        public void close() {
            view.close();
        }
    }
}

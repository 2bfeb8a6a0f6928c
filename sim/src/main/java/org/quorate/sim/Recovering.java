package org.quorate.sim;

import java.io.IOException;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;

/** Brings a tree back from the disk as {@code node} does: damage is put aside, peers repair it. */
final class Recovering implements Store.TxnConsumer {
    private static final int DIGEST_VERSION = 2;

    private final ServerHost host;
    private final Store store;
    private final DataTree tree;
    private final AppliedHere applied;
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final TxnRecord record = new TxnRecord();

    Recovering(ServerHost host, Store store, DataTree tree, AppliedHere applied) {
        this.host = host;
        this.store = store;
        this.tree = tree;
        this.applied = applied;
    }

    Store.Recovery run() throws StoreException {
        Store.Recovery recovery;
        try {
            recovery = store.recover(this::sink, this, null);
        } catch (StoreException e) {
            if (host.disk.isPowerless() || e.reason() != StoreException.Cause.DAMAGE) {
                throw e;
            }
            recovery = rejoin(e);
        }
        host.world.tell(
                "server %d recovers 0x%x from snapshot 0x%x",
                host.id, recovery.lastZxid(), recovery.snapshotZxid());
        for (String finding : recovery.findings()) {
            host.world.tell("server %d found: %s", host.id, finding);
            host.world.marks.add("recovery: something was found");
            checkPassedOver(finding);
        }
        if (!recovery.mayVote()) {
            host.world.marks.add("recovery: may not vote");
        }
        return recovery;
    }

    /**
     * Nothing is wrong with a snapshot whose disk is well, but that its walk went on beyond the
     * log.
     */
    private void checkPassedOver(String finding) {
        boolean goodDisk = !host.world.settings.faults().contains(Fault.FLIP_SNAPSHOT);
        boolean passedOver = finding.contains("was passed over");
        if (passedOver && !finding.contains("it reaches 0x") && goodDisk) {
            throw new SimulationFailure("%s has a good snapshot, but %s", host, finding);
        }
    }

    private Store.Recovery rejoin(StoreException damage) throws StoreException {
        host.world.marks.add("recovery: damage put aside");
        host.world.tell("server %d puts damage aside: %s", host.id, damage.getMessage());
        if (!host.isDamaged()) {
            throw new SimulationFailure(
                    "%s sees damage where there was none: %s", host, damage.getMessage());
        }
        try {
            store.setAside(String.valueOf(damage.getMessage()));
        } catch (IOException e) {
            throw new StoreException("the damaged files cannot be set aside: " + e.getMessage(), e);
        }
        return store.recover(this::sink, this, null);
    }

    private SnapshotSink sink(long zxid) {
        applied.installed(zxid);
        return tree.install(zxid);
    }

    @Override
    public void txn(long zxid, Slice txn) {
        record.read(in.wrap(txn));
        tree.apply(record, null);
        applied.replayed(zxid, txn);
    }

    @Override
    public void digest(long zxid, int version, long treeDigest) {
        applied.fuzzyTo(zxid);
        boolean comparable = version == DIGEST_VERSION && zxid > 0 && tree.lastZxid() == zxid;
        if (comparable && tree.digest() != treeDigest) {
            throw new SimulationFailure(
                    "%s loads a snapshot whose digest at 0x%x is another", host, zxid);
        }
    }
}

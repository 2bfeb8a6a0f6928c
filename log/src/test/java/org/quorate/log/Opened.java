package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A store with what its recovery handed out. */
final class Opened implements AutoCloseable {
    static final Path DIR = Path.of("/data");
    static final Path FILES = DIR.resolve("version-2");

    final Store store;
    final Store.Recovery recovery;

    /** The snapshot loaded; null if none. */
    final Recorded snapshot;

    /** Records behind the snapshot. */
    final Map<Long, byte[]> txns;

    private Opened(
            Store store, Store.Recovery recovery, Recorded snapshot, Map<Long, byte[]> txns) {
        this.store = store;
        this.recovery = recovery;
        this.snapshot = snapshot;
        this.txns = txns;
    }

    static Opened on(Disk disk) throws StoreException, IOException {
        return on(disk, StoreOptions.of(DIR));
    }

    static Opened on(Disk disk, StoreOptions options) throws StoreException, IOException {
        Store store = Store.open(disk, options);
        try {
            return recover(store);
        } catch (StoreException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    static Opened recover(Store store) throws StoreException {
        Map<Long, byte[]> txns = new LinkedHashMap<>();
        List<Recorded> sinks = new ArrayList<>();
        Store.Recovery recovery =
                store.recover(
                        zxid -> {
                            txns.clear();
                            sinks.add(new Recorded());
                            return sinks.getLast();
                        },
                        (zxid, txn) -> txns.put(zxid, txn.copy()),
                        null);
        Recorded snapshot = recovery.snapshotZxid() < 0 ? null : sinks.getLast();
        return new Opened(store, recovery, snapshot, txns);
    }

    /** An empty directory made usable: with its first snapshot. */
    static Opened fresh(Disk disk) throws StoreException, IOException {
        Opened opened = on(disk);
        opened.writeSnapshot(0);
        return opened;
    }

    void writeSnapshot(long zxid) throws IOException {
        Recorded content = new Recorded();
        content.sessions.put(5L, 1000);
        content.node("", "", 0);
        content.node("/state", "at " + zxid, zxid);
        store.writeSnapshot(content.source(zxid));
    }

    void append(long from, long to) {
        for (long zxid = from; zxid <= to; zxid++) {
            byte[] txn = Txns.setData(zxid, 20);
            store.append(zxid, txn, 0, txn.length);
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}

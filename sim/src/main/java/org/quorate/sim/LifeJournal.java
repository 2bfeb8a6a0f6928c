package org.quorate.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.quorate.log.DiskFullException;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.replica.Replica;
import org.quorate.zab.Journal;
import org.quorate.zab.Role;
import org.quorate.zab.StateMachine;

/**
 * Zab's disk: what a turn asks for becomes one batch, with one sync, which takes its time while the
 * core goes on. What gathers meanwhile is the next batch. As the journal thread of {@code node}.
 */
final class LifeJournal implements Journal {
    private static final long FULL_PAUSE_NANOS = 40 * Timeline.MILLI;
    private static final long EPOCH_SOON_NANOS = 100 * Timeline.MILLI;

    private sealed interface Work {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Append(long zxid, byte[] bytes) implements Work {}

        record Mark(long token) implements Work {}

        record Accept(long epoch) implements Work {}

        record Enter(long epoch) implements Work {}

        /** The same, but records that come later need not wait for it. */
        record EnterSoon(long epoch) implements Work {}

        record Install(SnapshotSource view) implements Work {}

        /** The log begins a new file, and the view is written beside it. */
        record Roll(SnapshotSource view, long frozenIn) implements Work {}
    }

    private final Life life;
    private final Store store;
    private final ArrayDeque<Work> asked = new ArrayDeque<>();
    private final ArrayDeque<SnapshotSource> views = new ArrayDeque<>();
    private @Nullable StateMachine state;
    private boolean busy;
    private boolean full;
    private boolean fullTold;
    private boolean snapshotAsked;
    private boolean snapshotWanted;
    private long epochSoon = -1;
    private long marked;
    private long durable;
    private long told;

    LifeJournal(Life life, Store store) {
        this.life = life;
        this.store = store;
    }

    /** Where a state is rebuilt after a truncation. */
    void state(StateMachine machine) {
        state = machine;
    }

    // ---- around a turn

    /** Tells the core what the disk has done. */
    void beginTurn(Replica replica) {
        if (full != fullTold) {
            fullTold = full;
            replica.diskFull(full);
            if (full && replica.zab().role().kind() == Role.Kind.LEADING) {
                replica.zab().handOverAtOnce();
            }
        }
        if (durable > told) {
            told = durable;
            replica.zab().journaled(durable);
        }
    }

    void endTurn() {
        if (snapshotWanted) {
            snapshotWanted = false;
            asked.add(new Work.Roll(life.replica().freeze(), store.history()));
        }
        begin();
    }

    private void begin() {
        if (!busy && !asked.isEmpty()) {
            busy = true;
            int count = asked.size();
            life.world.time.after(life.host.diskNanos(), () -> carryOut(count));
        }
    }

    private void carryOut(int count) {
        if (life.isOver()) {
            return;
        }
        if (life.isPaused()) {
            life.world.time.after(life.host.diskNanos(), () -> carryOut(count));
            return;
        }
        busy = false;
        try {
            carryOutNow(count);
            full(false);
        } catch (DiskFullException e) {
            full(true);
            busy = true;
            life.world.time.after(FULL_PAUSE_NANOS, () -> carryOut(asked.size()));
            return;
        } catch (IOException e) {
            life.failed(e);
            return;
        }
        if (!snapshotAsked && store.snapshotDue()) {
            snapshotAsked = true;
            snapshotWanted = true;
        }
        prepare();
        life.turnSoon();
        begin();
    }

    /** Work that a full disk has stopped stays, and is tried again. */
    private void carryOutNow(int count) throws IOException {
        for (int i = 0; i < count && !asked.isEmpty(); i++) {
            carryOut(asked.getFirst());
            asked.removeFirst();
        }
        store.sync();
        durable = marked;
    }

    private void carryOut(Work work) throws IOException {
        if (!(work instanceof Work.Append || work instanceof Work.Mark)) {
            writeEpoch();
        }
        switch (work) {
            case Work.Append(long zxid, byte[] bytes) -> store.append(zxid, bytes, 0, bytes.length);
            case Work.Mark(long token) -> marked = token;
            case Work.Accept(long epoch) -> {
                store.sync();
                store.acceptedEpoch(epoch);
            }
            case Work.Enter(long epoch) -> {
                store.sync();
                store.currentEpoch(epoch);
            }
            case Work.EnterSoon(long epoch) -> {
                epochSoon = epoch;
                writeEpochIn(EPOCH_SOON_NANOS, epoch);
            }
            case Work.Install(SnapshotSource view) -> {
                store.sync();
                store.installed(view.lastZxid());
                try {
                    store.writeSnapshot(view);
                } catch (DiskFullException e) {
                    throw new IOException("no room for the state that a leader sent", e);
                }
            }
            case Work.Roll(SnapshotSource view, long frozenIn) -> {
                store.roll();
                snapshotAsked = false;
                writeLater(view, frozenIn);
            }
        }
    }

    /** Writes the epoch that has let records pass, if there is one. */
    private void writeEpoch() throws IOException {
        if (epochSoon >= 0) {
            store.sync();
            store.currentEpoch(epochSoon);
            epochSoon = -1;
        }
    }

    private void writeEpochIn(long nanos, long epoch) {
        life.world.time.after(
                nanos,
                () -> {
                    if (life.isOver() || epochSoon != epoch) {
                        return;
                    }
                    if (life.isPaused()) {
                        writeEpochIn(FULL_PAUSE_NANOS, epoch);
                        return;
                    }
                    try {
                        writeEpoch();
                        life.world.marks.add("epoch written behind its records");
                    } catch (DiskFullException e) {
                        writeEpochIn(FULL_PAUSE_NANOS, epoch);
                    } catch (IOException e) {
                        life.failed(e);
                    }
                });
    }

    private void full(boolean isFull) {
        if (full != isFull) {
            full = isFull;
            life.world.marks.add(isFull ? "disk full noticed" : "disk has room again");
            life.turnSoon();
        }
    }

    private void prepare() {
        if (store.prepareWanted()) {
            try {
                store.prepare();
            } catch (DiskFullException e) {
                life.world.marks.add("no room for zeros ahead");
            } catch (IOException e) {
                life.failed(e);
            }
        }
    }

    /** Beside the log, as the background thread does. */
    private void writeLater(SnapshotSource view, long frozenIn) {
        views.add(view);
        life.world.time.after(
                2 * life.host.diskNanos(),
                () -> {
                    if (!life.isOver() && views.remove(view)) {
                        write(view, frozenIn);
                    }
                });
    }

    private void write(SnapshotSource view, long frozenIn) {
        try {
            if (store.writeSnapshot(asWalked(view), frozenIn)) {
                life.world.marks.add("snapshot written");
            } else {
                life.world.marks.add("snapshot came too late");
            }
            store.purge(3);
        } catch (DiskFullException e) {
            life.world.marks.add("no room for a snapshot");
        } catch (IOException e) {
            if (life.host.disk.isPowerless()) {
                life.failed(e);
            }
            // Otherwise the log has everything: the next snapshot is tried as usual.
        }
    }

    /** With what was applied since the view was frozen in a part of it, if this run has that. */
    private SnapshotSource asWalked(SnapshotSource view) {
        if (!life.world.settings.fuzzy() || !life.host.isServing()) {
            return view;
        }
        SnapshotSource now = life.replica().freeze();
        if (now.digestZxid() <= view.lastZxid()) {
            now.close();
            return view;
        }
        life.world.marks.add("snapshot of two times");
        return new FuzzyView(view, now, life.host.chance.below(life.tree().nodeCount()));
    }

    /** The process is gone: what waited is lost. */
    void end() {
        views.forEach(SnapshotSource::close);
        views.clear();
        for (Work work : asked) {
            switch (work) {
                case Work.Install(SnapshotSource view) -> view.close();
                case Work.Roll(SnapshotSource view, _) -> view.close();
                default -> {}
            }
        }
        asked.clear();
    }

    // ---- what Zab asks

    private boolean ask(Work work) {
        return life.comesAbout() && asked.add(work);
    }

    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
        ask(new Work.Append(zxid, java.util.Arrays.copyOfRange(bytes, from, from + length)));
    }

    @Override
    public void acceptedEpoch(long epoch) {
        ask(new Work.Accept(epoch));
    }

    @Override
    public void currentEpoch(long epoch) {
        ask(new Work.Enter(epoch));
    }

    @Override
    public void currentEpochSoon(long epoch) {
        ask(new Work.EnterSoon(epoch));
    }

    @Override
    public void snapshot(SnapshotSource view) {
        if (!ask(new Work.Install(view))) {
            view.close();
        }
    }

    @Override
    public void mark(long token) {
        ask(new Work.Mark(token));
    }

    @Override
    public boolean truncate(long zxid) {
        if (life.host.disk.hasSnapshotBehind(zxid)) {
            life.world.marks.add("cut in front of a snapshot");
        }
        boolean cut = exclusively(() -> store.truncate(zxid));
        life.world.marks.add(cut ? "log cut" : "log could not be cut");
        life.world.tell("%s cuts its log at 0x%x: %b", life.host, zxid, cut);
        return cut;
    }

    @Override
    public void reload() {
        life.world.marks.add("state rebuilt from disk");
        exclusively(() -> {
            StateMachine machine = state;
            if (machine == null) {
                throw new IllegalStateException("no state");
            }
            try {
                store.recover(machine::install, rebuilding(machine), null);
            } catch (StoreException e) {
                throw new IOException(e.getMessage(), e);
            }
            return true;
        });
    }

    private Store.TxnConsumer rebuilding(StateMachine machine) {
        return new Store.TxnConsumer() {
            @Override
            public void txn(long zxid, Slice txn) {
                machine.replay(zxid, txn);
            }

            @Override
            public void digest(long zxid, int version, long treeDigest) {
                life.applied().fuzzyTo(zxid);
            }
        };
    }

    @Override
    public @Nullable History history(long afterZxid, long bytesMax) {
        Store.@Nullable Cursor cursor =
                this.<Store.@Nullable Cursor>exclusively(() -> store.history(afterZxid, bytesMax));
        if (cursor != null) {
            life.world.marks.add("log read for a learner");
        }
        return cursor == null ? null : new LogHistory(cursor);
    }

    private interface Use<T extends @Nullable Object> {
        T of() throws IOException;
    }

    /** Behind all that was asked before, at once. */
    private <T extends @Nullable Object> T exclusively(Use<T> use) {
        if (!life.comesAbout()) {
            throw new UncheckedIOException(new IOException("the process has stopped"));
        }
        try {
            carryOutNow(asked.size());
            writeEpoch();
            return use.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record LogHistory(Store.Cursor cursor) implements History {
        @Override
        public long next(Slice into) {
            try {
                return cursor.next(into);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}

package org.quorate.zab;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * A data directory: what has survived, and what was asked for and may or may not survive a crash.
 * Operations become lasting in order.
 */
final class FakeDisk implements Journal {
    /** A change of the directory. */
    private interface Operation {
        void change(Content content);
    }

    private record Mark(long token) implements Operation {
        @Override
        public void change(Content content) {}
    }

    private record Append(FakeState.Entry entry) implements Operation {
        @Override
        public void change(Content content) {
            content.log.add(entry);
        }
    }

    /** Comes to disk with the next sync, or not at all. */
    private record EpochSoon(long epoch) implements Operation {
        @Override
        public void change(Content content) {}
    }

    /** Is told that a sync is wanted: to answer with {@link Zab#journaled} in its time. */
    interface Syncer {
        void syncWanted(long token);
    }

    /** What a directory holds. */
    private static final class Content {
        private List<FakeState.Entry> snapshot = new ArrayList<>();
        private long snapshotZxid;
        private List<FakeState.Entry> log = new ArrayList<>();
        private long acceptedEpoch;
        private long currentEpoch;

        Content copy() {
            Content copy = new Content();
            copy.snapshot = new ArrayList<>(snapshot);
            copy.snapshotZxid = snapshotZxid;
            copy.log = new ArrayList<>(log);
            copy.acceptedEpoch = acceptedEpoch;
            copy.currentEpoch = currentEpoch;
            return copy;
        }

        long lastZxid() {
            return log.isEmpty() ? snapshotZxid : log.getLast().zxid();
        }
    }

    private final Content lasting = new Content();
    private final List<Operation> asked = new ArrayList<>();
    private @Nullable StateMachine state;
    private @Nullable Syncer syncer;
    private Consumer<String> marker = mark -> {};
    private long epochSoon = -1;

    void attach(StateMachine machine, Syncer wanted, Consumer<String> marks) {
        state = machine;
        syncer = wanted;
        marker = marks;
    }

    /** Everything up to a mark has survived. */
    void synced(long token) {
        writeEpoch();
        while (true) {
            Operation operation = asked.removeFirst();
            if (operation instanceof EpochSoon(long epoch)) {
                writeEpoch();
                epochSoon = epoch;
            } else if (!(operation instanceof Append || operation instanceof Mark)) {
                writeEpoch();
            }
            operation.change(lasting);
            if (operation instanceof Mark(long marked) && marked == token) {
                return;
            }
        }
    }

    private void writeEpoch() {
        if (epochSoon >= 0) {
            lasting.currentEpoch = epochSoon;
            epochSoon = -1;
        }
    }

    /** As if, in an election that came to nothing, this epoch had been promised. */
    void promised(long epoch) {
        lasting.acceptedEpoch = epoch;
    }

    /** One transaction more than all others have, in the same epoch. */
    void loneTail() {
        lasting.log.add(FakeState.Entry.of(lastZxid() + 1, Slice.of("nobody else has this")));
    }

    /** What another ensemble wrote in an epoch is there instead of all that was. */
    void strangers(long epoch) {
        promised(epoch);
        lasting.currentEpoch = epoch;
        lasting.snapshot.clear();
        lasting.snapshotZxid = 0;
        lasting.log.clear();
        for (int i = 1; i <= 3; i++) {
            long zxid = Zxid.of(epoch, i);
            lasting.log.add(FakeState.Entry.of(zxid, Slice.of("another ensemble")));
        }
    }

    /** Everything is gone. */
    void empty() {
        strangers(0);
        lasting.log.clear();
    }

    /** The power goes: the first {@code survivors} of what was not synced have made it. */
    void crash(int survivors) {
        for (int i = 0; i < survivors && !asked.isEmpty(); i++) {
            asked.removeFirst().change(lasting);
        }
        asked.clear();
        epochSoon = -1;
    }

    int unsynced() {
        return asked.size();
    }

    /** An epoch file; whoever has a transaction of an epoch is in it, whatever the file says. */
    long lasting(boolean accepted) {
        return accepted
                ? lasting.acceptedEpoch
                : Math.max(lasting.currentEpoch, Zxid.epoch(lastZxid()));
    }

    long lastZxid() {
        return lasting.lastZxid();
    }

    /** All transactions on disk to stay. */
    List<FakeState.Entry> lastingEntries() {
        List<FakeState.Entry> all = new ArrayList<>(lasting.snapshot);
        for (FakeState.Entry entry : lasting.log) {
            if (entry.zxid() > lasting.snapshotZxid) {
                all.add(entry);
            }
        }
        return all;
    }

    /** Loads a state from disk, as at start. */
    void recover(FakeState into) {
        fill(into.install(lasting.snapshotZxid), lasting.snapshot);
        for (FakeState.Entry entry : lasting.log) {
            if (entry.zxid() > lasting.snapshotZxid) {
                into.add(entry.zxid(), Slice.of(HexFormat.of().parseHex(entry.txn())));
            }
        }
    }

    // ---- what Zab asks

    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
        FakeState.Entry entry = FakeState.Entry.of(zxid, new Slice().set(bytes, from, length));
        asked.add(new Append(entry));
    }

    @Override
    public void acceptedEpoch(long epoch) {
        asked.add(content -> content.acceptedEpoch = epoch);
    }

    @Override
    public void currentEpoch(long epoch) {
        asked.add(content -> content.currentEpoch = epoch);
    }

    @Override
    public void currentEpochSoon(long epoch) {
        asked.add(new EpochSoon(epoch));
    }

    @Override
    public void snapshot(SnapshotSource view) {
        List<FakeState.Entry> entries = new ArrayList<>();
        SnapshotNode node = new SnapshotNode();
        while (view.nextNode(node)) {
            if (node.path.length() > 0) {
                entries.add(
                        new FakeState.Entry(
                                Long.parseLong(node.path.text().substring(1), 16),
                                node.data.text()));
            }
        }
        long zxid = view.lastZxid();
        asked.add(content -> {
            content.snapshot = entries;
            content.snapshotZxid = zxid;
            content.log = new ArrayList<>();
        });
    }

    @Override
    public void mark(long token) {
        asked.add(new Mark(token));
        if (syncer != null) {
            syncer.syncWanted(token);
        }
    }

    @Override
    public boolean truncate(long zxid) {
        Content now = now();
        boolean holds =
                now.snapshotZxid == zxid || now.log.stream().anyMatch(e -> e.zxid() == zxid);
        marker.accept(holds ? "log cut" : "log not cut");
        if (holds) {
            asked.add(content -> content.log.removeIf(entry -> entry.zxid() > zxid));
        }
        return holds;
    }

    @Override
    public void reload() {
        Content now = now();
        marker.accept("reload");
        if (state == null) {
            throw new IllegalStateException("no state");
        }
        fill(state.install(now.snapshotZxid), now.snapshot);
        for (FakeState.Entry entry : now.log) {
            if (entry.zxid() > now.snapshotZxid) {
                state.replay(entry.zxid(), Slice.of(HexFormat.of().parseHex(entry.txn())));
            }
        }
    }

    @Override
    public @Nullable History history(long afterZxid, long bytesMax) {
        List<FakeState.Entry> log = now().log;
        int from = 0;
        while (from < log.size() && log.get(from).zxid() <= afterZxid) {
            from++;
        }
        if (from == 0) {
            return null;
        }
        marker.accept("log read");
        var rest = log.subList(from, log.size()).iterator();
        return new History() {
            @Override
            public long next(Slice into) {
                if (!rest.hasNext()) {
                    return -1;
                }
                FakeState.Entry entry = rest.next();
                into.set(Slice.of(HexFormat.of().parseHex(entry.txn())));
                return entry.zxid();
            }

            @Override
            public void close() {}
        };
    }

    /** What the directory will hold when all that was asked is done. */
    private Content now() {
        Content now = lasting.copy();
        asked.forEach(operation -> operation.change(now));
        return now;
    }

    private static void fill(SnapshotSink sink, List<FakeState.Entry> entries) {
        SnapshotNode node = new SnapshotNode();
        for (FakeState.Entry entry : entries) {
            node.path.set(Slice.of("/" + Long.toHexString(entry.zxid())));
            node.data.set(Slice.of(entry.txn()));
            sink.node(node);
        }
        sink.end();
    }
}

package org.quorate.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.zab.Journal;
import org.quorate.zab.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Zab's disk, by way of the journal thread. Owned by the core thread. */
final class ZabJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(ZabJournal.class);

    private final Journaling journaling;
    private final CoreMeter meter;
    private @Nullable StateMachine state;

    ZabJournal(Journaling journaling, CoreMeter meter) {
        this.journaling = journaling;
        this.meter = meter;
    }

    /** Where a state is rebuilt after a truncation. */
    void state(StateMachine machine) {
        state = machine;
    }

    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
        journaling.append(zxid, bytes, from, length);
        meter.logged(zxid, bytes, from, length);
    }

    @Override
    public void acceptedEpoch(long epoch) {
        journaling.add(JournalBatch.Kind.ACCEPTED_EPOCH, epoch);
    }

    @Override
    public void currentEpoch(long epoch) {
        journaling.add(JournalBatch.Kind.CURRENT_EPOCH, epoch);
    }

    @Override
    public void currentEpochSoon(long epoch) {
        journaling.add(JournalBatch.Kind.CURRENT_EPOCH_SOON, epoch);
    }

    @Override
    public void snapshot(SnapshotSource view) {
        journaling.install(view);
    }

    @Override
    public void mark(long token) {
        journaling.add(JournalBatch.Kind.MARK, token);
        meter.marked(token);
    }

    @Override
    public boolean truncate(long zxid) {
        try {
            return journaling.exclusively(store -> store.truncate(zxid));
        } catch (IOException e) {
            throw new UncheckedIOException("the log cannot be cut behind 0x%x".formatted(zxid), e);
        }
    }

    @Override
    public void reload() {
        StateMachine machine = state;
        if (machine == null) {
            throw new IllegalStateException("there is no state to rebuild yet");
        }
        try {
            journaling.exclusively(store -> rebuild(store, machine));
        } catch (IOException e) {
            throw new UncheckedIOException("the state cannot be rebuilt from the disk", e);
        }
    }

    @Override
    public @Nullable History history(long afterZxid, long bytesMax) {
        try {
            Store.Cursor cursor =
                    journaling.<Store.@Nullable Cursor>exclusively(
                            store -> store.history(afterZxid, bytesMax));
            return cursor == null ? null : new LogHistory(cursor);
        } catch (IOException e) {
            LOG.warn("the log behind 0x{} cannot be read: {}", Long.toHexString(afterZxid), e);
            return null; // the learner is sent the whole state instead
        }
    }

    private static boolean rebuild(Store store, StateMachine machine) throws IOException {
        try {
            store.recover(machine::install, machine::replay, null);
            return true;
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Records read from the log's files. */
    private record LogHistory(Store.Cursor cursor) implements History {
        @Override
        public long next(Slice into) {
            try {
                return cursor.next(into);
            } catch (IOException e) {
                throw new UncheckedIOException("the log cannot be read for a learner", e);
            }
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}

package org.quorate.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.TxnRecord;

/**
 * The one order of transactions, as the first server that applied each of them had it: every other
 * server must apply the same, with the same digest of the tree behind it, and every leader must
 * begin with all of it.
 */
final class CommittedOrder {
    /** A transaction and the digest of the tree behind it. */
    record Entry(long zxid, long hash, long digest, Slice txn) {
        /** One that is being applied. */
        record Begun(long zxid, long hash, Slice txn) {
            Entry applied(long digest) {
                return new Entry(zxid, hash, digest, txn);
            }
        }

        static final Begun NOTHING = new Begun(0, 0, new Slice());

        static Begun begin(long zxid, Slice txn) {
            byte[] bytes = txn.copy();
            return new Begun(zxid, Arrays.hashCode(bytes), Slice.of(bytes));
        }

        boolean same(Entry other) {
            return zxid == other.zxid && hash == other.hash && digest == other.digest;
        }
    }

    /**
     * Who asked for a transaction, and what came of it.
     *
     * @param err 0 if it was done
     */
    record Outcome(long zxid, long sessionId, int cxid, int err) {}

    private record Key(long sessionId, int cxid) {}

    private final Trace trace;
    private final Znodes znodes;
    private final long counterMax;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Key, Outcome> byRequest = new HashMap<>();
    private final Map<Key, Integer> refused = new HashMap<>();
    private final Map<Key, Long> settled = new HashMap<>();
    private final Map<Long, Long> expired = new HashMap<>();
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final TxnRecord record = new TxnRecord();
    private ExpiryListener expiryListener = (_, _) -> {};
    private boolean whole = true;

    /** Entries in front of which something is missing that nobody was seen to apply. */
    private final Set<Long> behindGap = new HashSet<>();

    /** Hears of sessions that the leader has ended by itself. */
    interface ExpiryListener {
        void expired(long sessionId, long zxid);
    }

    /**
     * @param counterMax the last zxid of an epoch that a leader may draw
     */
    CommittedOrder(Trace trace, Znodes znodes, long counterMax) {
        this.trace = trace;
        this.znodes = znodes;
        this.counterMax = counterMax;
    }

    void onExpiry(ExpiryListener listener) {
        expiryListener = listener;
    }

    /**
     * False if something was committed that nobody was seen to apply: it came in a snapshot after
     * all who had it in their logs were gone. Then the content of znodes is not known here.
     */
    boolean isWhole() {
        return whole;
    }

    int size() {
        return entries.size();
    }

    long lastZxid() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).zxid();
    }

    /** The last transaction that is not behind {@code zxid}; 0 if there is none. */
    long floor(long zxid) {
        int behind = indexBehind(zxid);
        return behind == 0 ? 0 : entries.get(behind - 1).zxid();
    }

    /** Is this what was committed behind {@code last}? */
    boolean agrees(long last, Entry entry) {
        int next = indexBehind(last);
        return next < entries.size() && entries.get(next).same(entry);
    }

    /** The same with the digest that is right behind it, if it is committed. */
    Entry withItsDigest(Entry entry) {
        int behind = indexBehind(entry.zxid);
        Entry committed = behind == 0 ? entry : entries.get(behind - 1);
        return committed.zxid == entry.zxid && committed.hash == entry.hash ? committed : entry;
    }

    /** A server has applied a transaction behind {@code last}. */
    void confirm(long server, long last, Entry entry) {
        if (Zxid.counter(entry.zxid) > counterMax) {
            throw new SimulationFailure(
                    "server %d applies 0x%x; an epoch ends at %d", server, entry.zxid, counterMax);
        }
        int next = indexBehind(last);
        if (next < entries.size()) {
            Entry committed = entries.get(next);
            if (committed.same(entry)) {
                return;
            }
            if (entry.zxid < committed.zxid && behindGap.contains(committed.zxid)) {
                fill(next, last, entry);
                return;
            }
            throw new SimulationFailure(
                    "server %d applies 0x%x (hash %x, digest %x) behind 0x%x, where 0x%x (hash %x, digest %x) is committed",
                    server,
                    entry.zxid,
                    entry.hash,
                    entry.digest,
                    last,
                    committed.zxid,
                    committed.hash,
                    committed.digest);
        }
        if (entry.zxid <= lastZxid()) {
            throw new SimulationFailure(
                    "server %d applies 0x%x behind 0x%x, but 0x%x is committed",
                    server, entry.zxid, last, lastZxid());
        }
        if (Zxid.counter(last) != 0 && last > lastZxid()) {
            whole = false;
            behindGap.add(entry.zxid);
        }
        append(entry);
    }

    /** Somebody has it in a log after all: what was missing here comes to its place. */
    private void fill(int at, long last, Entry entry) {
        boolean leavesGap =
                Zxid.counter(last) != 0 && last > (at == 0 ? 0 : entries.get(at - 1).zxid);
        if (leavesGap) {
            behindGap.add(entry.zxid);
        }
        entries.add(at, entry);
        record.read(in.wrap(entry.txn));
        note(outcome(entry));
    }

    /** A server begins to serve a tree that ends at {@code last}. */
    void checkDigest(long server, long last, long digest) {
        int behind = indexBehind(last);
        if (behind > 0 && (Zxid.counter(last) == 0 || entries.get(behind - 1).zxid() == last)) {
            Entry entry = entries.get(behind - 1);
            if (entry.digest != digest) {
                throw new SimulationFailure(
                        "server %d serves a tree of digest %x at 0x%x, where %x is right",
                        server, digest, last, entry.digest);
            }
        } else if (last > lastZxid() && Zxid.counter(last) != 0) {
            whole = false;
        }
    }

    /**
     * A leader begins: with everything of earlier epochs that anybody has ever applied. (It may
     * have stood still since a quorum took it for its leader, and others have another by now.)
     */
    void checkComplete(long server, long epoch, long last) {
        long before = floor(Zxid.of(epoch, 0));
        if (last < before) {
            throw new SimulationFailure(
                    "server %d leads epoch %d with a history up to 0x%x; 0x%x is committed",
                    server, epoch, last, before);
        }
    }

    // ---- what clients were told

    /** A client was told that its write was done, or failed, at a zxid. */
    void answered(long sessionId, int cxid, long zxid, int err) {
        Outcome outcome = byRequest.get(new Key(sessionId, cxid));
        if (err == ErrorCode.OK) {
            if (outcome == null || outcome.zxid != zxid || outcome.err != ErrorCode.OK) {
                throw new SimulationFailure(
                        "session 0x%x was told that its request %d is done at 0x%x, but it is %s",
                        sessionId, cxid, zxid, outcome == null ? "not committed" : outcome);
            }
        } else {
            refused.put(new Key(sessionId, cxid), err);
            checkRefused(outcome);
        }
    }

    private void checkRefused(@Nullable Outcome outcome) {
        if (outcome != null && outcome.err == ErrorCode.OK) {
            throw new SimulationFailure(
                    "session 0x%x was told that its request %d has failed, but it was done at 0x%x",
                    outcome.sessionId, outcome.cxid, outcome.zxid);
        }
    }

    /**
     * A client that came back was shown {@code zxid}: what it had asked before is done by then, or
     * never.
     */
    void settled(long sessionId, List<Integer> cxids, long zxid) {
        for (int cxid : cxids) {
            Key key = new Key(sessionId, cxid);
            settled.put(key, zxid);
            checkSettled(key, byRequest.get(key));
        }
    }

    private void checkSettled(Key key, @Nullable Outcome outcome) {
        Long by = settled.get(key);
        if (by != null && outcome != null && outcome.err == ErrorCode.OK && outcome.zxid > by) {
            throw new SimulationFailure(
                    "session 0x%x came back and was shown 0x%x, but its request %d of before is done at 0x%x",
                    key.sessionId, by, key.cxid, outcome.zxid);
        }
    }

    /** Has the leader ended this session, as far as anybody knows? */
    boolean isExpired(long sessionId) {
        return expired.containsKey(sessionId);
    }

    // ---- growing

    private void append(Entry entry) {
        entries.add(entry);
        trace.mix(entry.zxid * 31 + entry.hash);
        trace.mix(entry.digest);
        record.read(in.wrap(entry.txn));
        Outcome outcome = outcome(entry);
        if (trace.isRead()) {
            trace.tell(
                    "0x%x: %s for request %d of session 0x%x, error %d",
                    entry.zxid,
                    record.txn().getClass().getSimpleName(),
                    outcome.cxid,
                    outcome.sessionId,
                    outcome.err);
        }
        note(outcome);
        if (expired.getOrDefault(outcome.sessionId, 0L) == outcome.zxid) {
            expiryListener.expired(outcome.sessionId, outcome.zxid);
        }
        if (whole) {
            znodes.apply(record);
        }
    }

    /** What came of the transaction that was just read. */
    private Outcome outcome(Entry entry) {
        int err =
                switch (record.txn()) {
                    case ErrorTxn error -> error.err;
                    case MultiTxn multi when multi.failed() -> ErrorCode.RUNTIME_INCONSISTENCY;
                    default -> ErrorCode.OK;
                };
        return new Outcome(entry.zxid, record.header.sessionId, record.header.cxid, err);
    }

    private void note(Outcome outcome) {
        if (outcome.cxid <= 0) {
            if (record.header.type == OpCode.CLOSE_SESSION) {
                expired.put(outcome.sessionId, outcome.zxid);
            }
            return;
        }
        Key key = new Key(outcome.sessionId, outcome.cxid);
        Outcome before = byRequest.put(key, outcome);
        if (before != null) {
            throw new SimulationFailure(
                    "request %d of session 0x%x was carried out at 0x%x and again at 0x%x",
                    outcome.cxid, outcome.sessionId, before.zxid, outcome.zxid);
        }
        if (refused.containsKey(key)) {
            checkRefused(outcome);
        }
        checkSettled(key, outcome);
    }

    private int indexBehind(long zxid) {
        int size = entries.size();
        if (size == 0 || entries.get(size - 1).zxid() <= zxid) {
            return size;
        }
        if (size > 1 && entries.get(size - 2).zxid() <= zxid) {
            return size - 1;
        }
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (entries.get(middle).zxid() > zxid) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}

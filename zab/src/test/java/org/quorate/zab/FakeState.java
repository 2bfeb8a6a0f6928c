package org.quorate.zab;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/** A state that is the list of its transactions; a snapshot has one node for each. */
final class FakeState {
    /** One transaction, as applied. */
    record Entry(long zxid, String txn) {
        static Entry of(long zxid, Slice txn) {
            return new Entry(zxid, hex(txn.copy()));
        }
    }

    private List<Entry> entries = new ArrayList<>();
    private long lastZxid;

    List<Entry> entries() {
        return entries;
    }

    long lastZxid() {
        return lastZxid;
    }

    void lastZxid(long zxid) {
        lastZxid = zxid;
    }

    void add(long zxid, Slice txn) {
        Entry entry = Entry.of(zxid, txn);
        if (!entries.isEmpty() && zxid <= entries.getLast().zxid()) {
            throw new IllegalStateException("%x behind %s".formatted(zxid, entries.getLast()));
        }
        entries.add(entry);
        lastZxid = zxid;
    }

    SnapshotSink install(long zxid) {
        entries = new ArrayList<>();
        lastZxid = zxid;
        return new Sink();
    }

    SnapshotSource freeze() {
        return new Source(List.copyOf(entries), lastZxid);
    }

    static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    private final class Sink implements SnapshotSink {
        @Override
        public void session(long sessionId, int timeoutMillis) {}

        @Override
        public void acl(long ref, AclVector acl) {}

        @Override
        public void node(SnapshotNode node) {
            if (node.path.length() > 0) {
                long zxid = Long.parseLong(node.path.text().substring(1), 16);
                entries.add(new Entry(zxid, node.data.text()));
            }
        }

        @Override
        public void end() {
            for (int i = 1; i < entries.size(); i++) {
                if (entries.get(i).zxid() <= entries.get(i - 1).zxid()) {
                    throw new JuteException("snapshot out of order");
                }
            }
        }
    }

    private record Source(List<Entry> list, long lastZxid, int[] at) implements SnapshotSource {
        Source(List<Entry> list, long lastZxid) {
            this(list, lastZxid, new int[] {-1});
        }

        @Override
        public long digestZxid() {
            return 0;
        }

        @Override
        public long treeDigest() {
            return 0;
        }

        @Override
        public int sessionCount() {
            return 0;
        }

        @Override
        public boolean nextSession(SnapshotSession into) {
            return false;
        }

        @Override
        public int aclCount() {
            return 0;
        }

        @Override
        public long nextAcl(AclVector into) {
            return 0;
        }

        @Override
        public boolean nextNode(SnapshotNode into) {
            if (at[0] >= list.size()) {
                return false;
            }
            if (at[0] < 0) {
                into.path.set(Slice.of(""));
                into.data.set(Slice.of(""));
            } else {
                Entry entry = list.get(at[0]);
                into.path.set(Slice.of("/" + Long.toHexString(entry.zxid())));
                into.data.set(Slice.of(entry.txn()));
            }
            at[0]++;
            return true;
        }

        @Override
        public void close() {}
    }
}

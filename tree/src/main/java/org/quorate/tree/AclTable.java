package org.quorate.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The access control lists in use, each once, by a small int. Written by the tree's writer; read by
 * all. A list stays while a node refers to it; the last one that lost its last user stays until
 * another does, for who makes and deletes one node over and over.
 */
public final class AclTable {
    /** {@code world:anyone:ALL} of the initial system nodes: no entry of its own. */
    public static final int OPEN = -1;

    private static final int ENTRIES_MIN = 16;

    private final NameHash hash;

    /** References by the hash of the encoded list. */
    private final RefTable references = new RefTable();

    // By reference; index 0 is never used, null is a reference given back.
    private @Nullable Entry[] entries = new @Nullable Entry[ENTRIES_MIN];

    /** By reference: how many nodes use the list; or the next free reference. */
    private int[] users = new int[ENTRIES_MIN];

    private int entriesTo = 1;
    private int freeRef;

    /** The list without users that is kept for the next one; 0 if none is. */
    private int idle;

    /** Whether a frozen view shares {@link #entries}, which is copied before a change then. */
    private boolean frozen;

    /** A list in both of its forms. Immutable. */
    record Entry(Slice encoded, AclList list) {}

    AclTable(NameHash hash) {
        this.hash = hash;
    }

    /** The list as a value, for permission checks; never null for a reference in use. */
    public AclList list(int ref) {
        return ref == OPEN ? AclList.OPEN : entry(ref).list;
    }

    /** The reference under which this list is stored, or 0 if it is not there. */
    public int find(AclVector list) {
        if (list.isNull()) {
            return OPEN;
        }
        Slice encoded = list.encoded();
        int hashed = hash.of(encoded.array(), encoded.from(), encoded.length());
        for (long at = references.first(hashed); at >= 0; at = references.next(at, hashed)) {
            int ref = references.value(at);
            if (entry(ref).encoded.sameBytes(encoded)) {
                return ref;
            }
        }
        return 0;
    }

    /** Number of lists that are used. */
    public int size() {
        return references.size() - (idle == 0 ? 0 : 1);
    }

    /**
     * The list's reference, made if need be, with one user more. No list at all is the open one, as
     * in ZooKeeper.
     */
    int use(AclVector list) {
        int known = find(list);
        if (known != 0) {
            return use(known);
        }
        Slice encoded = Slice.of(list.encoded().copy());
        thaw();
        int ref = freeRef;
        if (ref != 0) {
            freeRef = users[ref];
        } else {
            ref = entriesTo++;
            if (ref == entries.length) {
                entries = Arrays.copyOf(entries, 2 * ref);
                users = Arrays.copyOf(users, 2 * ref);
            }
        }
        entries[ref] = new Entry(encoded, list.toList());
        users[ref] = 1;
        references.add(hash.of(encoded.array(), 0, encoded.length()), ref);
        return ref;
    }

    /** One more user of a reference that is in use. */
    int use(int ref) {
        if (ref != OPEN) {
            entry(ref);
            users[ref]++;
            idle = ref == idle ? 0 : idle;
        }
        return ref;
    }

    /** One user less; without users the list goes when another has lost its last one. */
    void release(int ref) {
        if (ref == OPEN) {
            return;
        }
        entry(ref);
        if (--users[ref] == 0) {
            dropIdle();
            idle = ref;
        }
    }

    private void dropIdle() {
        if (idle != 0) {
            Slice encoded = entry(idle).encoded;
            references.remove(hash.of(encoded.array(), 0, encoded.length()), idle);
            thaw();
            entries[idle] = null;
            users[idle] = freeRef;
            freeRef = idle;
            idle = 0;
        }
    }

    void clear() {
        references.clear();
        entries = new @Nullable Entry[ENTRIES_MIN];
        users = new int[ENTRIES_MIN];
        entriesTo = 1;
        freeRef = 0;
        idle = 0;
        frozen = false;
    }

    /** The lists as they are now, by reference, with nulls between; the array will not change. */
    @Nullable Entry[] freeze() {
        dropIdle();
        frozen = true;
        return entries;
    }

    /** What an image says of the lists, as it was at a freeze. Immutable. */
    static final class Frozen {
        private static final int BYTES_MIN = 8;

        private final @Nullable Entry[] entries;
        private final int[] users;
        private final int freeRef;

        private Frozen(AclTable table) {
            entries = table.freeze();
            users = Arrays.copyOf(table.users, table.entriesTo);
            freeRef = table.freeRef;
        }

        void write(JuteOut out) {
            out.writeInt(freeRef).writeInt(users.length);
            Slice none = new Slice().setNull();
            for (int ref = 0; ref < users.length; ref++) {
                Entry entry = entries[ref];
                out.writeInt(users[ref]).writeSlice(entry == null ? none : entry.encoded);
            }
        }
    }

    Frozen frozen() {
        return new Frozen(this);
    }

    /** Takes in what {@link Frozen} wrote, into an empty table. */
    void read(JuteIn in) {
        freeRef = in.readInt();
        entriesTo = in.readCount(Frozen.BYTES_MIN);
        if (entriesTo < 1) {
            throw new JuteException("an image of %d access control lists".formatted(entriesTo));
        }
        entries = new @Nullable Entry[Math.max(entriesTo, ENTRIES_MIN)];
        users = new int[entries.length];
        Slice encoded = new Slice();
        AclVector list = new AclVector();
        for (int ref = 0; ref < entriesTo; ref++) {
            users[ref] = in.readInt();
            in.readSlice(encoded);
            if (!encoded.isNull()) {
                Slice own = Slice.of(encoded.copy());
                entries[ref] = new Entry(own, list.set(own).toList());
                references.add(hash.of(own.array(), 0, own.length()), ref);
            }
        }
    }

    private void thaw() {
        if (frozen) {
            entries = entries.clone();
            frozen = false;
        }
    }

    private Entry entry(int ref) {
        Entry entry = ref > 0 && ref < entriesTo ? entries[ref] : null;
        if (entry == null) {
            throw new IllegalStateException("access control list " + ref + " is not in use");
        }
        return entry;
    }
}

package org.quorate.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.Slice;

/**
 * The access control lists in use, each once, by a small int. Written by the tree's writer; read by
 * all. A list stays while a node refers to it.
 */
public final class AclTable {
    /** {@code world:anyone:ALL} of the initial system nodes: no entry of its own. */
    public static final int OPEN = -1;

    private static final byte[] NULL_LIST = {-1, -1, -1, -1};

    /** A list as the table keeps it. */
    private static final class Entry {
        final byte[] encoded;
        final AclList list;
        int users;

        Entry(byte[] encoded, AclList list) {
            this.encoded = encoded;
            this.list = list;
        }
    }

    /** Bytes as a key; one instance is reused for looking up. */
    private static final class Key {
        byte[] array = NULL_LIST;
        int from;
        int length;

        Key set(byte[] bytes, int from, int length) {
            this.array = bytes;
            this.from = from;
            this.length = length;
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && Arrays.equals(
                            array, from, from + length, key.array, key.from, key.from + key.length);
        }

        @Override
        public int hashCode() {
            int hash = 1;
            for (int i = from; i < from + length; i++) {
                hash = 31 * hash + array[i];
            }
            return hash;
        }
    }

    // By reference; index 0 is never used, a null is a reference given back.
    private final List<@Nullable Entry> entries = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();
    private final Map<Key, Integer> references = new HashMap<>();
    private final Key probe = new Key();

    AclTable() {
        entries.add(null);
    }

    /** The list as a value, for permission checks; never null for a reference in use. */
    public AclList list(int ref) {
        return ref == OPEN ? AclList.OPEN : entry(ref).list;
    }

    /** The reference under which this list is stored, or 0 if it is not there. */
    public int find(AclVector list) {
        Integer ref = references.get(probe(list));
        return ref == null ? 0 : ref;
    }

    /** Number of lists. */
    public int size() {
        return references.size();
    }

    /** The list's reference, made if need be, with one user more. */
    int use(AclVector list) {
        Integer known = references.get(probe(list));
        if (known != null) {
            entry(known).users++;
            return known;
        }
        byte[] encoded = list.isNull() ? NULL_LIST : list.encoded().copy();
        Entry entry = new Entry(encoded, list.toList());
        entry.users = 1;
        int ref = free.isEmpty() ? entries.size() : free.removeLast();
        if (ref == entries.size()) {
            entries.add(entry);
        } else {
            entries.set(ref, entry);
        }
        references.put(new Key().set(encoded, 0, encoded.length), ref);
        return ref;
    }

    /** One more user of a reference that is in use. */
    int use(int ref) {
        if (ref != OPEN) {
            entry(ref).users++;
        }
        return ref;
    }

    /** One user less; without users the list goes. */
    void release(int ref) {
        if (ref == OPEN) {
            return;
        }
        Entry entry = entry(ref);
        if (--entry.users == 0) {
            references.remove(probe.set(entry.encoded, 0, entry.encoded.length));
            entries.set(ref, null);
            free.add(ref);
        }
    }

    /** Hears the lists in use. */
    interface ListVisitor {
        void list(int ref, byte[] encoded);
    }

    /** Visits all lists by rising reference. */
    void forEach(ListVisitor visitor) {
        for (int ref = 1; ref < entries.size(); ref++) {
            Entry entry = entries.get(ref);
            if (entry != null) {
                visitor.list(ref, entry.encoded);
            }
        }
    }

    private Entry entry(int ref) {
        Entry entry = ref > 0 && ref < entries.size() ? entries.get(ref) : null;
        if (entry == null) {
            throw new IllegalStateException("access control list " + ref + " is not in use");
        }
        return entry;
    }

    private Key probe(AclVector list) {
        Slice encoded = list.encoded();
        return list.isNull()
                ? probe.set(NULL_LIST, 0, NULL_LIST.length)
                : probe.set(encoded.array(), encoded.from(), encoded.length());
    }
}

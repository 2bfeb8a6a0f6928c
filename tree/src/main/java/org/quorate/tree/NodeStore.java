package org.quorate.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Where znodes lie: records by number, found by parent and name, children in the order they came.
 * Knows nothing of transactions.
 */
final class NodeStore {
    static final int NONE = DataTree.NONE;

    private static final class Stored {
        final NodeState state = new NodeState();
        byte[] name = new byte[0];
        byte[] data = new byte[0];
        boolean dataIsNull;
        int parent;
        int previous;
        int next;
        int firstChild;
        int lastChild;
    }

    private static final class Key {
        private final int parent;
        private final byte[] name;

        Key(int parent, byte[] name) {
            this.parent = parent;
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && key.parent == parent
                    && Arrays.equals(key.name, name);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(name) * 31 + parent;
        }
    }

    private final List<Stored> records = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();
    private final Map<Key, Integer> index = new HashMap<>();
    private int count;
    private long bytes;

    /** Begins with a root. */
    NodeStore() {
        records.add(new Stored());
        records.add(new Stored());
        count = 1;
    }

    int root() {
        return 1;
    }

    int find(int parent, byte[] array, int from, int length) {
        Integer node = index.get(new Key(parent, Arrays.copyOfRange(array, from, from + length)));
        return node == null ? NONE : node;
    }

    int create(int parent, byte[] array, int from, int length) {
        int node = free.isEmpty() ? records.size() : free.removeLast();
        Stored record = new Stored();
        if (node == records.size()) {
            records.add(record);
        } else {
            records.set(node, record);
        }
        record.name = Arrays.copyOfRange(array, from, from + length);
        record.parent = parent;
        Stored above = records.get(parent);
        record.previous = above.lastChild;
        if (above.lastChild == NONE) {
            above.firstChild = node;
        } else {
            records.get(above.lastChild).next = node;
        }
        above.lastChild = node;
        above.state.childCount++;
        index.put(new Key(parent, record.name), node);
        count++;
        bytes += 100 + length;
        return node;
    }

    /** The node must not have children. */
    void remove(int node) {
        Stored record = records.get(node);
        Stored above = records.get(record.parent);
        if (record.previous == NONE) {
            above.firstChild = record.next;
        } else {
            records.get(record.previous).next = record.next;
        }
        if (record.next == NONE) {
            above.lastChild = record.previous;
        } else {
            records.get(record.next).previous = record.previous;
        }
        above.state.childCount--;
        index.remove(new Key(record.parent, record.name));
        free.add(node);
        count--;
        bytes -= 100 + record.name.length + record.data.length;
    }

    int parent(int node) {
        return records.get(node).parent;
    }

    int firstChild(int node) {
        return records.get(node).firstChild;
    }

    int nextSibling(int node) {
        return records.get(node).next;
    }

    void load(int node, NodeState into) {
        into.set(records.get(node).state);
    }

    /** All but the number of children and the length of the data, which are the store's own. */
    void store(int node, NodeState from) {
        NodeState state = records.get(node).state;
        int children = state.childCount;
        int length = state.dataLength;
        state.set(from);
        state.childCount = children;
        state.dataLength = length;
    }

    void setData(int node, Slice data) {
        Stored record = records.get(node);
        bytes += data.length() - record.data.length;
        record.data = data.copy();
        record.dataIsNull = data.isNull();
        record.state.dataLength = data.length();
    }

    void writeData(int node, JuteOut out) {
        Stored record = records.get(node);
        out.writeBuffer(record.dataIsNull ? null : record.data);
    }

    int nameLength(int node) {
        return records.get(node).name.length;
    }

    void copyName(int node, byte[] into, int at) {
        byte[] name = records.get(node).name;
        System.arraycopy(name, 0, into, at, name.length);
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }
}

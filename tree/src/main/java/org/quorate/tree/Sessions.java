package org.quorate.tree;

import java.util.Arrays;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * The sessions that the ensemble knows, and the rings of nodes that have an owner in common: a
 * session, all containers, all nodes with a time to live. A ring runs through the records of its
 * nodes, so here stands only its first. Everything in an order that depends on nothing but the
 * past. Owned by the tree's writer.
 *
 * <p>A session takes a slot; so does an owner of ephemerals that is not known as a session.
 */
final class Sessions {
    private static final int NONE = DataTree.NONE;
    private static final int SLOTS_MIN = 16;

    /** Timeout of a slot whose owner is not a known session; no timeout is that small. */
    private static final int UNKNOWN = Integer.MIN_VALUE;

    private final NodeStore nodes;
    private final NameHash hash;
    private final boolean extendedTypes;

    /** Slot + 1, by session. */
    private final RefTable slotsOf = new RefTable();

    // By slot. Shared with frozen views once frozen, and copied before a change.
    private long[] ids = new long[SLOTS_MIN];
    private int[] timeoutsMillis = new int[SLOTS_MIN];
    private int[] firstEphemerals = new int[SLOTS_MIN];
    private int[] ephemeralCounts = new int[SLOTS_MIN];
    private boolean frozen;
    private int slotsTo;

    /** Free slots are chained through {@link #firstEphemerals}, as slot + 1. */
    private int freeSlot;

    private int known;
    private int ephemeralCount;
    private int firstContainer = NONE;
    private int containerCount;
    private int firstTtl = NONE;
    private int ttlCount;

    Sessions(NodeStore nodes, NameHash hash, boolean extendedTypes) {
        this.nodes = nodes;
        this.hash = hash;
        this.extendedTypes = extendedTypes;
    }

    void clear() {
        slotsOf.clear();
        ids = new long[SLOTS_MIN];
        timeoutsMillis = new int[SLOTS_MIN];
        frozen = false;
        firstEphemerals = new int[SLOTS_MIN];
        ephemeralCounts = new int[SLOTS_MIN];
        slotsTo = 0;
        freeSlot = 0;
        known = 0;
        ephemeralCount = 0;
        firstContainer = NONE;
        containerCount = 0;
        firstTtl = NONE;
        ttlCount = 0;
    }

    // ---- sessions

    void put(long sessionId, int timeoutMillis) {
        int slot = slot(sessionId);
        if (slot < 0) {
            slot = addSlot(sessionId);
        }
        if (timeoutsMillis[slot] == UNKNOWN) {
            known++;
        }
        thaw();
        timeoutsMillis[slot] = Math.max(timeoutMillis, UNKNOWN + 1);
    }

    void remove(long sessionId) {
        int slot = slot(sessionId);
        if (slot >= 0 && timeoutsMillis[slot] != UNKNOWN) {
            thaw();
            timeoutsMillis[slot] = UNKNOWN;
            known--;
            dropIfUnused(slot);
        }
    }

    boolean has(long sessionId) {
        int slot = slot(sessionId);
        return slot >= 0 && timeoutsMillis[slot] != UNKNOWN;
    }

    /** 0 if it is not known. */
    int timeoutMillis(long sessionId) {
        int slot = slot(sessionId);
        return slot < 0 || timeoutsMillis[slot] == UNKNOWN ? 0 : timeoutsMillis[slot];
    }

    int count() {
        return known;
    }

    void forEach(DataTree.SessionVisitor visitor) {
        for (int slot = 0; slot < slotsTo; slot++) {
            if (timeoutsMillis[slot] != UNKNOWN) {
                visitor.session(ids[slot], timeoutsMillis[slot]);
            }
        }
    }

    /** The sessions as they are now; they will not change. */
    Frozen freeze() {
        frozen = true;
        return new Frozen(this);
    }

    /** Sessions at one moment. Any thread. */
    static final class Frozen {
        private static final int BYTES_PER_SLOT = 20;

        private final long[] ids;
        private final int[] timeoutsMillis;
        private final int[] firstEphemerals;
        private final int[] ephemeralCounts;
        private final int slotsTo;
        private final int freeSlot;
        private final int known;
        private final int ephemeralCount;
        private final int firstContainer;
        private final int containerCount;
        private final int firstTtl;
        private final int ttlCount;

        private Frozen(Sessions sessions) {
            ids = sessions.ids;
            timeoutsMillis = sessions.timeoutsMillis;
            firstEphemerals = sessions.firstEphemerals;
            ephemeralCounts = sessions.ephemeralCounts;
            slotsTo = sessions.slotsTo;
            freeSlot = sessions.freeSlot;
            known = sessions.known;
            ephemeralCount = sessions.ephemeralCount;
            firstContainer = sessions.firstContainer;
            containerCount = sessions.containerCount;
            firstTtl = sessions.firstTtl;
            ttlCount = sessions.ttlCount;
        }

        /** For an image. */
        void write(JuteOut out) {
            out.writeInt(freeSlot).writeInt(known).writeInt(ephemeralCount);
            out.writeInt(firstContainer).writeInt(containerCount);
            out.writeInt(firstTtl).writeInt(ttlCount).writeInt(slotsTo);
            for (int slot = 0; slot < slotsTo; slot++) {
                out.writeLong(ids[slot]).writeInt(timeoutsMillis[slot]);
                out.writeInt(firstEphemerals[slot]).writeInt(ephemeralCounts[slot]);
            }
        }

        int count() {
            return known;
        }

        /** The first slot from here on that holds a session, or −1. */
        int slotFrom(int from) {
            for (int slot = from; slot < slotsTo; slot++) {
                if (timeoutsMillis[slot] != UNKNOWN) {
                    return slot;
                }
            }
            return -1;
        }

        long id(int slot) {
            return ids[slot];
        }

        int timeoutMillis(int slot) {
            return timeoutsMillis[slot];
        }
    }

    /** Takes in what {@link Frozen#write} wrote, into no sessions at all. */
    void read(JuteIn in) {
        freeSlot = in.readInt();
        known = in.readInt();
        ephemeralCount = in.readInt();
        firstContainer = in.readInt();
        containerCount = in.readInt();
        firstTtl = in.readInt();
        ttlCount = in.readInt();
        slotsTo = in.readCount(Frozen.BYTES_PER_SLOT);
        if (slotsTo < 0) {
            throw new JuteException("an image without sessions");
        }
        int capacity = Math.max(slotsTo, SLOTS_MIN);
        ids = new long[capacity];
        timeoutsMillis = new int[capacity];
        firstEphemerals = new int[capacity];
        ephemeralCounts = new int[capacity];
        for (int slot = 0; slot < slotsTo; slot++) {
            ids[slot] = in.readLong();
            timeoutsMillis[slot] = in.readInt();
            firstEphemerals[slot] = in.readInt();
            ephemeralCounts[slot] = in.readInt();
            if (timeoutsMillis[slot] != UNKNOWN || ephemeralCounts[slot] > 0) {
                slotsOf.add(hash.of(ids[slot]), slot + 1);
            }
        }
    }

    // ---- what has an owner

    /** A node has come into being. */
    void own(int node, long owner) {
        if (owner == Owner.NONE) {
            return;
        }
        if (Owner.isContainer(owner)) {
            nodes.link(node, firstContainer);
            firstContainer = firstContainer == NONE ? node : firstContainer;
            containerCount++;
        } else if (Owner.isTtl(owner, extendedTypes)) {
            nodes.link(node, firstTtl);
            firstTtl = firstTtl == NONE ? node : firstTtl;
            ttlCount++;
        } else {
            thaw();
            int slot = slot(owner);
            if (slot < 0) {
                slot = addSlot(owner);
            }
            nodes.link(node, firstEphemerals[slot]);
            if (ephemeralCounts[slot]++ == 0) {
                firstEphemerals[slot] = node;
            }
            ephemeralCount++;
        }
    }

    /** A node is going. */
    void disown(int node, long owner) {
        if (owner == Owner.NONE) {
            return;
        }
        int next = nodes.nextOwned(node);
        nodes.unlink(node);
        if (Owner.isContainer(owner)) {
            containerCount--;
            firstContainer = firstAfter(firstContainer, node, next);
        } else if (Owner.isTtl(owner, extendedTypes)) {
            ttlCount--;
            firstTtl = firstAfter(firstTtl, node, next);
        } else {
            thaw();
            int slot = slot(owner);
            ephemeralCounts[slot]--;
            firstEphemerals[slot] = firstAfter(firstEphemerals[slot], node, next);
            ephemeralCount--;
            dropIfUnused(slot);
        }
    }

    private static int firstAfter(int first, int gone, int next) {
        if (first != gone) {
            return first;
        }
        return next == gone ? NONE : next;
    }

    /** All ephemerals. */
    int ephemeralCount() {
        return ephemeralCount;
    }

    int ephemeralCount(long sessionId) {
        int slot = slot(sessionId);
        return slot < 0 ? 0 : ephemeralCounts[slot];
    }

    /** The session's oldest ephemeral, or {@link DataTree#NONE}. */
    int firstEphemeral(long sessionId) {
        int slot = slot(sessionId);
        return slot < 0 ? NONE : firstEphemerals[slot];
    }

    void forEachEphemeral(long sessionId, DataTree.NodeVisitor visitor) {
        forEachInRing(firstEphemeral(sessionId), visitor);
    }

    void forEachEphemeralOwner(DataTree.SessionVisitor visitor) {
        for (int slot = 0; slot < slotsTo; slot++) {
            if (ephemeralCounts[slot] > 0) {
                visitor.session(
                        ids[slot], timeoutsMillis[slot] == UNKNOWN ? 0 : timeoutsMillis[slot]);
            }
        }
    }

    int containerCount() {
        return containerCount;
    }

    int ttlCount() {
        return ttlCount;
    }

    void forEachContainer(DataTree.NodeVisitor visitor) {
        forEachInRing(firstContainer, visitor);
    }

    void forEachTtlNode(DataTree.NodeVisitor visitor) {
        forEachInRing(firstTtl, visitor);
    }

    private void forEachInRing(int first, DataTree.NodeVisitor visitor) {
        if (first == NONE) {
            return;
        }
        int node = first;
        do {
            visitor.node(node);
            node = nodes.nextOwned(node);
        } while (node != first);
    }

    // ---- slots

    private int slot(long sessionId) {
        int hashed = hash.of(sessionId);
        for (long at = slotsOf.first(hashed); at >= 0; at = slotsOf.next(at, hashed)) {
            int slot = slotsOf.value(at) - 1;
            if (ids[slot] == sessionId) {
                return slot;
            }
        }
        return -1;
    }

    private int addSlot(long sessionId) {
        thaw();
        int slot = freeSlot - 1;
        if (slot >= 0) {
            freeSlot = firstEphemerals[slot];
        } else {
            slot = slotsTo++;
            if (slot == ids.length) {
                int capacity = slot + (slot >>> 1);
                ids = Arrays.copyOf(ids, capacity);
                timeoutsMillis = Arrays.copyOf(timeoutsMillis, capacity);
                firstEphemerals = Arrays.copyOf(firstEphemerals, capacity);
                ephemeralCounts = Arrays.copyOf(ephemeralCounts, capacity);
            }
        }
        ids[slot] = sessionId;
        timeoutsMillis[slot] = UNKNOWN;
        firstEphemerals[slot] = NONE;
        ephemeralCounts[slot] = 0;
        slotsOf.add(hash.of(sessionId), slot + 1);
        return slot;
    }

    private void dropIfUnused(int slot) {
        if (timeoutsMillis[slot] == UNKNOWN && ephemeralCounts[slot] == 0) {
            slotsOf.remove(hash.of(ids[slot]), slot + 1);
            firstEphemerals[slot] = freeSlot;
            freeSlot = slot + 1;
        }
    }

    /** Before a change to what a frozen view may share. */
    private void thaw() {
        if (frozen) {
            ids = ids.clone();
            timeoutsMillis = timeoutsMillis.clone();
            firstEphemerals = firstEphemerals.clone();
            ephemeralCounts = ephemeralCounts.clone();
            frozen = false;
        }
    }
}

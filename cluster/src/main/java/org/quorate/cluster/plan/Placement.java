package org.quorate.cluster.plan;

import java.util.Arrays;

/**
 * Which nodes hold which shards, and which of them lead. Flat arrays: per shard a fixed number of
 * slots, each with a node or empty, in no order. Not safe for several threads while it is changed.
 */
public final class Placement {
    /** No node. */
    public static final int NONE = -1;

    private final int shards;
    private final int slots;
    final int[] node;
    final byte[] leader;

    /** {@code shards} shards with room for {@code slots} replicas each, all empty. */
    public Placement(int shards, int slots) {
        this.shards = shards;
        this.slots = slots;
        this.node = new int[Math.multiplyExact(shards, slots)];
        this.leader = new byte[shards];
        Arrays.fill(node, NONE);
        Arrays.fill(leader, (byte) NONE);
    }

    /** The same with room for at least {@code slotsAtLeast} replicas of each shard. */
    Placement copy(int slotsAtLeast) {
        Placement copy = new Placement(shards, Math.max(slots, slotsAtLeast));
        System.arraycopy(leader, 0, copy.leader, 0, shards);
        if (copy.slots == slots) {
            System.arraycopy(node, 0, copy.node, 0, node.length);
        } else {
            for (int s = 0; s < shards; s++) {
                System.arraycopy(node, s * slots, copy.node, s * copy.slots, slots);
            }
        }
        return copy;
    }

    /** Number of shards. */
    public int shards() {
        return shards;
    }

    /** Most replicas that a shard can have here. */
    public int slots() {
        return slots;
    }

    /** Node in a slot of a shard, or {@link #NONE}. */
    public int node(int shard, int slot) {
        return node[shard * slots + slot];
    }

    /** The node that leads a shard, or {@link #NONE}. */
    public int leader(int shard) {
        return leader[shard] < 0 ? NONE : node[shard * slots + leader[shard]];
    }

    /** The slot of {@code node} in {@code shard}, or −1. */
    public int slotOf(int shard, int wanted) {
        for (int i = shard * slots, end = i + slots; i < end; i++) {
            if (node[i] == wanted) {
                return i - shard * slots;
            }
        }
        return -1;
    }

    /** Number of replicas of a shard. */
    public int replicas(int shard) {
        int count = 0;
        for (int i = shard * slots, end = i + slots; i < end; i++) {
            count += node[i] >= 0 ? 1 : 0;
        }
        return count;
    }

    /**
     * Puts a replica on {@code where} into the first free slot.
     *
     * @throws IllegalStateException if there is none, or one is there already
     */
    public void add(int shard, int where) {
        if (slotOf(shard, where) >= 0) {
            throw new IllegalStateException("shard " + shard + " is on node " + where + " already");
        }
        int slot = slotOf(shard, NONE);
        if (slot < 0) {
            throw new IllegalStateException("shard " + shard + " has no free slot of " + slots);
        }
        node[shard * slots + slot] = where;
    }

    /** Makes {@code where}, which holds a replica, lead; {@link #NONE} for nobody. */
    public void lead(int shard, int where) {
        if (where == NONE) {
            leader[shard] = NONE;
            return;
        }
        int slot = slotOf(shard, where);
        if (slot < 0) {
            throw new IllegalStateException("node " + where + " has no replica of shard " + shard);
        }
        leader[shard] = (byte) slot;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Placement that
                && slots == that.slots
                && Arrays.equals(node, that.node)
                && Arrays.equals(leader, that.leader);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(node) + Arrays.hashCode(leader);
    }
}

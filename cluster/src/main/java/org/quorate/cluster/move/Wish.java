package org.quorate.cluster.move;

import org.quorate.cluster.coordinator.Bytes;

/** That shards be split or merged. Done once what it names has no keys any more. Immutable. */
public sealed interface Wish {
    /**
     * Two shards instead of one.
     *
     * @param shard the one
     * @param at where the second begins: a key, or eight bytes of a hash
     */
    record Split(int shard, Bytes at) implements Wish {
        @Override
        public String toString() {
            return "split of shard " + shard;
        }
    }

    /**
     * One shard instead of two.
     *
     * @param into the one whose nodes the new shard has
     * @param from the other
     */
    record Merge(int into, int from) implements Wish {
        @Override
        public String toString() {
            return "merge of shards " + into + " and " + from;
        }
    }
}

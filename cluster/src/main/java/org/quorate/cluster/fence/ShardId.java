package org.quorate.cluster.fence;

/**
 * One shard of one table. Immutable.
 *
 * @param table name of the table: one path component, so not empty, without {@code /}
 * @param index from 0
 */
public record ShardId(String table, int index) implements Comparable<ShardId> {
    /**
     * @throws IllegalArgumentException if the name cannot be a path component or the index is
     *     negative
     */
    public ShardId {
        if (table.isEmpty() || table.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "a table's name is one path component: '" + table + "'");
        }
        if (index < 0) {
            throw new IllegalArgumentException("a shard's index is never negative: " + index);
        }
    }

    @Override
    public int compareTo(ShardId other) {
        int byTable = table.compareTo(other.table);
        return byTable != 0 ? byTable : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return table + "/" + index;
    }
}

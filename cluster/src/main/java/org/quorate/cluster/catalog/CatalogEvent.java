package org.quorate.cluster.catalog;

import java.util.Set;

/** What has changed in a catalog. */
public sealed interface CatalogEvent {
    /**
     * A database has appeared.
     *
     * @param name of it
     */
    record DatabaseCreated(String name) implements CatalogEvent {}

    /**
     * A database is gone.
     *
     * @param name of it
     */
    record DatabaseDropped(String name) implements CatalogEvent {}

    /**
     * A table has appeared.
     *
     * @param table as it is
     */
    record TableCreated(Table table) implements CatalogEvent {}

    /**
     * A table has another schema.
     *
     * @param before as it was
     * @param after as it is
     */
    record TableAltered(Table before, Table after) implements CatalogEvent {}

    /**
     * A table is gone, with its partitions.
     *
     * @param table as it last was
     */
    record TableDropped(Table table) implements CatalogEvent {}

    /**
     * Partitions of a table have changed.
     *
     * @param database of the table
     * @param table its name
     * @param added names of those that are new
     * @param changed names of those at another version
     * @param removed names of those that are gone
     */
    record PartitionsChanged(
            String database,
            String table,
            Set<String> added,
            Set<String> changed,
            Set<String> removed)
            implements CatalogEvent {
        /** Copies the sets. */
        public PartitionsChanged {
            added = Set.copyOf(added);
            changed = Set.copyOf(changed);
            removed = Set.copyOf(removed);
        }
    }
}

package org.quorate.cluster.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.permit.Permit;

/**
 * Changes of databases and tables in the making. Each is compare-and-set: what was read must still
 * be so. For one thread, and committed once.
 */
public final class CatalogChange {
    private interface Part {
        void addTo(Transaction transaction) throws CoordinationException, InterruptedException;
    }

    private final Catalog catalog;
    private final Znodes znodes;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Permit guard;

    CatalogChange(Catalog catalog, Znodes znodes) {
        this.catalog = catalog;
        this.znodes = znodes;
    }

    /** Creates a database that must not be there. */
    public CatalogChange createDatabase(String name) {
        String path = catalog.databasePath(name);
        parts.add(transaction -> transaction.create(path, Bytes.utf8("{}")));
        return this;
    }

    /** Drops a database that must be empty. */
    public CatalogChange dropDatabase(String name) {
        String path = catalog.databasePath(name);
        parts.add(transaction -> transaction.delete(path, Transaction.ANY_VERSION));
        return this;
    }

    /** Creates a table that must not be there, in a database that must. */
    public CatalogChange create(Table table) {
        String path = catalog.tablePath(table.database(), table.name());
        Bytes schema = table.write();
        Bucket first = Bucket.first();
        parts.add(transaction ->
                transaction
                        .create(path, schema)
                        .create(Paths.join(path, first.znodeName()), first.write()));
        return this;
    }

    /** Gives a table the schema of {@code changed}, which was made from what was read. */
    public CatalogChange alter(Table changed) {
        String path = catalog.tablePath(changed.database(), changed.name());
        Bytes schema = changed.write();
        parts.add(transaction -> transaction.put(path, schema, changed.version()));
        return this;
    }

    /** Drops a table with its partitions, if its schema is still that of {@code table}. */
    public CatalogChange drop(Table table) {
        String path = catalog.tablePath(table.database(), table.name());
        parts.add(transaction -> {
            for (String bucket : znodes.children(path).orElse(List.of())) {
                transaction.delete(Paths.join(path, bucket), Transaction.ANY_VERSION);
            }
            transaction.delete(path, table.version());
        });
        return this;
    }

    /** Lets all of it happen only while {@code permit} is held. */
    public CatalogChange guardedBy(Permit permit) {
        guard = permit;
        return this;
    }

    /**
     * Makes the changes, all or none.
     *
     * @return done, or which one stood against it and why: {@link Outcome.Reason#CHANGED} if a
     *     schema is not what was read, {@link Outcome.Reason#NOT_EMPTY} if partitions were added
     *     while their table was dropped (try again)
     */
    public Outcome commit() throws CoordinationException, InterruptedException {
        catalog.ensure();
        Transaction transaction = new Transaction().withReceipt();
        if (guard != null) {
            guard.guard(transaction);
        }
        for (Part part : parts) {
            part.addTo(transaction);
        }
        return znodes.commit(transaction);
    }
}

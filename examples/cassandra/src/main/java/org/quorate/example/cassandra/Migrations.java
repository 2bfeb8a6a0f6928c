package org.quorate.example.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.cluster.catalog.Catalog;
import org.quorate.cluster.catalog.Column;
import org.quorate.cluster.catalog.Table;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.permit.Permit;
import org.quorate.cluster.permit.SharedLock;

/**
 * Brings Cassandra's schema to what this version of the application needs. All instances of the
 * application call it when they start; Cassandra must not be told two changes at once, for it lets
 * both through and its nodes then disagree about the schema.
 *
 * <p>One instance at a time holds the catalog's migration lock. It makes a change in Cassandra and
 * then records it in the catalog, in a transaction that is guarded by the lock's epoch: whoever
 * lost the lock meanwhile records nothing. Who dies between the two leaves a change that the next
 * one makes again, which is why each can be made twice.
 */
final class Migrations {
    static final String KEYSPACE = "shop";
    static final String PATH = "/cassandra-example/catalog";

    private static final Duration LOCK_MOST = Duration.ofMinutes(1);
    private static final Table ORDERS = Table.of(KEYSPACE, "orders", Column.of("id", "uuid"));
    private static final Column NOTE = Column.of("note", "text");

    private final Catalog catalog;
    private final CqlSession cassandra;

    Migrations(Coordinator coordinator, CqlSession cassandra) {
        this.catalog = Catalog.open(coordinator, PATH);
        this.cassandra = cassandra;
    }

    private interface Change {
        void make() throws CoordinationException, InterruptedException;
    }

    /** What this call had to do; nothing if others were first. */
    List<String> run() throws CoordinationException, InterruptedException {
        List<String> done = new ArrayList<>();
        try (SharedLock lock = catalog.migrationLock(KEYSPACE);
                Permit alone = lock.write(LOCK_MOST).orElseThrow()) {
            once(
                    done,
                    "keyspace shop",
                    catalog.databases().contains(KEYSPACE),
                    () -> {
                        execute(
                                alone,
                                "CREATE KEYSPACE IF NOT EXISTS shop WITH replication ="
                                        + " {'class': 'SimpleStrategy', 'replication_factor': 1}");
                        record(catalog.change().createDatabase(KEYSPACE).guardedBy(alone).commit());
                    });
            once(
                    done,
                    "table orders",
                    orders().isPresent(),
                    () -> {
                        execute(
                                alone,
                                "CREATE TABLE IF NOT EXISTS shop.orders (id uuid PRIMARY KEY)");
                        record(catalog.change().create(ORDERS).guardedBy(alone).commit());
                    });
            Table orders = orders().orElseThrow();
            once(
                    done,
                    "column note",
                    orders.columns().contains(NOTE),
                    () -> {
                        execute(alone, "ALTER TABLE shop.orders ADD IF NOT EXISTS note text");
                        record(catalog.change().alter(orders.with(NOTE)).guardedBy(alone).commit());
                    });
        }
        return done;
    }

    private static void once(List<String> done, String what, boolean there, Change change)
            throws CoordinationException, InterruptedException {
        if (!there) {
            change.make();
            done.add(what);
        }
    }

    private Optional<Table> orders() throws CoordinationException, InterruptedException {
        return catalog.databases().contains(KEYSPACE)
                ? catalog.table(KEYSPACE, ORDERS.name())
                : Optional.empty();
    }

    /**
     * Cassandra knows no epochs; so the lease is asked right before, and changes can be repeated.
     */
    private void execute(Permit alone, String cql) {
        if (!alone.lease().valid()) {
            throw new IllegalStateException("the migration lock is lost");
        }
        cassandra.execute(cql);
        if (!cassandra.checkSchemaAgreement()) {
            throw new IllegalStateException("Cassandra's nodes do not agree on the schema");
        }
    }

    private static void record(Outcome outcome) {
        if (!outcome.done()) {
            throw new IllegalStateException("the change was not recorded: " + outcome);
        }
    }
}

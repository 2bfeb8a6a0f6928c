package org.quorate.cluster.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.permit.SharedLock;

/**
 * The catalog at one path. Safe for many threads and processes.
 *
 * <pre>{@code
 * Catalog catalog = Catalog.open(coordinator, "/orders-db/catalog");
 * catalog.change().createDatabase("sales")
 *         .create(Table.of("sales", "orders", Column.of("id", "bigint"))).commit();
 * Table orders = catalog.table("sales", "orders").orElseThrow();
 * try (SharedLock lock = catalog.migrationLock("sales")) {
 *     Permit alone = lock.write(Duration.ofMinutes(1)).orElseThrow();
 *     catalog.change().alter(orders.with(Column.of("note", "varchar"))).guardedBy(alone).commit();
 * }
 * catalog.partitions("sales", "orders").edit().put("day=2026-01-01", Map.of("at", "s3://…")).commit();
 * }</pre>
 */
public final class Catalog {
    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String root;
    private final String locks;

    private Catalog(Coordinator coordinator, String path) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.root = databases(path);
        this.locks = Paths.join(path, "locks");
    }

    /** The catalog at {@code path}. */
    public static Catalog open(Coordinator coordinator, String path) {
        return new Catalog(coordinator, Paths.check(path));
    }

    static String databases(String path) {
        return Paths.join(path, "db");
    }

    /** Names of the databases, in no order. */
    public List<String> databases() throws CoordinationException, InterruptedException {
        return List.copyOf(znodes.children(root).orElse(List.of()));
    }

    /** The tables of a database, in no order; none if there is no such database. */
    public List<Table> tables(String database) throws CoordinationException, InterruptedException {
        String path = Paths.join(root, Paths.checkName(database));
        List<String> paths = new ArrayList<>();
        for (String name : znodes.children(path).orElse(List.of())) {
            paths.add(Paths.join(path, name));
        }
        List<Table> tables = new ArrayList<>();
        for (Optional<Znode> one : znodes.readAll(paths)) {
            if (one.isPresent()) {
                tables.add(read(database, one.get()));
            }
        }
        return tables;
    }

    /** One table. */
    public Optional<Table> table(String database, String name)
            throws CoordinationException, InterruptedException {
        Optional<Znode> znode = znodes.read(tablePath(database, name));
        return znode.isPresent() ? Optional.of(read(database, znode.get())) : Optional.empty();
    }

    /** Changes of databases and tables that happen together or not at all. */
    public CatalogChange change() {
        return new CatalogChange(this, znodes);
    }

    /** The partitions of a table. */
    public Partitions partitions(String database, String table) {
        return new Partitions(znodes, tablePath(database, table));
    }

    /**
     * The lock under which schemas of a database are migrated; close it. A migration that hands its
     * grant to {@link CatalogChange#guardedBy} is refused once it no longer holds the lock, even if
     * it was paused after it last looked.
     */
    public SharedLock migrationLock(String database) {
        return SharedLock.open(coordinator, Paths.join(locks, Paths.checkName(database)));
    }

    String databasePath(String database) {
        return Paths.join(root, Paths.checkName(database));
    }

    String tablePath(String database, String table) {
        return Paths.join(databasePath(database), Paths.checkName(table));
    }

    void ensure() throws CoordinationException, InterruptedException {
        znodes.ensure(root);
    }

    private static Table read(String database, Znode znode) throws CoordinationException {
        try {
            return Table.read(database, znode);
        } catch (MalformedJsonException unreadable) {
            throw unreadable(znode.path(), unreadable);
        }
    }

    static CoordinationException unreadable(String path, MalformedJsonException cause) {
        return new CoordinationException(
                Fate.DID_NOT_HAPPEN, path + ": " + cause.getMessage(), cause);
    }
}

package org.quorate.cluster.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * A table's schema at one version. Immutable; the methods that change something return a new one,
 * to be handed to {@link CatalogChange#alter}.
 *
 * @param database that it belongs to
 * @param name unique in its database
 * @param id of this table, another one if it is dropped and created anew; 0 before it is created
 * @param version of the schema, from 0
 * @param columns in their order, at least one
 * @param properties anything else
 */
public record Table(
        String database,
        String name,
        long id,
        int version,
        List<Column> columns,
        Map<String, String> properties) {
    /** Most columns. */
    public static final int COLUMNS_MAX = 2_000;

    /** Largest schema, as JSON. */
    public static final int BYTES_MAX = 64 * 1024;

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if a name cannot be used, or the columns are none, too many
     *     or not unique
     */
    public Table {
        Paths.checkName(database);
        Paths.checkName(name);
        columns = List.copyOf(columns);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        if (columns.isEmpty() || columns.size() > COLUMNS_MAX) {
            throw new IllegalArgumentException(
                    columns.size() + " columns in " + name + "; 1 to " + COLUMNS_MAX);
        }
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException(
                        "column '" + column.name() + "' twice in " + name);
            }
        }
    }

    /** A table to create. */
    public static Table of(String database, String name, Column... columns) {
        return new Table(database, name, 0, 0, List.of(columns), Map.of());
    }

    /** The same with other columns. */
    public Table columns(List<Column> others) {
        return new Table(database, name, id, version, others, properties);
    }

    /** The same with one more column at the end. */
    public Table with(Column column) {
        List<Column> more = new ArrayList<>(columns);
        more.add(column);
        return columns(more);
    }

    /** The same without a column. */
    public Table without(String column) {
        return columns(columns.stream().filter(one -> !one.name().equals(column)).toList());
    }

    /** The same with one property set. */
    public Table property(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(properties);
        more.put(key, value);
        return new Table(database, name, id, version, columns, more);
    }

    Bytes write() {
        List<Json> all = new ArrayList<>();
        for (Column column : columns) {
            Json.Obj one =
                    Json.Obj.EMPTY
                            .with("name", Json.of(column.name()))
                            .with("type", Json.of(column.type()));
            all.add(column.nullable() ? one : one.with("nullable", Json.of(false)));
        }
        Json.Obj json = Json.Obj.EMPTY.with("columns", new Json.Arr(all));
        Bytes bytes = Bytes.utf8(json.with("properties", Json.ofTexts(properties)).toString());
        if (bytes.size() > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a schema of " + bytes.size() + " bytes; at most " + BYTES_MAX);
        }
        return bytes;
    }

    static Table read(String database, Znode znode) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(znode.data().text());
        List<Column> columns = new ArrayList<>();
        try {
            for (Json item : json.items("columns")) {
                Json.Obj one = Json.Obj.EMPTY.with("column", item).object("column");
                columns.add(
                        new Column(
                                one.text("name", ""),
                                one.text("type", ""),
                                one.flag("nullable", true)));
            }
            return new Table(
                    database,
                    znode.name(),
                    znode.createdZxid(),
                    znode.version(),
                    columns,
                    json.object("properties").asTexts());
        } catch (IllegalArgumentException impossible) {
            throw new MalformedJsonException(String.valueOf(impossible.getMessage()));
        }
    }
}

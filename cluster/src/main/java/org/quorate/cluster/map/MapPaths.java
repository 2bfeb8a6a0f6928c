package org.quorate.cluster.map;

import org.quorate.cluster.coordinator.Paths;

/**
 * Where a cluster keeps its shards:
 *
 * <pre>
 * /&lt;cluster&gt;/spec/&lt;table&gt;             what is wanted, JSON, written by people
 * /&lt;cluster&gt;/reshape/&lt;table&gt;          splits and merges that are wanted, JSON
 * /&lt;cluster&gt;/control                  what people tell the planner, JSON
 * /&lt;cluster&gt;/members/…                who is there
 * /&lt;cluster&gt;/controller/…             election of the planner
 * /&lt;cluster&gt;/dict/&lt;k&gt;                 node names by number
 * /&lt;cluster&gt;/map/&lt;table&gt;              head: number of shards, what has been folded, incarnations
 * /&lt;cluster&gt;/map/&lt;table&gt;/base/&lt;b&gt;     512 shards each
 * /&lt;cluster&gt;/map/&lt;table&gt;/log/&lt;n&gt;      decision n
 * /&lt;cluster&gt;/reports/&lt;node&gt;           how far a node has come, ephemeral
 * /&lt;cluster&gt;/load/&lt;node&gt;              what its shards weigh, ephemeral
 * </pre>
 *
 * @param root of the cluster
 */
public record MapPaths(String root) {
    /** Checks the root. */
    public MapPaths {
        Paths.check(root);
    }

    /** Parent of the tables' specifications. */
    public String specs() {
        return Paths.join(root, "spec");
    }

    /** A table's specification. */
    public String spec(String table) {
        return Paths.join(specs(), Paths.checkName(table));
    }

    /** Parent of the splits and merges that are wanted. */
    public String reshapes() {
        return Paths.join(root, "reshape");
    }

    /** The splits and merges that are wanted of a table. */
    public String reshape(String table) {
        return Paths.join(reshapes(), Paths.checkName(table));
    }

    /** What people tell the planner. */
    public String control() {
        return Paths.join(root, "control");
    }

    /** Where the planner is elected. */
    public String controller() {
        return Paths.join(root, "controller");
    }

    /** Parent of the dictionary's parts. */
    public String dictionary() {
        return Paths.join(root, "dict");
    }

    /** A part of the dictionary. */
    public String dictionary(int part) {
        return Paths.join(dictionary(), Integer.toString(part));
    }

    /** Parent of the maps. */
    public String maps() {
        return Paths.join(root, "map");
    }

    /** Head of a table's map. */
    public String map(String table) {
        return Paths.join(maps(), table);
    }

    /** Parent of a table's base. */
    public String base(String table) {
        return Paths.join(map(table), "base");
    }

    /** A bucket of a table's base. */
    public String base(String table, int bucket) {
        return Paths.join(base(table), Integer.toString(bucket));
    }

    /** Parent of a table's log. */
    public String log(String table) {
        return Paths.join(map(table), "log");
    }

    /** A decision about a table. */
    public String log(String table, long version) {
        return Paths.join(log(table), Long.toString(version));
    }

    /** Parent of the reports. */
    public String reports() {
        return Paths.join(root, "reports");
    }

    /** A node's report. */
    public String report(String node) {
        return Paths.join(reports(), node);
    }

    /** Parent of the loads. */
    public String loads() {
        return Paths.join(root, "load");
    }

    /** What a node's shards weigh. */
    public String load(String node) {
        return Paths.join(loads(), node);
    }
}

package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.plan.TableRules;

/**
 * What is wanted of one table. Immutable; the methods that change something return a new one.
 *
 * <pre>{@code
 * Table.named("orders").shards(4096).replicas(3).spread(Spread.acrossZones())
 *     .balance("disk", 1.0).limit("disk", 0.8).replicaGrace(Duration.ofMinutes(10))
 * }</pre>
 *
 * @param rules shards, replicas, spread, tags
 * @param balance how much an uneven spread of a dimension matters
 * @param limits the part of a node's capacity in a dimension that may be used
 * @param moves how much may be under way at once
 * @param bytesPerSecond of copies in all; 0 for no limit
 * @param replicaGrace how long a lost node's data is waited for before it is copied
 * @param liveLeast below so many living replicas nothing is waited for
 * @param boundaries of the shards that the table begins with, if keys are ordered; empty if they
 *     are hashed
 * @param splitAbove load in a dimension above which a shard is to be split, if the database can
 */
public record Table(
        TableRules rules,
        Map<String, Double> balance,
        Map<String, Double> limits,
        MoveLimits moves,
        long bytesPerSecond,
        Duration replicaGrace,
        int liveLeast,
        List<Bytes> boundaries,
        Map<String, Long> splitAbove) {
    /** Format of the znode. */
    public static final int FORMAT = 2;

    /** Format of tables whose keys are hashed: versions before know no others. */
    private static final int FORMAT_HASHED = 1;

    /** How long a lost node's data is waited for unless told otherwise. */
    public static final Duration REPLICA_GRACE = Duration.ofMinutes(10);

    /**
     * Copies the maps.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Table {
        balance = Collections.unmodifiableMap(new LinkedHashMap<>(balance));
        limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
        boundaries = List.copyOf(boundaries);
        splitAbove = Collections.unmodifiableMap(new LinkedHashMap<>(splitAbove));
        splitAbove.forEach((dimension, load) -> {
            if (load <= 0) {
                throw new IllegalArgumentException(
                        "shards are to be split above " + load + " in " + dimension);
            }
        });
        Paths.checkName(rules.name());
        if (bytesPerSecond < 0 || replicaGrace.isNegative() || liveLeast < 0) {
            throw new IllegalArgumentException(
                    "a negative limit: "
                            + bytesPerSecond
                            + " bytes per second, grace "
                            + replicaGrace
                            + ", "
                            + liveLeast
                            + " live replicas");
        }
    }

    /** One shard, one replica, led, anywhere. */
    public static Table named(String name) {
        return new Table(
                TableRules.of(name, 1, 1, Spread.none()),
                Map.of(),
                Map.of(),
                MoveLimits.DEFAULT,
                0,
                REPLICA_GRACE,
                1,
                List.of(),
                Map.of());
    }

    /** Its name. */
    public String name() {
        return rules.name();
    }

    /** With {@code count} shards. */
    public Table shards(int count) {
        return with(
                new TableRules(
                        rules.name(),
                        count,
                        rules.replicas(),
                        rules.spread(),
                        rules.requiredTags(),
                        rules.forbiddenTags(),
                        rules.led()));
    }

    /**
     * With ordered keys: shard 0 has those below the first boundary, and so on. Said when the table
     * is made; later shards are cut and joined by {@link ShardAdmin#split} and {@link
     * ShardAdmin#merge}.
     *
     * @param bounds ascending, by unsigned bytes, none of them empty
     * @throws IllegalArgumentException if they are not, or there are too many or too long ones
     */
    public Table ordered(List<Bytes> bounds) {
        int count = KeySpace.ordered(bounds).shards();
        Table counted = shards(count);
        return new Table(
                counted.rules,
                balance,
                limits,
                moves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                bounds,
                splitAbove);
    }

    /** Which key belongs to which shard when the table is made. */
    public KeySpace keys() {
        return boundaries.isEmpty()
                ? KeySpace.hashed(rules.shards())
                : KeySpace.ordered(boundaries);
    }

    /** With {@code count} replicas of each shard. */
    public Table replicas(int count) {
        return with(
                new TableRules(
                        rules.name(),
                        rules.shards(),
                        count,
                        rules.spread(),
                        rules.requiredTags(),
                        rules.forbiddenTags(),
                        rules.led()));
    }

    /** With replicas that far apart. */
    public Table spread(Spread spread) {
        return with(
                new TableRules(
                        rules.name(),
                        rules.shards(),
                        rules.replicas(),
                        spread,
                        rules.requiredTags(),
                        rules.forbiddenTags(),
                        rules.led()));
    }

    /** On nodes that have all of {@code required} and none of {@code forbidden}. */
    public Table tags(Set<String> required, Set<String> forbidden) {
        return with(rules.withTags(required, forbidden));
    }

    /** Without leaders. */
    public Table leaderless() {
        return with(rules.leaderless());
    }

    /** Balanced in {@code dimension} with that weight. */
    public Table balance(String dimension, double weight) {
        Map<String, Double> more = new LinkedHashMap<>(balance);
        more.put(dimension, weight);
        return new Table(
                rules,
                more,
                limits,
                moves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** Filling a node's capacity in {@code dimension} at most to that part. */
    public Table limit(String dimension, double headroom) {
        Map<String, Double> more = new LinkedHashMap<>(limits);
        more.put(dimension, headroom);
        return new Table(
                rules,
                balance,
                more,
                moves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** Moving so much at once. */
    public Table moves(MoveLimits newMoves) {
        return new Table(
                rules,
                balance,
                limits,
                newMoves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** Copying at most so many bytes per second in all; 0 for no limit. */
    public Table bytesPerSecond(long bytes) {
        return new Table(
                rules,
                balance,
                limits,
                moves,
                bytes,
                replicaGrace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** Waiting so long for a lost node's data. */
    public Table replicaGrace(Duration grace) {
        return new Table(
                rules,
                balance,
                limits,
                moves,
                bytesPerSecond,
                grace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** Waiting for nothing while fewer than {@code replicas} live. */
    public Table liveLeast(int replicas) {
        return new Table(
                rules,
                balance,
                limits,
                moves,
                bytesPerSecond,
                replicaGrace,
                replicas,
                boundaries,
                splitAbove);
    }

    /**
     * Offering shards that weigh more than {@code load} in {@code dimension} to the database for a
     * split ({@link ReshapingHost#split}), and naming them in {@link ShardAdmin#advice}.
     *
     * @param load above 0, in the database's own unit
     */
    public Table splitAbove(String dimension, long load) {
        Map<String, Long> more = new LinkedHashMap<>(splitAbove);
        more.put(dimension, load);
        return new Table(
                rules,
                balance,
                limits,
                moves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                boundaries,
                more);
    }

    private Table with(TableRules newRules) {
        return new Table(
                newRules,
                balance,
                limits,
                moves,
                bytesPerSecond,
                replicaGrace,
                liveLeast,
                boundaries,
                splitAbove);
    }

    /** How it is stored. */
    public Bytes encode() {
        Json.Obj spread =
                Json.Obj.EMPTY
                        .with("zones", Json.of(rules.spread().zones()))
                        .with("racks", Json.of(rules.spread().racks()))
                        .with("perZoneMax", Json.of(rules.spread().perZoneMax()));
        Json.Obj move =
                Json.Obj.EMPTY
                        .with("perNode", Json.of(moves.perNode()))
                        .with("perZone", Json.of(moves.perZone()))
                        .with("perCluster", Json.of(moves.perCluster()))
                        .with("recoveriesPerNode", Json.of(moves.recoveriesPerNode()))
                        .with("recoveriesPerCluster", Json.of(moves.recoveriesPerCluster()))
                        .with("handOversPerNode", Json.of(moves.handOversPerNode()))
                        .with("maxAway", Json.of(moves.maxAway()))
                        .with("bytesPerSecond", Json.of(bytesPerSecond));
        return Bytes.utf8(
                Json.Obj.EMPTY
                        .with("format", Json.of(boundaries.isEmpty() ? FORMAT_HASHED : FORMAT))
                        .with("shards", Json.of(rules.shards()))
                        .with("replicas", Json.of(rules.replicas()))
                        .with("led", Json.of(rules.led()))
                        .with("spread", spread)
                        .with("requiredTags", Json.ofTexts(new TreeSet<>(rules.requiredTags())))
                        .with("forbiddenTags", Json.ofTexts(new TreeSet<>(rules.forbiddenTags())))
                        .with("balance", numbers(balance))
                        .with("limits", numbers(limits))
                        .with("moves", move)
                        .with("replicaGraceMillis", Json.of(replicaGrace.toMillis()))
                        .with("liveLeast", Json.of(liveLeast))
                        .with("boundaries", Json.ofTexts(hex(boundaries)))
                        .with("splitAbove", wholes(splitAbove))
                        .toString());
    }

    private static List<String> hex(List<Bytes> boundaries) {
        return boundaries.stream().map(b -> HexFormat.of().formatHex(b.array())).toList();
    }

    private static List<Bytes> bytes(List<String> hex) {
        return hex.stream().map(text -> Bytes.wrap(HexFormat.of().parseHex(text))).toList();
    }

    private static Json.Obj wholes(Map<String, Long> values) {
        Json.Obj object = Json.Obj.EMPTY;
        for (Map.Entry<String, Long> entry : values.entrySet()) {
            object = object.with(entry.getKey(), Json.of(entry.getValue()));
        }
        return object;
    }

    private static Json.Obj numbers(Map<String, Double> values) {
        Json.Obj object = Json.Obj.EMPTY;
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            object = object.with(entry.getKey(), Json.of(entry.getValue()));
        }
        return object;
    }

    /**
     * Reads one.
     *
     * @throws MalformedJsonException if it is not one, or of a newer version
     */
    public static Table decode(String name, Bytes bytes) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(bytes.text());
        long format = json.number("format", 0);
        if (format < FORMAT_HASHED || format > FORMAT) {
            throw new MalformedJsonException(
                    "table "
                            + name
                            + " is in format "
                            + format
                            + "; this version reads up to "
                            + FORMAT);
        }
        try {
            Json.Obj spread = json.object("spread");
            TableRules rules =
                    new TableRules(
                            name,
                            whole(json, "shards", 1),
                            whole(json, "replicas", 1),
                            new Spread(
                                    spread.flag("zones", false),
                                    spread.flag("racks", false),
                                    whole(spread, "perZoneMax", 0)),
                            Set.copyOf(json.texts("requiredTags")),
                            Set.copyOf(json.texts("forbiddenTags")),
                            json.flag("led", true));
            Json.Obj moves = json.object("moves");
            return new Table(
                    rules,
                    reals(json.object("balance")),
                    reals(json.object("limits")),
                    moves(moves),
                    moves.number("bytesPerSecond", 0),
                    Duration.ofMillis(json.number("replicaGraceMillis", REPLICA_GRACE.toMillis())),
                    whole(json, "liveLeast", 1),
                    bytes(json.texts("boundaries")),
                    longs(json.object("splitAbove")));
        } catch (IllegalArgumentException | ArithmeticException impossible) {
            throw new MalformedJsonException("table " + name + ": " + impossible.getMessage());
        }
    }

    private static MoveLimits moves(Json.Obj json) throws MalformedJsonException {
        MoveLimits usual = MoveLimits.DEFAULT;
        return new MoveLimits(
                whole(json, "perNode", usual.perNode()),
                whole(json, "perZone", usual.perZone()),
                whole(json, "perCluster", usual.perCluster()),
                whole(json, "recoveriesPerNode", usual.recoveriesPerNode()),
                whole(json, "recoveriesPerCluster", usual.recoveriesPerCluster()),
                whole(json, "handOversPerNode", usual.handOversPerNode()),
                whole(json, "maxAway", usual.maxAway()));
    }

    private static int whole(Json.Obj json, String name, int absent) throws MalformedJsonException {
        return Math.toIntExact(json.number(name, absent));
    }

    private static Map<String, Long> longs(Json.Obj json) throws MalformedJsonException {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String name : List.copyOf(json.members().keySet())) {
            values.put(name, json.number(name, 0));
        }
        return values;
    }

    private static Map<String, Double> reals(Json.Obj json) throws MalformedJsonException {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String name : List.copyOf(json.members().keySet())) {
            values.put(name, json.real(name, 0));
        }
        return values;
    }
}

package org.quorate.cluster.move;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.Why;
import org.quorate.cluster.move.Facts.Progress;

/**
 * One round of splits and merges of one table: a pure function of the map, the wishes and what the
 * nodes have reported. Each takes three decisions, and every moment between two of them is safe:
 *
 * <ol>
 *   <li>The leaders of the shards concerned are asked to stop, as in a hand-over.
 *   <li>When all have: the new shards have the keys, on the same nodes, under an epoch above all
 *       before. Each node makes its replica from what it has. The old ones are led by nobody.
 *   <li>When every replica of the new shards is made: the old ones go.
 * </ol>
 *
 * A leader that is lost in the first step is replaced as always, and it begins again. If anything
 * else comes in between, the leaders that have stopped begin anew. From the second decision on
 * there is no way back, and none is needed.
 */
public final class Reshaping {
    /** Splits and merges of one table that are begun before others are done. */
    public static final int AT_ONCE = 16;

    /** Those that take their second step in one round: their hand-offs fit into one decision. */
    static final int CUTS_A_ROUND = 4;

    /**
     * What a round comes to.
     *
     * @param keys which key belongs to which shard from now on; null if that does not change
     * @param changes shards that change
     * @param held shards to which nothing else must be done now
     * @param waits what keeps wishes waiting, for people
     */
    public record Round(
            @Nullable KeySpace keys,
            List<Decision.Change> changes,
            BitSet held,
            List<String> waits) {}

    private final MapImage image;
    private final Facts facts;
    private final boolean led;
    private final BitSet held = new BitSet();
    private final BitSet young = new BitSet(); // shards that are still being made
    private final List<Decision.Change> changes = new ArrayList<>();
    private final List<String> waits = new ArrayList<>();
    private KeySpace keys;
    private int cuts;

    private Reshaping(MapImage image, Facts facts, boolean led) {
        this.image = image;
        this.facts = facts;
        this.led = led;
        this.keys = image.keys();
    }

    /**
     * What to do now.
     *
     * @param wishes in the order in which they were made; those that are done do no harm
     * @param led whether the table's shards have leaders
     * @param wanted how many replicas each shard is to have, as far as the cluster can
     */
    public static Round next(
            MapImage image, List<Wish> wishes, Facts facts, boolean led, ReplicasWanted wanted) {
        Reshaping round = new Reshaping(image, facts, led);
        round.finish(wanted);
        int underWay = round.keys.births().size();
        for (Wish wish : wishes) {
            if (underWay < AT_ONCE && round.grant(wish)) {
                underWay++;
            }
        }
        boolean same = round.keys.equals(image.keys());
        return new Round(same ? null : round.keys, round.changes, round.held, round.waits);
    }

    /** How many replicas a shard is planned to have. */
    public interface ReplicasWanted {
        /** Of {@code shard}. */
        int of(int shard);
    }

    private void finish(ReplicasWanted wanted) {
        for (KeySpace.Birth birth : image.keys().births()) {
            boolean made = true;
            for (int shard : birth.shards()) {
                made &= made(shard, wanted.of(shard));
            }
            for (int origin : birth.origins()) {
                held.set(origin);
            }
            if (made) {
                keys = keys.born(birth);
                birth.origins().forEach(this::empty);
            } else {
                birth.shards().forEach(young::set);
            }
        }
    }

    /** Whether every replica has its data, and there are enough. */
    private boolean made(int shard, int wanted) {
        Assignment now = image.get(shard);
        for (int i = 0; i < now.count(); i++) {
            if (now.role(i) == Role.LEARNER || !done(shard, now, now.node(i))) {
                return false;
            }
        }
        return now.count() >= Math.max(1, wanted);
    }

    private boolean done(int shard, Assignment now, int node) {
        return facts.incarnation(node) != 0
                && facts.incarnation(node) == image.incarnation(node)
                && facts.progress(shard, node, now.since(node)) == Progress.DONE;
    }

    private void empty(int origin) {
        Assignment empty = image.get(origin);
        while (empty.count() > 0) {
            empty = empty.minus(empty.node(empty.count() - 1));
        }
        changes.add(new Decision.Change(origin, empty, Why.RESHAPED));
    }

    /** Takes the next step towards a wish; whether it is under way. */
    private boolean grant(Wish wish) {
        List<Integer> origins = new ArrayList<>();
        if (wish instanceof Wish.Split split) {
            origins.add(split.shard());
        } else if (wish instanceof Wish.Merge merge) {
            origins.add(merge.into());
            origins.add(merge.from());
        }
        for (int origin : origins) {
            boolean done = origin >= image.shards() || !image.keys().live(origin);
            if (done || held.get(origin)) {
                return false; // Or something else is done with it first.
            }
        }
        String obstacle = obstacle(origins);
        KeySpace after = keys;
        try {
            after = reshaped(wish);
        } catch (IllegalArgumentException impossible) {
            obstacle = String.valueOf(impossible.getMessage());
        }
        if (!obstacle.isEmpty()) {
            waits.add(wish + " waits: " + obstacle);
            return false;
        }
        origins.forEach(held::set);
        if (led && !stopped(origins)) {
            return true;
        }
        if (cuts < CUTS_A_ROUND) {
            cuts++;
            cut(origins, after);
            keys = after;
        }
        return true;
    }

    private KeySpace reshaped(Wish wish) {
        if (wish instanceof Wish.Split split) {
            return keys.split(split.shard(), split.at());
        }
        Wish.Merge merge = (Wish.Merge) wish;
        return keys.merge(merge.into(), merge.from());
    }

    /** What keeps shards from being cut now; empty if nothing. */
    private String obstacle(List<Integer> origins) {
        Assignment first = image.get(origins.get(0));
        for (int origin : origins) {
            Assignment now = image.get(origin);
            if (young.get(origin)) {
                return "shard " + origin + " is still being made";
            }
            if (led && now.leader() == Assignment.NONE || now.count() == 0) {
                return "nobody leads shard " + origin;
            }
            if (now.successor() != Assignment.NONE && now.successor() != now.leader()) {
                return "shard " + origin + " is being handed over";
            }
            if (now.count() != first.count()) {
                return "the shards are not on the same nodes yet";
            }
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                if (!first.holds(n)) {
                    return "the shards are not on the same nodes yet";
                }
                if (!facts.reshapes(n)) {
                    return "the database on node " + n + " cannot split or merge shards";
                }
                boolean stopping = n == now.leader() && now.successor() == n;
                boolean there = stopping ? present(n) : done(origin, now, n);
                if (now.role(i) == Role.LEARNER || now.leaving(i) || !there) {
                    return "a replica of shard " + origin + " is not settled on node " + n;
                }
            }
        }
        return "";
    }

    private boolean present(int node) {
        return facts.incarnation(node) != 0 && facts.incarnation(node) == image.incarnation(node);
    }

    /** Whether all leaders have stopped; asks them to. */
    private boolean stopped(List<Integer> origins) {
        boolean all = true;
        for (int origin : origins) {
            Assignment now = image.get(origin);
            if (now.successor() == Assignment.NONE) {
                Assignment stops = now.succeededBy(now.leader());
                changes.add(new Decision.Change(origin, stops, Why.RESHAPE));
                all = false;
            } else {
                all &= done(origin, now, now.leader());
            }
        }
        return all;
    }

    private void cut(List<Integer> origins, KeySpace after) {
        long epoch = 0;
        Assignment children = Assignment.EMPTY;
        Assignment first = image.get(origins.get(0));
        for (int i = 0; i < first.count(); i++) {
            children = children.plusFollower(first.node(i));
        }
        for (int origin : origins) {
            Assignment now = image.get(origin);
            epoch = Math.max(epoch, now.epoch().value());
            changes.add(new Decision.Change(origin, now.ledBy(Assignment.NONE), Why.RESHAPED));
        }
        int leader = led ? first.leader() : Assignment.NONE;
        Bytes handoff =
                origins.size() == 1 && led ? facts.handoff(origins.get(0), leader) : Bytes.NONE;
        for (int child = keys.shards(); child < after.shards(); child++) {
            changes.add(
                    new Decision.Change(
                            child, children.ledBy(leader, epoch + 1), Why.RESHAPED, handoff));
        }
    }
}

package org.quorate.cluster.plan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Places what is missing: shards with the fewest survivors first, then the heaviest; each on the
 * least filled node of the least filled zone that the rules allow.
 */
final class Filler {
    /** What it costs among equals to leave a shard without a node that could take its lead over. */
    private static final double NO_REFUGE = 1e6;

    /** How many nodes are compared for one replica. */
    private static final int COMPARED_MAX = 8;

    private static final int SHARD_BITS = 23; // more than TableRules.SHARDS_MAX needs
    private static final int SHARD_MASK = (1 << SHARD_BITS) - 1;

    private final Board board;
    private final Heaps inZone;
    private final Heaps zones;
    private final double[][] zoneLoad;
    private final double[][] zoneTarget;
    private final int[] nodesAside;
    private final int[] zonesAside;
    private final Chains chains;
    private Pairs pairs; // Empty until there is something to place.
    private boolean pairsCounted;
    private int pushes;

    Filler(Board board) {
        this.board = board;
        this.chains = new Chains(board);
        this.pairs = Pairs.none(board);
        this.inZone = new Heaps(board.nodes.zone, board.nodes.zones());
        this.zones = new Heaps(new int[board.nodes.zones()], 1);
        this.zoneLoad = new double[board.dimensions][board.nodes.zones()];
        this.zoneTarget = new double[board.dimensions][board.nodes.zones()];
        this.nodesAside = new int[board.nodes.nodes()];
        this.zonesAside = new int[board.nodes.zones()];
    }

    void run() {
        List<TableRules> tables = board.demand.tables();
        int[] order =
                IntStream.range(0, tables.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(t -> board.limits(t).suits.cardinality()))
                        .mapToInt(t -> t)
                        .toArray();
        for (int table : order) {
            long[] keys = missingIn(table);
            if (keys.length > 0) {
                fill(table, keys);
            }
        }
    }

    /** Shards with missing replicas as sortable keys: survivors, weight downwards, shard. */
    private long[] missingIn(int table) {
        int from = board.demand.from[table];
        int to = board.demand.from[table + 1];
        int wanted = board.demand.tables().get(table).replicas();
        long[] keys = new long[to - from];
        int count = 0;
        for (int s = from; s < to; s++) {
            if (board.demand.retired(s)) {
                continue;
            }
            int there = 0;
            int alive = 0;
            for (int i = s * board.slots, end = i + board.slots; i < end; i++) {
                if (board.node[i] >= 0) {
                    there++;
                    alive += board.standing[board.node[i]].alive() ? 1 : 0;
                }
            }
            if (there < wanted) {
                long light = (long) Integer.MAX_VALUE - Float.floatToIntBits((float) heft(s));
                keys[count++] = (long) alive << 55 | light << SHARD_BITS | (s - from);
            }
        }
        long[] found = Arrays.copyOf(keys, count);
        Arrays.sort(found);
        return found;
    }

    private double heft(int shard) {
        double heft = 0;
        for (int d = 0; d < board.dimensions; d++) {
            heft += board.share[d] * board.demand.weight(d, shard);
        }
        return heft;
    }

    private void fill(int table, long[] keys) {
        Limits limits = board.limits(table);
        open(limits);
        if (!pairsCounted) {
            pairsCounted = true;
            pairs = Pairs.of(board);
        }
        boolean[] incomplete = new boolean[keys.length];
        for (int i = 0; i < keys.length; i++) {
            int shard = board.demand.from[table] + (int) (keys[i] & SHARD_MASK);
            incomplete[i] = !complete(limits, shard);
        }
        for (int i = 0; i < keys.length; i++) {
            if (incomplete[i]) {
                int shard = board.demand.from[table] + (int) (keys[i] & SHARD_MASK);
                makeRoom(limits, shard);
            }
        }
    }

    private void open(Limits limits) {
        while (!zones.isEmpty(0)) {
            zones.pop(0);
        }
        for (int z = 0; z < board.nodes.zones(); z++) {
            while (!inZone.isEmpty(z)) {
                inZone.pop(z);
            }
        }
        for (int d = 0; d < board.dimensions; d++) {
            Arrays.fill(zoneLoad[d], 0);
            Arrays.fill(zoneTarget[d], 0);
            for (int n = 0; n < board.nodes.nodes(); n++) {
                zoneLoad[d][board.nodes.zone[n]] += board.load[d][n];
                zoneTarget[d][board.nodes.zone[n]] += board.target[d][n];
            }
        }
        boolean[] usable = new boolean[board.nodes.zones()];
        for (int n = 0; n < board.nodes.nodes(); n++) {
            if (board.standing[n].receives() && limits.suits.get(n)) {
                pushNode(n);
                usable[board.nodes.zone[n]] = true;
            }
        }
        for (int z = 0; z < usable.length; z++) {
            if (usable[z]) {
                pushZone(z);
            }
        }
    }

    private void pushNode(int n) {
        inZone.add(n, board.fullness(n), Mix.of(board.bands.seed(), n, ++pushes));
    }

    private void pushZone(int z) {
        double fullness = 0;
        for (int d = 0; d < board.dimensions; d++) {
            fullness += board.share[d] * Board.ratio(zoneLoad[d][z], zoneTarget[d][z]);
        }
        zones.add(z, fullness, Mix.of(board.bands.seed(), z, ++pushes));
    }

    /** Places all that is missing of {@code shard}; whether that was possible. */
    private boolean complete(Limits limits, int shard) {
        int there = board.at.replicas(shard);
        int wanted = limits.rules.replicas();
        Reason otherwise = there == 0 && isNew(shard) ? Reason.FIRST : Reason.MISSING;
        int before = -1;
        while (there < wanted && there != before) {
            before = there;
            there += round(limits, shard, wanted - there, otherwise);
        }
        return there == wanted;
    }

    /** Gives each zone at most one of the {@code missing} replicas, the least filled zone first. */
    private int round(Limits limits, int shard, int missing, Reason otherwise) {
        int placed = 0;
        int aside = 0;
        while (placed < missing && !zones.isEmpty(0)) {
            int zone = zones.pop(0);
            zonesAside[aside++] = zone;
            placed += placeIn(limits, shard, zone, otherwise) ? 1 : 0;
        }
        while (aside > 0) {
            pushZone(zonesAside[--aside]);
        }
        return placed;
    }

    private boolean isNew(int shard) {
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            if (board.why[i] != Reason.STAYS.code()) {
                return false;
            }
        }
        return true;
    }

    private boolean placeIn(Limits limits, int shard, int zone, Reason otherwise) {
        int aside = 0;
        int found = 0;
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        double emptiest = 0;
        int compared = board.dimensions == 1 && !pairs.counted() ? 1 : COMPARED_MAX;
        boolean refugeWanted = compared > 1 && wantsRefuge(limits, shard);
        while (found < compared && !inZone.isEmpty(zone)) {
            int n = inZone.pop(zone);
            nodesAside[aside++] = n;
            if (!board.spreads(limits, shard, n, Board.NONE) || !board.fits(shard, n)) {
                continue;
            }
            double fullness = board.dimensions == 1 ? board.fullness(n) : 0;
            if (found++ == 0) {
                emptiest = fullness;
            } else if (fullness > emptiest) {
                break; // Only equals are compared.
            }
            double cost = board.dimensions == 1 ? pairs.cost(shard, n) : unevenness(n, shard);
            cost += refugeWanted && !board.isRefuge(shard, n) ? NO_REFUGE : 0;
            if (cost < least) {
                least = cost;
                best = n;
            }
        }
        if (best >= 0) {
            pairs.addBothWays(shard, best);
            board.place(shard, freeSlot(shard), best, reason(shard, otherwise));
            for (int d = 0; d < board.dimensions; d++) {
                zoneLoad[d][zone] += board.demand.weight(d, shard);
            }
        }
        while (aside > 0) {
            pushNode(nodesAside[--aside]);
        }
        return best >= 0;
    }

    /** Whether the last replica of {@code shard} is to come and none could take its lead over. */
    private boolean wantsRefuge(Limits limits, int shard) {
        int wanted = limits.rules.replicas();
        if (!limits.rules.led() || wanted < 2 || board.at.replicas(shard) < wanted - 1) {
            return false;
        }
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            if (board.node[i] >= 0 && board.isRefuge(shard, board.node[i])) {
                return false;
            }
        }
        return true;
    }

    private double unevenness(int n, int shard) {
        double sum = 0;
        for (int d = 0; d < board.dimensions; d++) {
            double after =
                    Board.ratio(
                            (double) board.load[d][n] + board.demand.weight(d, shard),
                            board.target[d][n]);
            sum += board.share[d] * after * after;
        }
        return sum;
    }

    private int freeSlot(int shard) {
        return board.at.slotOf(shard, Board.NONE);
    }

    /** What emptied the slot is why it is filled. */
    private Reason reason(int shard, Reason otherwise) {
        int why = board.why[shard * board.slots + freeSlot(shard)];
        return why == Reason.STAYS.code() ? otherwise : Reason.of(why);
    }

    private void makeRoom(Limits limits, int shard) {
        int missing = limits.rules.replicas() - board.at.replicas(shard);
        while (missing-- > 0) {
            int n = chains.roomFor(limits, shard);
            if (n < 0) {
                return;
            }
            board.place(shard, freeSlot(shard), n, reason(shard, Reason.MISSING));
        }
    }
}

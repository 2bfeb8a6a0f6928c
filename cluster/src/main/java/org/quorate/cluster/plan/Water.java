package org.quorate.cluster.plan;

/**
 * Pours an amount over nodes up to a common level: each takes level × capacity less what it has,
 * within its bounds, and zones and racks take no more than theirs.
 */
final class Water {
    private static final int HALVINGS = 64;

    private final int count;
    private final int[] byRack; // nodes, zone by zone and rack by rack
    private final int[] zone;
    private final int[] rack;
    private final double[] capacity;
    private final double[] base;
    private final double[] most;
    private final double[] zoneMost;
    private final double[] rackMost;

    /**
     * @param byRack the nodes that take part, ordered by zone and then rack
     * @param capacity per node
     * @param base per node, what it carries already
     * @param most per node, what it may take in addition
     */
    Water(
            int[] byRack,
            int[] zone,
            int[] rack,
            double[] capacity,
            double[] base,
            double[] most,
            double[] zoneMost,
            double[] rackMost) {
        this.byRack = byRack;
        this.count = byRack.length;
        this.zone = zone;
        this.rack = rack;
        this.capacity = capacity;
        this.base = base;
        this.most = most;
        this.zoneMost = zoneMost;
        this.rackMost = rackMost;
    }

    /** Pours {@code amount}, or as much as there is room for, and adds it to {@code into}. */
    void pour(double amount, double[] into) {
        double ceiling = 1;
        while (total(ceiling) < amount && ceiling < 1e15) {
            ceiling *= 4;
        }
        double low = 0;
        double high = ceiling;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (total(middle) < amount) {
                low = middle;
            } else {
                high = middle;
            }
        }
        spread(high, into);
    }

    private double total(double level) {
        double sum = 0;
        for (int from = 0; from < count; ) {
            int to = zoneEnd(from);
            sum += Math.min(zoneMost[zone[byRack[from]]], inZone(from, to, level));
            from = to;
        }
        return sum;
    }

    private double inZone(int from, int to, double level) {
        double sum = 0;
        for (int at = from; at < to; ) {
            int end = rackEnd(at, to);
            sum += Math.min(rackMost[rack[byRack[at]]], inRack(at, end, level));
            at = end;
        }
        return sum;
    }

    private double inRack(int from, int to, double level) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += taken(byRack[i], level);
        }
        return sum;
    }

    private double taken(int n, double level) {
        return Math.max(0, Math.min(most[n], level * capacity[n] - base[n]));
    }

    private void spread(double level, double[] into) {
        for (int from = 0; from < count; ) {
            int to = zoneEnd(from);
            double inZone = levelOfZone(from, to, level);
            for (int at = from; at < to; ) {
                int end = rackEnd(at, to);
                double inRack = levelOfRack(at, end, inZone);
                for (int i = at; i < end; i++) {
                    into[byRack[i]] += taken(byRack[i], inRack);
                }
                at = end;
            }
            from = to;
        }
    }

    private double levelOfZone(int from, int to, double level) {
        double bound = zoneMost[zone[byRack[from]]];
        if (inZone(from, to, level) <= bound) {
            return level;
        }
        double low = 0;
        double high = level;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (inZone(from, to, middle) < bound) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private double levelOfRack(int from, int to, double level) {
        double bound = rackMost[rack[byRack[from]]];
        if (inRack(from, to, level) <= bound) {
            return level;
        }
        double low = 0;
        double high = level;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (inRack(from, to, middle) < bound) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private int zoneEnd(int from) {
        int to = from + 1;
        while (to < count && zone[byRack[to]] == zone[byRack[from]]) {
            to++;
        }
        return to;
    }

    private int rackEnd(int from, int zoneEnd) {
        int to = from + 1;
        while (to < zoneEnd && rack[byRack[to]] == rack[byRack[from]]) {
            to++;
        }
        return to;
    }
}

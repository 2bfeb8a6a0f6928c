package org.quorate.cluster.plan;

import java.util.Locale;

/** Judges a plan from the outside: everything is counted anew from the placements. */
final class Measure {
    final Plan plan;
    final double overFloor; // max/mean against the smallest that the zones allow
    final double leadersOverMean;
    final double leadersMost;
    final double leadersWhole; // the integer floor of leadersOverMean
    final long movedWeight;
    final int leaderChanges;
    final int ruleBreaks;
    final int missing;

    private final double[] load;
    private final double[] led;
    private final boolean uniform;

    Measure(Plan plan) {
        this.plan = plan;
        this.uniform = plan.demand().uniform(0);
        int nodes = plan.nodes().nodes();
        this.load = new double[nodes];
        this.led = new double[nodes];
        Placement target = plan.target();
        int breaks = 0;
        int absent = 0;
        for (int s = 0; s < target.shards(); s++) {
            long weight = plan.demand().weight(0, s);
            for (int slot = 0; slot < target.slots(); slot++) {
                int n = target.node(s, slot);
                if (n < 0) {
                    absent++;
                    continue;
                }
                load[n] += weight;
                breaks += plan.nodes().standing(n).keeps() ? 0 : 1;
                for (int other = slot + 1; other < target.slots(); other++) {
                    int m = target.node(s, other);
                    boolean sameZone =
                            m >= 0 && plan.nodes().zoneName(n).equals(plan.nodes().zoneName(m));
                    breaks += sameZone ? 1 : 0;
                }
            }
            if (target.leader(s) < 0) {
                absent++;
            } else {
                led[target.leader(s)] += weight;
            }
        }
        this.ruleBreaks = breaks;
        this.missing = absent;
        this.overFloor = maxOverMean(load) / floor();
        this.leadersOverMean = maxOverMean(led);
        double ledSum = 0;
        double most = 0;
        for (int n = 0; n < nodes; n++) {
            ledSum += led[n];
            most = Math.max(most, led[n]);
        }
        this.leadersMost = most;
        this.leadersWhole = Math.ceil(ledSum / alive()) / (ledSum / alive());
        long[] moved = new long[1];
        int[] changes = new int[1];
        plan.forEachChange(
                new Plan.Visitor() {
                    @Override
                    public void replica(int shard, int from, int to, Reason reason) {
                        moved[0] += to < 0 ? 0 : plan.demand().weight(0, shard);
                    }

                    @Override
                    public void leader(int shard, int from, int to, Reason reason) {
                        boolean lost = from < 0 || !plan.nodes().standing(from).alive();
                        changes[0] += lost ? 0 : 1;
                    }
                });
        this.movedWeight = moved[0];
        this.leaderChanges = changes[0];
    }

    private int alive() {
        int alive = 0;
        for (int n = 0; n < load.length; n++) {
            alive += plan.nodes().standing(n).alive() ? 1 : 0;
        }
        return alive;
    }

    private double maxOverMean(double[] carried) {
        double sum = 0;
        double capacities = 0;
        double most = 0;
        for (int n = 0; n < carried.length; n++) {
            if (plan.nodes().standing(n).alive()) {
                sum += carried[n];
                capacities += plan.nodes().capacity(0, n);
                most = Math.max(most, carried[n] / plan.nodes().capacity(0, n));
            }
        }
        return most / (sum / capacities);
    }

    /** Each zone carries one replica of each shard: the fullest zone's mean is the floor. */
    private double floor() {
        double sum = 0;
        double capacities = 0;
        double most = 0;
        for (String zone : new String[] {"za", "zb", "zc"}) {
            double inZone = 0;
            double ofZone = 0;
            int members = 0;
            for (int n = 0; n < load.length; n++) {
                if (plan.nodes().standing(n).alive() && plan.nodes().zoneName(n).equals(zone)) {
                    inZone += load[n];
                    ofZone += plan.nodes().capacity(0, n);
                    members++;
                }
            }
            double whole = Math.ceil(inZone / members) / (ofZone / members);
            most = Math.max(most, uniform ? whole : inZone / ofZone);
            sum += inZone;
            capacities += ofZone;
        }
        return most / (sum / capacities);
    }

    /** What a node carries against its fair share of its zone, or of everything if that is less. */
    double filled(int node) {
        double inZone = 0;
        double ofZone = 0;
        double sum = 0;
        double capacities = 0;
        for (int n = 0; n < load.length; n++) {
            if (!plan.nodes().standing(n).alive()) {
                continue;
            }
            sum += load[n];
            capacities += plan.nodes().capacity(0, n);
            if (plan.nodes().zoneName(n).equals(plan.nodes().zoneName(node))) {
                inZone += load[n];
                ofZone += plan.nodes().capacity(0, n);
            }
        }
        double share = Math.min(inZone / ofZone, sum / capacities) * plan.nodes().capacity(0, node);
        return load[node] / share;
    }

    double load(int node) {
        return load[node];
    }

    double led(int node) {
        return led[node];
    }

    /** How many shards a node leads. */
    int leads(int node) {
        int count = 0;
        for (int s = 0; s < plan.target().shards(); s++) {
            count += plan.target().leader(s) == node ? 1 : 0;
        }
        return count;
    }

    /** A node's fair share of all leaders, by weight. */
    double leadShare(int node) {
        double sum = 0;
        double capacities = 0;
        for (int n = 0; n < led.length; n++) {
            if (plan.nodes().standing(n).alive()) {
                sum += led[n];
                capacities += plan.nodes().capacity(0, n);
            }
        }
        return sum / capacities * plan.nodes().capacity(0, node);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "max/mean÷floor %.4f, leaders %.4f (whole %.4f), moved %d, leader changes %d, "
                        + "breaks %d, missing %d",
                overFloor,
                leadersOverMean,
                leadersWhole,
                movedWeight,
                leaderChanges,
                ruleBreaks,
                missing);
    }
}

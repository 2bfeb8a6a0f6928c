package org.quorate.cluster.plan;

import java.util.BitSet;

/** What tables with the same demands allow on these nodes: which nodes, how many per zone, rack. */
final class Limits {
    final TableRules rules;
    final BitSet suits; // nodes whose tags and capacities suit
    final int[] zoneMax;
    final int[] rackMax;
    final int zonesCounted;

    Limits(TableRules rules, Topology nodes) {
        this.rules = rules;
        this.suits = new BitSet(nodes.nodes());
        BitSet zonesThere = new BitSet();
        BitSet racksThere = new BitSet();
        int[] racksInZone = new int[nodes.zones()];
        for (int n = 0; n < nodes.nodes(); n++) {
            if (nodes.standing(n) == Standing.GONE || !suits(n, nodes)) {
                continue;
            }
            suits.set(n);
            zonesThere.set(nodes.zone[n]);
            if (!racksThere.get(nodes.rack[n])) {
                racksThere.set(nodes.rack[n]);
                racksInZone[nodes.zone[n]]++;
            }
        }
        zonesCounted = zonesThere.cardinality();
        zoneMax = new int[nodes.zones()];
        rackMax = new int[nodes.racks()];
        for (int z = 0; z < zoneMax.length; z++) {
            zoneMax[z] = zoneLimit();
        }
        for (int n = 0; n < nodes.nodes(); n++) {
            int zone = nodes.zone[n];
            int racks = rules.spread().zones() ? racksInZone[zone] : racksThere.cardinality();
            rackMax[nodes.rack[n]] =
                    rules.spread().racks() ? quotient(zoneMax[zone], racks) : rules.replicas();
        }
    }

    private boolean suits(int node, Topology nodes) {
        if (!nodes.tags(node).containsAll(rules.requiredTags())) {
            return false;
        }
        for (String tag : rules.forbiddenTags()) {
            if (nodes.tags(node).contains(tag)) {
                return false;
            }
        }
        for (int d = 0; d < nodes.dimensions().size(); d++) {
            if (nodes.capacity(d, node) == 0) {
                return false;
            }
        }
        return true;
    }

    private int zoneLimit() {
        Spread spread = rules.spread();
        if (!spread.zones()) {
            return rules.replicas();
        }
        return spread.perZoneMax() > 0
                ? Math.min(spread.perZoneMax(), rules.replicas())
                : quotient(rules.replicas(), zonesCounted);
    }

    private static int quotient(int replicas, int places) {
        return places == 0 ? replicas : (replicas + places - 1) / places;
    }
}

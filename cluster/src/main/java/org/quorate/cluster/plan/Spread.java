package org.quorate.cluster.plan;

/**
 * How far apart the replicas of one shard must be. Two never share a node. Immutable.
 *
 * @param zones whether they are spread over zones: at most ⌈replicas ÷ zones⌉ in each
 * @param racks whether they are spread over racks: at most ⌈replicas in the zone ÷ its racks⌉ in
 *     each
 * @param perZoneMax a fixed limit per zone instead of the computed one; 0 for the computed one
 */
public record Spread(boolean zones, boolean racks, int perZoneMax) {
    /**
     * @throws IllegalArgumentException if the limit is negative, or given without zones
     */
    public Spread {
        if (perZoneMax < 0 || perZoneMax > 0 && !zones) {
            throw new IllegalArgumentException("at most " + perZoneMax + " per zone");
        }
    }

    /** Anywhere, as long as the nodes differ. */
    public static Spread none() {
        return new Spread(false, false, 0);
    }

    /** As evenly over the zones as can be. */
    public static Spread acrossZones() {
        return new Spread(true, false, 0);
    }

    /** As evenly over the racks as can be. */
    public static Spread acrossRacks() {
        return new Spread(false, true, 0);
    }

    /** As evenly over the zones, and in each over its racks, as can be. */
    public static Spread acrossZonesAndRacks() {
        return new Spread(true, true, 0);
    }

    /** With a fixed limit per zone: what cannot be placed within it stays missing. */
    public Spread atMostPerZone(int replicas) {
        return new Spread(true, racks, replicas);
    }
}

package org.quorate.cli.capacity;

import java.util.Map;

/**
 * What a load takes of each server of an ensemble, by the model of docs/capacity.md. All servers
 * are alike, clients are spread evenly. Immutable.
 *
 * @param voters who decide
 * @param observers who serve reads only
 * @param server what the load takes of each server, the leader where they differ
 * @param writeMillis how long a write takes that meets no other: sync and round trip
 * @param headroom so many times the load fits the same servers; less than 1 if it does not fit
 * @param bindsFirst what is used up then
 */
record Capacity(
        int voters,
        int observers,
        ServerNeeds server,
        double writeMillis,
        double headroom,
        String bindsFirst) {
    /** More servers than this share a load so rarely that the question is more likely a mistake. */
    static final int OBSERVERS_MAX = 100;

    /** How much of its cores a server may spend on reads while one is missing. */
    private static final double READS_SHARE_MAX = 0.7;

    private static final double FACTOR_MIN = 1e-6;
    private static final double FACTOR_MAX = 1e9;
    private static final int HALVINGS = 60;

    /**
     * The smallest ensemble for a load.
     *
     * @param failures servers that may be missing
     * @param snapCount transactions between snapshots
     * @throws IllegalArgumentException if it would be absurdly large
     */
    static Capacity of(Load load, Machine machine, int failures, long snapCount) {
        int voters = 2 * failures + 1;
        int observers = observers(load, machine, voters);
        int servers = voters + observers;
        double headroom = headroom(load, machine, servers, snapCount);
        return new Capacity(
                voters,
                observers,
                ServerNeeds.of(load, machine, servers, snapCount),
                (machine.syncMicros() + (voters > 1 ? machine.roundTripMicros() : 0)) / 1_000,
                headroom,
                largest(ServerNeeds.of(load.times(headroom), machine, servers, snapCount))
                        .getKey());
    }

    /** So many that reads fit the servers that are left when one is missing. */
    private static int observers(Load load, Machine machine, int voters) {
        double micros =
                load.readsPerSecond() * Costs.READ_MICROS
                        + load.eventsPerSecond() * Costs.EVENT_MICROS;
        double microsEach = READS_SHARE_MAX * machine.cores() * 1e6;
        int spare = voters == 1 ? 0 : 1;
        double observers = Math.ceil(micros / microsEach) + spare - voters;
        if (observers > OBSERVERS_MAX) {
            throw new IllegalArgumentException(
                    "reads and events would take more than %d observers of %d cores"
                            .formatted(OBSERVERS_MAX, machine.cores()));
        }
        return (int) Math.max(0, observers);
    }

    private static double headroom(Load load, Machine machine, int servers, long snapCount) {
        double fits = FACTOR_MIN;
        double tooMuch = FACTOR_MAX;
        for (int i = 0; i < HALVINGS; i++) {
            double between = Math.sqrt(fits * tooMuch);
            ServerNeeds needs = ServerNeeds.of(load.times(between), machine, servers, snapCount);
            if (largest(needs).getValue() <= 1) {
                fits = between;
            } else {
                tooMuch = between;
            }
        }
        return fits;
    }

    private static Map.Entry<String, Double> largest(ServerNeeds needs) {
        return needs.shares().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    }
}

package org.quorate.cli.capacity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a load takes of one server. Immutable.
 *
 * @param memoryBytes of the process
 * @param memoryWhileSnapshotBytes the same while a snapshot is written and pages are kept for it
 * @param diskBytes snapshots and logs just behind a purge
 * @param diskBeforePurgeBytes just before the next: an hour later, or when what is old takes as
 *     much room as what is kept
 * @param sentBytesPerSecond what the leader sends
 * @param coresOneByOne that the leader uses if each request comes by itself; batches cost less
 * @param shares of what the machine has, by name; 1 is all of it
 */
record ServerNeeds(
        double memoryBytes,
        double memoryWhileSnapshotBytes,
        double diskBytes,
        double diskBeforePurgeBytes,
        double snapshotBytes,
        double snapshotSeconds,
        double sentBytesPerSecond,
        double coresOneByOne,
        Map<String, Double> shares) {
    private static final double SECONDS_PER_HOUR = 3_600;

    /** What is kept, as much again, and the third of it that came with the last snapshot. */
    private static final double KEPT_AT_PURGE = 7.0 / 3;

    private static final double MICROS_PER_SECOND = 1e6;
    private static final int SNAPSHOTS_KEPT = 3;

    /** Servers draw from half of snapCount to all of it. */
    private static final double SNAP_COUNT_MEAN = 0.75;

    /** A page is copied when something in it changes while a snapshot is written. */
    private static final double PAGE_BYTES = 32 * 1024;

    /**
     * @param servers that share reads, sessions and watches
     */
    static ServerNeeds of(Load load, Machine machine, int servers, long snapCount) {
        double tree = treeBytes(load);
        double memory =
                Costs.JVM_BYTES
                        + tree
                        + (watchBytes(load) + load.sessions() * Costs.SESSION_BYTES) / servers;
        double snapshot = snapshotBytes(load);
        double diskSpeed = machine.diskMegabytesPerSecond() * 1e6;
        double snapshotSpeed = Math.min(Costs.SNAPSHOT_BYTES_PER_SECOND_MAX, diskSpeed);
        double snapshotSeconds = snapshot / snapshotSpeed;
        double copies = Math.min(tree, load.writesPerSecond() * snapshotSeconds * PAGE_BYTES);

        double txn = txnBytes(load);
        double logged = load.writesPerSecond() * txn;
        double between = snapCount * SNAP_COUNT_MEAN;
        // One at a time: the next begins when it is due and the last one is written.
        double snapshotted = Math.min(load.writesPerSecond() / between * snapshot, snapshotSpeed);
        double kept = SNAPSHOTS_KEPT * (snapshot + between * txn);

        double sent = sentBytesPerSecond(load, servers);
        double leader = leaderMicros(load, servers, Costs.READ_MICROS, Costs.WRITE_MICROS);
        double leaderAlone =
                leaderMicros(load, servers, Costs.READ_ALONE_MICROS, Costs.WRITE_ALONE_MICROS);
        double coreMicros = machine.cores() * MICROS_PER_SECOND;

        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("the leader's cores", leader / coreMicros);
        shares.put("a follower's cores", followerMicros(load, servers) / coreMicros);
        shares.put(
                "the thread that orders writes",
                load.writesPerSecond() * Costs.WRITE_IN_ORDER_MICROS / MICROS_PER_SECOND);
        shares.put("the leader's network", sent * 8 / (machine.gigabitsPerSecond() * 1e9));
        shares.put("the disk's stream", (logged + snapshotted) / diskSpeed);
        shares.put("memory", (memory + copies) / (machine.memoryGigabytes() * 1e9));
        return new ServerNeeds(
                memory,
                memory + copies,
                kept,
                Math.min(kept + SECONDS_PER_HOUR * (logged + snapshotted), KEPT_AT_PURGE * kept),
                snapshot,
                snapshotSeconds,
                sent,
                Math.min(machine.cores(), leaderAlone / MICROS_PER_SECOND),
                shares);
    }

    static double treeBytes(Load load) {
        return load.znodes()
                * (Costs.ZNODE_BYTES + load.nameBytes() + load.dataBytes())
                * Costs.ROUNDING;
    }

    static double watchBytes(Load load) {
        return load.watches() * (Costs.WATCH_BYTES + load.pathBytes());
    }

    static double snapshotBytes(Load load) {
        return load.znodes() * (Costs.SNAPSHOT_ZNODE_BYTES + load.pathBytes() + load.dataBytes());
    }

    static double txnBytes(Load load) {
        return Costs.TXN_BYTES + load.pathBytes() + load.dataBytes();
    }

    private static double sentBytesPerSecond(Load load, int servers) {
        double answers =
                load.readsPerSecond() * (Costs.ANSWER_BYTES + load.dataBytes())
                        + load.writesPerSecond() * Costs.ANSWER_BYTES
                        + load.eventsPerSecond() * (Costs.ANSWER_BYTES + load.pathBytes());
        double count = load.readsPerSecond() + load.writesPerSecond() + load.eventsPerSecond();
        return (answers + count * Costs.SEGMENT_BYTES) / servers
                + load.writesPerSecond() * (txnBytes(load) + Costs.PROPOSAL_BYTES) * (servers - 1);
    }

    private static double leaderMicros(
            Load load, int servers, double readMicros, double writeMicros) {
        return load.writesPerSecond()
                        * (writeMicros + (servers - 1) * Costs.WRITE_PER_FOLLOWER_MICROS)
                + readsMicros(load, readMicros) / servers;
    }

    private static double followerMicros(Load load, int servers) {
        return servers == 1
                ? 0
                : load.writesPerSecond() * Costs.WRITE_ON_FOLLOWER_MICROS
                        + readsMicros(load, Costs.READ_MICROS) / servers;
    }

    private static double readsMicros(Load load, double readMicros) {
        return load.readsPerSecond() * readMicros + load.eventsPerSecond() * Costs.EVENT_MICROS;
    }
}

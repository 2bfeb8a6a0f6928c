package org.quorate.cli.capacity;

/**
 * What things cost, as measured: docs/capacity.md says by what and how far to trust it, and {@code
 * CapacityModelTest} measures again what does not depend on the machine. Bytes unless said
 * otherwise.
 */
final class Costs {
    /** Of a znode in memory beside name and data: record, place in its parent's table, number. */
    static final double ZNODE_BYTES = 36;

    /** Blocks have sizes in steps: what is lost to the next. */
    static final double ROUNDING = 1.07;

    /** Of a watch that nobody else has on its path, beside the path. */
    static final double WATCH_BYTES = 48;

    /** Of a connected session that does nothing: socket, session, buffers. */
    static final double SESSION_BYTES = 4_000;

    /** The JVM with its heap, code and classes, before the first znode. */
    static final double JVM_BYTES = 110e6;

    /** In a snapshot beside path and data: lengths, access list, stat. */
    static final double SNAPSHOT_ZNODE_BYTES = 76;

    /** In the log beside path and data of a setData: checksum, header, version, digest, end. */
    static final double TXN_BYTES = 69;

    /** Snapshots are written no faster than this: docs/data-directory.md. */
    static final double SNAPSHOT_BYTES_PER_SECOND_MAX = 48 * 1024 * 1024;

    /** On the way to a follower beside the transaction: packet, commit, acknowledgement. */
    static final double PROPOSAL_BYTES = 60;

    /** Of a request and its answer beside path and data: headers, stat. */
    static final double REQUEST_BYTES = 24;

    static final double ANSWER_BYTES = 92;

    /** Of Ethernet, IP and TCP; one for each way of a request that has come by itself. */
    static final double SEGMENT_BYTES = 66;

    /** Processor time of a read in µs: when many come at once, and each by itself. */
    static final double READ_MICROS = 1.2;

    static final double READ_ALONE_MICROS = 5;

    /** Of a write on the server that leads, and what each follower adds there and takes itself. */
    static final double WRITE_MICROS = 4;

    static final double WRITE_ALONE_MICROS = 18;
    static final double WRITE_PER_FOLLOWER_MICROS = 1.8;
    static final double WRITE_ON_FOLLOWER_MICROS = 5.5;

    /** Of one event to one watcher who watches again. */
    static final double EVENT_MICROS = 20;

    /** Of a write on the one thread that orders them, whatever the number of cores. */
    static final double WRITE_IN_ORDER_MICROS = 1.2;

    private Costs() {}
}

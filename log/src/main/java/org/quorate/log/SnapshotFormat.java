package org.quorate.log;

/**
 * A snapshot file's frame around the stream of sessions, access control lists and nodes (disk
 * formats §5).
 *
 * <pre>
 * header         int magic, int version, long −1
 * stream         … "/"
 * seal           long Adler-32 of all bytes before it, "/"
 * digest block   long zxid, int version, long digest       and a seal   (from 3.6, may be missing)
 * last zxid      long                                      and a seal   (from 3.9, may be missing)
 * </pre>
 */
final class SnapshotFormat {
    static final int MAGIC = 0x5A4B534E;
    static final int VERSION = 2;
    static final long DATABASE_ID = -1;
    static final int HEADER_BYTES = 16;

    /** Checksum and the string "/". */
    static final int SEAL_BYTES = 13;

    /** Three seals with both blocks between them. */
    static final int FULL_ENDING_BYTES = 3 * SEAL_BYTES + 20 + 8;

    /** More than anything that can stand behind the nodes. */
    static final int ENDING_BYTES_MAX = 512;

    private SnapshotFormat() {}
}

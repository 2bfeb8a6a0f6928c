package org.quorate.log;

/**
 * The transaction log's layout (disk formats §2.1).
 *
 * <pre>
 * file header   int magic, int version, long database id
 * record*       long Adler-32 of the body, int length, body, byte 'B'
 * zeros         laid ahead; a length of 0 is the end
 * </pre>
 */
final class LogFormat {
    static final int MAGIC = 0x5A4B4C47;
    static final int VERSION = 2;
    static final int FILE_HEADER_BYTES = 16;

    /** Checksum and length. */
    static final int HEAD_BYTES = 12;

    static final int LENGTH_AT = 8;
    static final byte END_OF_RECORD = 'B';

    /** What a record takes beside its body. */
    static final int FRAME_BYTES = HEAD_BYTES + 1;

    /** Offset of the zxid in a body: behind session and cxid. */
    static final int ZXID_AT = 12;

    /**
     * The most that is written by one write and made last by one sync; a longer record goes alone.
     * So what a crash can tear is never longer, and whatever lies further in front of the log's end
     * than this was synced once: if it cannot be read, it is damaged, not torn.
     */
    static final int WRITE_BYTES_MAX = 1 << 20;

    /** No record is longer; ZooKeeper's limit is {@code jute.maxbuffer}, 1 MiB by default. */
    static final int RECORD_BYTES_MAX = 256 << 20;

    /** What a disk writes whole or not at all. */
    static final int SECTOR_BYTES = 512;

    private LogFormat() {}
}

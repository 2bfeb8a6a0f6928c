package org.quorate.log;

/**
 * How the reading of a log file ended.
 *
 * @param kind what lies behind the last good record
 * @param offset where: the end of the last good record
 * @param reason for people; empty if the file ends cleanly
 */
record LogEnd(Kind kind, long offset, String reason) {
    enum Kind {
        /** The file ends, or zeros follow to its end. */
        CLEAN,
        /** Not even the file header was written: the file holds nothing. */
        EMPTY,
        /** A write was cut off by a crash; it was never synced. */
        TORN,
        /** Bytes that were synced once cannot be read. */
        DAMAGED,
        /** Of a format that this version does not know. */
        UNKNOWN
    }
}

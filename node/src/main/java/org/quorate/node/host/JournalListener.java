package org.quorate.node.host;

/** Hears of the disk, on the journal thread or a background thread; must not block. */
interface JournalListener {
    /** What was marked up to the last token asked for is on disk: {@link Journaling#durable}. */
    void durable();

    /** There is, or is no longer, no room for what was appended; nothing was lost. */
    void diskFull(boolean full, String what);

    /** It is time for a snapshot. */
    void snapshotDue();

    /** A batch was synced. */
    void synced(long nanos, int bytes, int records);
}

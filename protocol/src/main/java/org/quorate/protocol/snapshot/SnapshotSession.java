package org.quorate.protocol.snapshot;

/** One session of a snapshot; a reusable holder. */
public final class SnapshotSession {
    public long sessionId;
    public int timeoutMillis;
}

package org.quorate.zab;

/**
 * What has happened between this server and its ensemble since the start, in numbers. Durations are
 * those of the last time and in nanoseconds, as exact as the time that Zab is told. Owned by the
 * core thread.
 */
public final class Tally {
    private long elections;
    private long electionsDone;
    private long electionNanos;
    private long followerSyncs;
    private long observerSyncs;
    private long syncNanos;
    private long leaderStarts;
    private long leaderStartNanos;
    private long diffs;
    private long snapshots;
    private long lookingSinceNanos;

    Tally() {}

    void looks(long nowNanos) {
        elections++;
        lookingSinceNanos = nowNanos;
    }

    void found(long nowNanos) {
        electionsDone++;
        electionNanos = nowNanos - lookingSinceNanos;
    }

    void synced(boolean asObserver, long nanos) {
        if (asObserver) {
            observerSyncs++;
        } else {
            followerSyncs++;
        }
        syncNanos = nanos;
    }

    void leads(long nanos) {
        leaderStarts++;
        leaderStartNanos = nanos;
    }

    void brings(boolean wholeState) {
        if (wholeState) {
            snapshots++;
        } else {
            diffs++;
        }
    }

    /** Elections begun. */
    public long elections() {
        return elections;
    }

    /** Elections that ended with somebody to follow, or with this server's leadership. */
    public long electionsDone() {
        return electionsDone;
    }

    /** How long the last of them took. */
    public long electionNanos() {
        return electionNanos;
    }

    /** Times this server came into sync with a leader as a follower. */
    public long followerSyncs() {
        return followerSyncs;
    }

    /** The same as an observer. */
    public long observerSyncs() {
        return observerSyncs;
    }

    /** From finding the leader to being in sync, the last time. */
    public long syncNanos() {
        return syncNanos;
    }

    /** Times this server began to serve as leader. */
    public long leaderStarts() {
        return leaderStarts;
    }

    /** From being elected to serving, the last time. */
    public long leaderStartNanos() {
        return leaderStartNanos;
    }

    /** Learners that were brought here by what they missed, or had too much. */
    public long diffs() {
        return diffs;
    }

    /** Learners that were sent the whole state. */
    public long snapshots() {
        return snapshots;
    }
}

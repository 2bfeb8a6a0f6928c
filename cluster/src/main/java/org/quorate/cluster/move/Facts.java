package org.quorate.cluster.move;

import org.quorate.cluster.coordinator.Bytes;

/** What is known of the nodes while one round of steps is worked out; it does not change then. */
public interface Facts {
    /** How far a node has come with what the map asks of it for one shard. */
    enum Progress {
        /** It has not said yet. */
        UNKNOWN,
        /** It is at it. */
        UNDER_WAY,
        /** It has done it. */
        DONE,
        /** It has tried and failed, for now. */
        FAILED
    }

    /** The incarnation in which {@code node} is there now; 0 if it is not. */
    long incarnation(int node);

    /** The zone of {@code node}, as a small number. */
    int zone(int node);

    /** Whether {@code node} is to be emptied. */
    boolean draining(int node);

    /**
     * What {@code node}, in its present incarnation, has reported of what the map asked of it at
     * version {@code since}.
     */
    Progress progress(int shard, int node, long since);

    /** What the leader left for its successor when it stopped; empty if nothing. */
    Bytes handoff(int shard, int node);

    /** Whether the database on {@code node} can split and merge shards. */
    default boolean reshapes(int node) {
        return true;
    }

    /** How many bytes a copy of {@code shard} moves; 0 if that is not known. */
    long copyBytes(int shard);
}

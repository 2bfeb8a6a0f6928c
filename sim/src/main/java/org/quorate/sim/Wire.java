package org.quorate.sim;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two places: bytes arrive whole and in order, or not at all. While the way is
 * cut they wait, as a kernel would send them again.
 */
final class Wire {
    /** One end. What it is told comes as events, never inside a call. */
    interface End {
        void received(Wire wire, byte[] bytes);

        /** The other side has closed, or the connection has broken. */
        void closed(Wire wire);
    }

    /** Bytes, or null for the end of the connection. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parcel(long arrivesNanos, byte @Nullable [] bytes) {}

    /** What one place sends to the other. */
    static final class Way {
        final long from;
        final long to;
        final End receiver;
        final Wire wire;
        final ArrayDeque<Parcel> parcels = new ArrayDeque<>();
        long lastArrivalNanos;

        /** The sender sends no more. */
        boolean shut;

        /** The receiver takes no more. */
        boolean deaf;

        Way(Wire wire, long from, long to, End receiver) {
            this.wire = wire;
            this.from = from;
            this.to = to;
            this.receiver = receiver;
        }
    }

    final long id;
    final Way forth;
    final Way back;

    Wire(long id, long caller, End callerEnd, long callee, End calleeEnd) {
        this.id = id;
        this.forth = new Way(this, caller, callee, calleeEnd);
        this.back = new Way(this, callee, caller, callerEnd);
    }

    /** The way on which this place sends. */
    Way from(long place) {
        return forth.from == place ? forth : back;
    }

    boolean isOver() {
        return (forth.shut || forth.deaf) && (back.shut || back.deaf);
    }
}

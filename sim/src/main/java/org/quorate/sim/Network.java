package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The network between all places (servers by their ids, clients above them): delays, cuts in one
 * direction or both, connections that break with a word or without.
 */
final class Network {
    private static final long DELAY_NANOS_MIN = 30_000;
    private static final long DELAY_NANOS_MAX = 400_000;
    private static final long RETRY_NANOS_MAX = 40 * Timeline.MILLI;

    private final Timeline time;
    private final Chance chance;
    private final TreeMap<Long, Wire> wires = new TreeMap<>();
    private final TreeMap<Long, TreeSet<Long>> cut = new TreeMap<>();
    private final TreeSet<Long> slow = new TreeSet<>();

    /** When a way was last seen cut, or what was on it lost. */
    private final TreeMap<Long, TreeMap<Long, Long>> cutNanos = new TreeMap<>();

    /** When a place was last seen slow. */
    private final TreeMap<Long, Long> slowNanos = new TreeMap<>();

    private long lastWire;

    Network(Timeline time, Chance chance) {
        this.time = time;
        this.chance = chance;
    }

    // ---- cuts

    boolean isCut(long from, long to) {
        TreeSet<Long> cutFrom = cut.get(from);
        return cutFrom != null && cutFrom.contains(to);
    }

    /** From now on nothing gets from one place to the other, this way only. */
    void cut(long from, long to) {
        cut.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
        noteCut(from, to);
    }

    private void noteCut(long from, long to) {
        cutNanos.computeIfAbsent(from, _ -> new TreeMap<>()).put(to, time.nowNanos());
    }

    /** Since when what is sent this way arrives, and soon. */
    long openSinceNanos(long from, long to) {
        if (isCut(from, to) || slow.contains(from)) {
            return time.nowNanos();
        }
        TreeMap<Long, Long> cutFrom = cutNanos.get(from);
        long openNanos = cutFrom == null ? 0 : cutFrom.getOrDefault(to, 0L);
        return Math.max(openNanos, slowNanos.getOrDefault(from, 0L));
    }

    void heal(long from, long to) {
        TreeSet<Long> cutFrom = cut.get(from);
        if (cutFrom != null && cutFrom.remove(to)) {
            noteCut(from, to);
        }
    }

    void heal() {
        cut.forEach((from, all) -> all.forEach(to -> noteCut(from, to)));
        cut.clear();
        slow.forEach(place -> slowNanos.put(place, time.nowNanos()));
        slow.clear();
    }

    /** What comes from this place takes long. */
    void slow(long place) {
        slow.add(place);
    }

    long delayNanos(long from) {
        if (slow.contains(from)) {
            return chance.between(5 * Timeline.MILLI, 120 * Timeline.MILLI);
        }
        return chance.oneIn(64)
                ? chance.between(DELAY_NANOS_MAX, 15 * Timeline.MILLI)
                : chance.between(DELAY_NANOS_MIN, DELAY_NANOS_MAX);
    }

    // ---- connections

    /** A connection is there at once for both; making it has taken its time before. */
    Wire connect(long caller, Wire.End callerEnd, long callee, Wire.End calleeEnd) {
        Wire wire = new Wire(++lastWire, caller, callerEnd, callee, calleeEnd);
        wires.put(wire.id, wire);
        return wire;
    }

    /** Sends bytes, which the caller gives away; perhaps they arrive in two parts. */
    void send(Wire wire, long from, byte[] bytes) {
        Wire.Way way = wire.from(from);
        if (way.shut || bytes.length == 0) {
            return;
        }
        if (bytes.length > 1 && chance.oneIn(12)) {
            int at = 1 + chance.below(bytes.length - 1);
            put(way, java.util.Arrays.copyOf(bytes, at));
            put(way, java.util.Arrays.copyOfRange(bytes, at, bytes.length));
        } else {
            put(way, bytes);
        }
    }

    /** Closes this place's end: the other hears of it behind what was sent before. */
    void close(Wire wire, long from) {
        Wire.Way way = wire.from(from);
        if (!way.shut) {
            put(way, null);
            way.shut = true;
        }
        wire.from(way.to).deaf = true;
        forgetIfOver(wire);
    }

    private void put(Wire.Way way, byte @org.jspecify.annotations.Nullable [] bytes) {
        long arrives = Math.max(time.nowNanos() + delayNanos(way.from), way.lastArrivalNanos + 1);
        way.lastArrivalNanos = arrives;
        way.parcels.add(new Wire.Parcel(arrives, bytes));
        time.after(arrives - time.nowNanos(), () -> pump(way));
    }

    private void pump(Wire.Way way) {
        while (!way.parcels.isEmpty()) {
            Wire.Parcel next = way.parcels.peekFirst();
            if (way.deaf) {
                way.parcels.clear();
                return;
            }
            if (next.arrivesNanos() > time.nowNanos()) {
                return;
            }
            if (isCut(way.from, way.to)) {
                time.after(chance.between(1, RETRY_NANOS_MAX), () -> pump(way));
                return;
            }
            way.parcels.removeFirst();
            deliver(way, next);
        }
    }

    private void deliver(Wire.Way way, Wire.Parcel parcel) {
        Wire wire = way.wire;
        if (parcel.bytes() == null) {
            way.deaf = true;
            wire.from(way.to).shut = true;
            wires.remove(wire.id);
            way.receiver.closed(wire);
        } else {
            way.receiver.received(wire, parcel.bytes());
        }
    }

    private void forgetIfOver(Wire wire) {
        if (wire.isOver()) {
            wires.remove(wire.id);
        }
    }

    /** The place is gone. Its peers hear of it, or, after a power loss, only when they send. */
    void abandon(long place, boolean withAWord) {
        for (Wire wire : wiresOf(place)) {
            if (withAWord) {
                close(wire, place);
            } else {
                wire.from(place).shut = true;
                wire.from(wire.from(place).to).deaf = true;
            }
            wires.remove(wire.id);
        }
    }

    /** The connections between two places break; both hear of it, what was under way is lost. */
    void breakBetween(long one, long other) {
        noteCut(one, other);
        noteCut(other, one);
        for (Wire wire : wiresOf(one)) {
            if (wire.from(one).to == other) {
                breakWay(wire.forth);
                breakWay(wire.back);
            }
        }
    }

    private void breakWay(Wire.Way way) {
        if (!way.shut && !way.deaf) {
            way.parcels.clear();
            put(way, null);
            way.shut = true;
        }
    }

    private List<Wire> wiresOf(long place) {
        ArrayList<Wire> all = new ArrayList<>();
        for (Wire wire : wires.values()) {
            if (wire.forth.from == place || wire.forth.to == place) {
                all.add(wire);
            }
        }
        return all;
    }
}

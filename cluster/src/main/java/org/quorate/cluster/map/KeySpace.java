package org.quorate.cluster.map;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.quorate.cluster.coordinator.Bytes;

/**
 * Which shard a key belongs to. Keys are bytes. Either they are hashed, and each shard has a range
 * of hashes; or they are ordered, and each shard has a range of keys. A shard may have several
 * ranges once shards have been merged. Immutable; looking a key up allocates nothing.
 *
 * <p>The keys of a shard never change. A split makes two shards with new numbers out of one, a
 * merge one with a new number out of two; those they are made from have no keys any more, and their
 * numbers never come again. Until the new ones are made everywhere it is remembered what they come
 * from: a {@link Birth}.
 */
public final class KeySpace {
    /** Most ranges of one table that has been split or merged; without that there is no limit. */
    public static final int RANGES_MAX = 4_096;

    /** Longest boundary between two shards. */
    public static final int BOUNDARY_BYTES_MAX = 1_024;

    /** All boundaries together. */
    public static final int BOUNDARIES_BYTES_MAX = 24 * 1024;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;
    private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
    private static final long MIX_2 = 0x94D049BB133111EBL;

    /** Births of one table that may be under way at once. */
    public static final int BIRTHS_MAX = 64;

    private static final int EVEN = 0;
    private static final int RANGES = 1;
    private static final int HASHED = 0;
    private static final int ORDERED = 1;

    private final boolean hashed;
    private final int shards;
    // Even slices of the hashes if both are empty; else range i begins at start i.
    private final byte[][] starts;
    private final int[] owners;
    private final long[] points; // the starts as hashes; empty if keys are ordered
    private final BitSet live; // shards that have keys
    private final List<Birth> births;

    /**
     * Shards that are being made out of others, of which nobody writes any more.
     *
     * @param origins what they are made from
     * @param shards what is made
     */
    public record Birth(List<Integer> origins, List<Integer> shards) {
        /** Copies the lists. */
        public Birth {
            origins = List.copyOf(origins);
            shards = List.copyOf(shards);
        }
    }

    private KeySpace(boolean hashed, int shards, byte[][] starts, int[] owners) {
        this(hashed, shards, starts, owners, List.of());
    }

    private KeySpace(
            boolean hashed, int shards, byte[][] starts, int[] owners, List<Birth> births) {
        this.hashed = hashed;
        this.shards = shards;
        this.starts = starts;
        this.owners = owners;
        this.births = List.copyOf(births);
        this.live = new BitSet(shards);
        if (owners.length == 0) {
            live.set(0, shards);
        }
        for (int owner : owners) {
            live.set(owner);
        }
        this.points = new long[hashed ? starts.length : 0];
        for (int i = 0; i < points.length; i++) {
            points[i] = pointOf(starts[i]);
        }
    }

    /** {@code shards} shards with even slices of the hashes. */
    public static KeySpace hashed(int shards) {
        return new KeySpace(true, shards, new byte[0][], new int[0]);
    }

    /**
     * Ordered keys: shard 0 has those below the first boundary, shard 1 those from there to the
     * next, and so on.
     *
     * @param boundaries ascending, by unsigned bytes, none of them empty
     * @throws IllegalArgumentException if they are not, or there are too many or too long ones
     */
    public static KeySpace ordered(List<Bytes> boundaries) {
        byte[][] starts = new byte[boundaries.size() + 1][];
        int[] owners = new int[starts.length];
        starts[0] = new byte[0];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = boundaries.get(i - 1).array().clone();
            owners[i] = i;
        }
        return checked(new KeySpace(false, starts.length, starts, owners));
    }

    private static KeySpace checked(KeySpace made) {
        if (made.starts.length > RANGES_MAX) {
            throw new IllegalArgumentException(
                    made.starts.length + " ranges; at most " + RANGES_MAX);
        }
        int bytes = 0;
        for (int i = 1; i < made.starts.length; i++) {
            bytes += made.starts[i].length;
            if (Arrays.compareUnsigned(made.starts[i - 1], made.starts[i]) >= 0) {
                throw new IllegalArgumentException(
                        "boundary " + i + " is not above the one before");
            }
            if (made.starts[i].length > BOUNDARY_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "a boundary of "
                                + made.starts[i].length
                                + " bytes; at most "
                                + BOUNDARY_BYTES_MAX);
            }
        }
        if (bytes > BOUNDARIES_BYTES_MAX) {
            throw new IllegalArgumentException(
                    bytes + " bytes of boundaries; at most " + BOUNDARIES_BYTES_MAX);
        }
        return made;
    }

    /** Number of shards. */
    public int shards() {
        return shards;
    }

    /** Whether {@code shard} has keys; one that was split or merged away has none any more. */
    public boolean live(int shard) {
        return live.get(shard);
    }

    /** Whether nothing has been split or merged yet. */
    public boolean pristine() {
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] != i) {
                return false;
            }
        }
        return owners.length == 0 || owners.length == shards;
    }

    /** What is being made. */
    public List<Birth> births() {
        return births;
    }

    /** What {@code shard} is being made from; empty if it is made, or never was. */
    public List<Integer> origins(int shard) {
        for (Birth birth : births) {
            if (birth.shards().contains(shard)) {
                return birth.origins();
            }
        }
        return List.of();
    }

    /** Whether keys are hashed. */
    public boolean hashed() {
        return hashed;
    }

    /** The shard of {@code key}. */
    public int shardOf(byte[] key) {
        if (!hashed) {
            return owners[rangeOf(key)];
        }
        long hash = hash(key);
        return owners.length == 0 ? even(hash) : owners[rangeOf(hash)];
    }

    private int even(long hash) {
        return (int) ((hash >>> 32) * shards >>> 32);
    }

    /** The range that {@code point} lies in: the last that begins at or below it. */
    private int rangeOf(byte[] point) {
        int low = 0;
        int high = starts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Arrays.compareUnsigned(starts[middle], point) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int rangeOf(long hash) {
        int low = 0;
        int high = points.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(points[middle], hash) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static long pointOf(byte[] start) {
        long point = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            point = point << 8 | (i < start.length ? start[i] & 0xFF : 0);
        }
        return point;
    }

    /**
     * The hash of a key: 64 bits, the same on every machine and for ever. Shards have ranges of it
     * as an unsigned number.
     */
    public static long hash(byte[] key) {
        long hash = key.length * PRIME;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(key, at)) + PRIME;
        }
        long rest = 0;
        for (int shift = 0; at < key.length; at++, shift += 8) {
            rest |= (key[at] & 0xFFL) << shift;
        }
        return mixed(hash ^ rest);
    }

    private static long mixed(long value) {
        long mixed = (value ^ value >>> 30) * MIX_1;
        mixed = (mixed ^ mixed >>> 27) * MIX_2;
        return mixed ^ mixed >>> 31;
    }

    /**
     * One range of a shard.
     *
     * @param shard whose it is
     * @param from its first point: a key, or the eight bytes of a hash, highest first
     * @param to the first point behind it; empty for the end
     */
    public record Range(int shard, Bytes from, Bytes to) {}

    /** All ranges in order. */
    public List<Range> ranges() {
        KeySpace full = asRanges();
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < full.starts.length; i++) {
            boolean last = i + 1 == full.starts.length;
            ranges.add(
                    new Range(
                            full.owners[i],
                            Bytes.wrap(full.starts[i]),
                            last ? Bytes.NONE : Bytes.wrap(full.starts[i + 1])));
        }
        return ranges;
    }

    /** The middle of the largest range of hashes that {@code shard} has. */
    public Bytes middle(int shard) {
        if (shard < 0 || shard >= shards) {
            throw new IllegalArgumentException("shard " + shard + " of " + shards);
        }
        KeySpace full = asRanges();
        long best = 0;
        long at = 0;
        for (int i = 0; i < full.starts.length; i++) {
            if (full.owners[i] == shard && hashed) {
                long from = full.points[i];
                long to = i + 1 == full.points.length ? 0 : full.points[i + 1];
                long half = from == to ? 1L << 63 : (to - from) >>> 1; // One range may be all.
                if (Long.compareUnsigned(half, best) > 0) {
                    best = half;
                    at = from + best;
                }
            }
        }
        if (best == 0) {
            throw new IllegalArgumentException("shard " + shard + " has no range with a middle");
        }
        return Bytes.wrap(bytesOf(at));
    }

    /**
     * With two new shards instead of {@code shard}: the first has its keys below {@code at}, the
     * second those from there on.
     *
     * @param at a key, or eight bytes of a hash, highest first
     * @throws IllegalArgumentException if one of them would have no keys, or a limit is passed
     */
    public KeySpace split(int shard, Bytes at) {
        KeySpace full = asRanges();
        byte[] point = at.array().clone();
        if (hashed && point.length != Long.BYTES) {
            throw new IllegalArgumentException("a hash has 8 bytes, not " + point.length);
        }
        List<byte[]> newStarts = new ArrayList<>();
        List<Integer> newOwners = new ArrayList<>();
        boolean below = false;
        boolean above = false;
        for (int i = 0; i < full.starts.length; i++) {
            boolean own = full.owners[i] == shard;
            boolean fromPoint = Arrays.compareUnsigned(full.starts[i], point) >= 0;
            newStarts.add(full.starts[i]);
            newOwners.add(!own ? full.owners[i] : fromPoint ? shards + 1 : shards);
            above |= own && fromPoint;
            below |= own && !fromPoint;
            boolean last = i + 1 == full.starts.length;
            if (own
                    && !fromPoint
                    && (last || Arrays.compareUnsigned(point, full.starts[i + 1]) < 0)) {
                newStarts.add(point);
                newOwners.add(shards + 1);
                above = true;
            }
        }
        if (!below || !above) {
            throw new IllegalArgumentException(
                    "shard " + shard + " cannot be cut there: it has no keys on one side");
        }
        return with(
                2, newStarts, newOwners, new Birth(List.of(shard), List.of(shards, shards + 1)));
    }

    /**
     * With one new shard instead of {@code one} and {@code other}.
     *
     * @throws IllegalArgumentException if they are the same, one has no keys, or a limit is passed
     */
    public KeySpace merge(int one, int other) {
        if (one == other || !live.get(one) || !live.get(other)) {
            throw new IllegalArgumentException(
                    "shards " + one + " and " + other + " cannot be merged: two with keys can");
        }
        KeySpace full = asRanges();
        List<byte[]> newStarts = new ArrayList<>();
        List<Integer> newOwners = new ArrayList<>();
        for (int i = 0; i < full.starts.length; i++) {
            boolean goes = full.owners[i] == one || full.owners[i] == other;
            int owner = goes ? shards : full.owners[i];
            if (newOwners.isEmpty() || newOwners.get(newOwners.size() - 1) != owner) {
                newStarts.add(full.starts[i]);
                newOwners.add(owner);
            }
        }
        return with(1, newStarts, newOwners, new Birth(List.of(one, other), List.of(shards)));
    }

    private KeySpace with(int more, List<byte[]> newStarts, List<Integer> newOwners, Birth birth) {
        List<Birth> all = new ArrayList<>(births);
        all.add(birth);
        if (all.size() > BIRTHS_MAX) {
            throw new IllegalArgumentException(
                    "more than " + BIRTHS_MAX + " splits and merges under way");
        }
        return checked(
                new KeySpace(
                        hashed,
                        Math.addExact(shards, more),
                        newStarts.toArray(new byte[0][]),
                        newOwners.stream().mapToInt(owner -> owner).toArray(),
                        all));
    }

    /** With {@code birth} done: all is made, and what it was made from is not needed any more. */
    public KeySpace born(Birth birth) {
        List<Birth> others = new ArrayList<>(births);
        others.remove(birth);
        return new KeySpace(hashed, shards, starts, owners, others);
    }

    private KeySpace asRanges() {
        if (owners.length > 0) {
            return this;
        }
        if (shards > RANGES_MAX) {
            throw new IllegalArgumentException(
                    shards + " hashed shards; up to " + RANGES_MAX + " can be split or merged");
        }
        byte[][] slices = new byte[Math.max(1, shards)][];
        int[] each = new int[slices.length];
        for (int s = 0; s < slices.length; s++) {
            // The least hash with hash >>> 32 times shards >>> 32 == s.
            long first = shards == 0 ? 0 : (((long) s << 32) + shards - 1) / shards;
            slices[s] = s == 0 ? new byte[0] : bytesOf(first << 32);
            each[s] = s;
        }
        return new KeySpace(true, shards, slices, each);
    }

    private static byte[] bytesOf(long point) {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (point >>> 8 * (Long.BYTES - 1 - i));
        }
        return bytes;
    }

    void encode(Encoder out) {
        out.single(hashed ? HASHED : ORDERED).number(shards);
        if (owners.length == 0) {
            out.single(EVEN);
            return;
        }
        out.single(RANGES).number(owners.length);
        for (int i = 0; i < owners.length; i++) {
            out.bytes(Bytes.wrap(starts[i])).number(owners[i]);
        }
        out.number(births.size());
        for (Birth birth : births) {
            encode(out, birth.origins());
            encode(out, birth.shards());
        }
    }

    private static void encode(Encoder out, List<Integer> numbers) {
        out.number(numbers.size());
        numbers.forEach(out::number);
    }

    private static List<Integer> numbers(Decoder in, int shards) throws MalformedMapException {
        List<Integer> numbers = new ArrayList<>();
        for (int left = in.number(2); left > 0; left--) {
            numbers.add(below(in, shards));
        }
        return numbers;
    }

    private static int below(Decoder in, int shards) throws MalformedMapException {
        int shard = in.number(shards);
        if (shard >= shards) {
            throw in.wrong("shard " + shard + " of " + shards);
        }
        return shard;
    }

    static KeySpace decode(Decoder in, int shardsMax) throws MalformedMapException {
        boolean hashed = in.single() == HASHED;
        int shards = in.number(shardsMax);
        if (in.single() == EVEN) {
            return hashed(shards);
        }
        int ranges = in.number(RANGES_MAX);
        byte[][] starts = new byte[ranges][];
        int[] owners = new int[ranges];
        for (int i = 0; i < ranges; i++) {
            starts[i] = in.bytes(BOUNDARY_BYTES_MAX).array();
            owners[i] = below(in, shards);
        }
        List<Birth> births = new ArrayList<>();
        for (int left = in.number(BIRTHS_MAX); left > 0; left--) {
            births.add(new Birth(numbers(in, shards), numbers(in, shards)));
        }
        try {
            return checked(new KeySpace(hashed, shards, starts, owners, births));
        } catch (IllegalArgumentException impossible) {
            throw in.wrong(String.valueOf(impossible.getMessage()));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeySpace that
                && hashed == that.hashed
                && shards == that.shards
                && Arrays.deepEquals(starts, that.starts)
                && Arrays.equals(owners, that.owners)
                && births.equals(that.births);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(starts) + Arrays.hashCode(owners) + shards;
    }

    @Override
    public String toString() {
        return (hashed ? "hashed" : "ordered") + ", " + shards + " shards";
    }
}

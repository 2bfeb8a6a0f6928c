package org.quorate.cluster.map;

import org.quorate.cluster.coordinator.Bytes;

/** The base of a table's map as it is stored: the head, and buckets of shards. */
public final class Base {
    private static final int FORMAT = 1;
    private static final int HEAD = 'H';
    private static final int BUCKET = 'B';
    static final int SHARDS_MAX = 1 << 22;

    private Base() {}

    /**
     * What a table's own znode says. Immutable.
     *
     * @param keys which key belongs to which shard
     * @param folded decisions up to this one are in the base, all of them
     * @param incarnations by node, as of {@code folded}
     */
    @SuppressWarnings("ArrayRecordComponent") // Owned by the reader; compared nowhere.
    public record Head(KeySpace keys, long folded, long[] incarnations) {}

    /** How the head of {@code image} is stored. */
    public static Bytes encodeHead(MapImage image) {
        Encoder out = new Encoder(HEAD, FORMAT);
        image.keys().encode(out);
        out.number(image.version());
        long[] incarnations = image.incarnations();
        out.number(incarnations.length);
        for (long incarnation : incarnations) {
            out.number(incarnation);
        }
        return out.done();
    }

    /** Reads a head. */
    public static Head decodeHead(String what, Bytes bytes) throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, HEAD, FORMAT);
        KeySpace keys = KeySpace.decode(in, SHARDS_MAX);
        long folded = in.number();
        long[] incarnations = new long[in.number(NodeDictionary.NODES_MAX)];
        for (int n = 0; n < incarnations.length; n++) {
            incarnations[n] = in.number();
        }
        in.end();
        return new Head(keys, folded, incarnations);
    }

    /** How bucket {@code b} of {@code image} is stored. */
    public static Bytes encodeBucket(MapImage image, int b) {
        int from = b * MapImage.BUCKET_SIZE;
        int to = Math.min(image.shards(), from + MapImage.BUCKET_SIZE);
        Encoder out = new Encoder(BUCKET, FORMAT);
        out.number(image.version()).number(to - from);
        for (int s = from; s < to; s++) {
            image.get(s).encode(out, image.version());
        }
        return out.done();
    }

    /** Puts bucket {@code b} as it is stored into {@code image}. */
    static MapImage decodeBucket(String what, Bytes bytes, int b, MapImage image)
            throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, BUCKET, FORMAT);
        long asOf = in.number();
        int from = b * MapImage.BUCKET_SIZE;
        int count = Math.min(MapImage.BUCKET_SIZE, image.shards() - from);
        int stored = in.number(MapImage.BUCKET_SIZE);
        if (stored < count) {
            throw in.wrong(stored + " shards, not " + count);
        }
        Assignment[] bucket = new Assignment[count];
        for (int i = 0; i < stored; i++) {
            Assignment assignment = Assignment.decode(in, asOf);
            if (i < count) { // More if the table has grown since the head was written.
                bucket[i] = assignment;
            }
        }
        in.end();
        return image.withBucket(b, bucket);
    }
}

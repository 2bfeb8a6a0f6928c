package org.quorate.cluster.map;

import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.Bytes;

/**
 * How far a node has come: everything that the map asked of it up to a version is done, except what
 * is listed. Immutable.
 *
 * @param incarnation of the node that says so
 * @param tables by name
 */
public record Report(long incarnation, SortedMap<String, OfTable> tables) {
    /** Largest encoded report. */
    public static final int BYTES_MAX = 64 * 1024;

    /** Longest cause of a failure that is kept, in characters. */
    public static final int CAUSE_CHARS_MAX = 160;

    private static final int KIND = 'R';
    private static final int FORMAT = 1;
    private static final int NAME_BYTES_MAX = 1024;
    private static final int UNDER_WAY = 0;
    private static final int FAILED = 1;
    private static final int HANDED_OFF = 2;

    /** Copies the map. */
    public Report {
        tables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    /**
     * What it says of one table.
     *
     * @param version of the map up to which it has taken note of everything
     * @param exceptions by shard: what is not done, or needs a word
     */
    public record OfTable(long version, NavigableMap<Integer, Item> exceptions) {
        /** Copies the map. */
        public OfTable {
            exceptions = java.util.Collections.unmodifiableNavigableMap(new TreeMap<>(exceptions));
        }
    }

    /** What is to be said of one shard. */
    public sealed interface Item {}

    /** The node is at it. */
    public record UnderWay() implements Item {}

    /**
     * It has failed and has given up for now.
     *
     * @param cause in a few words
     */
    public record Failed(String cause) implements Item {
        /** Cuts the cause. */
        public Failed {
            if (cause.length() > CAUSE_CHARS_MAX) {
                cause = cause.substring(0, CAUSE_CHARS_MAX);
            }
        }
    }

    /**
     * It has stopped leading and leaves something for the next.
     *
     * @param bytes what it leaves
     */
    public record HandedOff(Bytes bytes) implements Item {}

    /** How it is stored. */
    public Bytes encode() {
        Encoder out = new Encoder(KIND, FORMAT);
        out.number(incarnation).number(tables.size());
        tables.forEach((table, said) -> {
            out.text(table).number(said.version()).number(said.exceptions().size());
            int before = -1;
            for (Map.Entry<Integer, Item> one : said.exceptions().entrySet()) {
                out.number(one.getKey() - before - 1);
                encode(out, one.getValue());
                before = one.getKey();
            }
        });
        return out.done();
    }

    private static void encode(Encoder out, Item item) {
        if (item instanceof Failed failed) {
            out.single(FAILED).text(failed.cause());
        } else if (item instanceof HandedOff handedOff) {
            out.single(HANDED_OFF).bytes(handedOff.bytes());
        } else {
            out.single(UNDER_WAY);
        }
    }

    /** Reads one. */
    public static Report decode(String what, Bytes bytes) throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, KIND, FORMAT);
        long incarnation = in.number();
        SortedMap<String, OfTable> tables = new TreeMap<>();
        for (int left = in.number(BYTES_MAX); left > 0; left--) {
            String table = in.text(NAME_BYTES_MAX);
            long version = in.number();
            NavigableMap<Integer, Item> exceptions = new TreeMap<>();
            int shard = -1;
            for (int items = in.number(BYTES_MAX); items > 0; items--) {
                shard += 1 + in.number(1 << 22);
                exceptions.put(shard, item(in));
            }
            tables.put(table, new OfTable(version, exceptions));
        }
        in.end();
        return new Report(incarnation, tables);
    }

    private static Item item(Decoder in) throws MalformedMapException {
        int kind = in.single();
        switch (kind) {
            case UNDER_WAY:
                return new UnderWay();
            case FAILED:
                return new Failed(in.text(4 * CAUSE_CHARS_MAX));
            case HANDED_OFF:
                return new HandedOff(in.bytes(Decision.HANDOFF_BYTES_MAX));
            default:
                throw in.wrong("item " + kind);
        }
    }
}

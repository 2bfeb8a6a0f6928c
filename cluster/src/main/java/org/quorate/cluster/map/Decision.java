package org.quorate.cluster.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;

/**
 * One step of a table's map: what changes, and why. Immutable.
 *
 * @param version of the map after it; each is one above the one before
 * @param controller epoch of the planner that decided
 * @param wallMillis when, on the planner's clock; for people only
 * @param incarnations nodes that the planner knows in a new incarnation from now on
 * @param changes shards that change, by ascending index
 * @param keys which key belongs to which shard from now on; null if that does not change
 */
public record Decision(
        long version,
        long controller,
        long wallMillis,
        List<Incarnation> incarnations,
        List<Change> changes,
        @Nullable KeySpace keys) {
    /** Format of the znode. */
    public static final int FORMAT = 1;

    /** Largest encoded decision. A larger change is cut into several. */
    public static final int BYTES_MAX = 60 * 1024;

    /** Largest hand-off from a leader to the next. */
    public static final int HANDOFF_BYTES_MAX = 1024;

    private static final int KIND = 'D';

    /**
     * A node's present incarnation.
     *
     * @param node its index
     * @param number the incarnation; 0 if the node is not there
     */
    public record Incarnation(int node, long number) {}

    /**
     * One shard's new assignment.
     *
     * @param shard its index
     * @param to how it is from now on
     * @param why the reason
     * @param handoff what the last leader left for the next, empty if nothing
     */
    public record Change(int shard, Assignment to, Why why, Bytes handoff) {
        /** A change without hand-off. */
        public Change(int shard, Assignment to, Why why) {
            this(shard, to, why, Bytes.NONE);
        }
    }

    /** A decision that leaves the keys where they are. */
    public Decision(
            long version,
            long controller,
            long wallMillis,
            List<Incarnation> incarnations,
            List<Change> changes) {
        this(version, controller, wallMillis, incarnations, changes, null);
    }

    /** Sorts and copies the lists. */
    public Decision {
        incarnations = List.copyOf(incarnations);
        changes = List.copyOf(isSorted(changes) ? changes : sorted(changes));
    }

    private static boolean isSorted(List<Change> changes) {
        for (int i = 1; i < changes.size(); i++) {
            if (changes.get(i - 1).shard() > changes.get(i).shard()) {
                return false;
            }
        }
        return true;
    }

    private static List<Change> sorted(List<Change> changes) {
        List<Change> sorted = new ArrayList<>(changes);
        sorted.sort(Comparator.comparingInt(Change::shard));
        return sorted;
    }

    /** How it is stored. */
    public Bytes encode() {
        Encoder out = new Encoder(KIND, FORMAT);
        out.number(version).number(controller).number(wallMillis);
        out.number(incarnations.size());
        for (Incarnation incarnation : incarnations) {
            out.number(incarnation.node()).number(incarnation.number());
        }
        out.single(keys == null ? 0 : 1);
        if (keys != null) {
            keys.encode(out);
        }
        out.number(changes.size());
        int before = -1;
        for (Change change : changes) {
            out.number(change.shard() - before - 1);
            boolean handsOff = change.handoff().size() > 0;
            out.single(change.why().code() | (handsOff ? 0x80 : 0));
            change.to().encode(out);
            if (handsOff) {
                out.bytes(change.handoff());
            }
            before = change.shard();
        }
        return out.done();
    }

    /**
     * Reads one.
     *
     * @param what it is, for messages
     * @param shards how many the table has before it
     */
    public static Decision decode(String what, Bytes bytes, int shards)
            throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, KIND, FORMAT);
        long version = in.number();
        long controller = in.number();
        long wallMillis = in.number();
        List<Incarnation> incarnations = new ArrayList<>();
        for (int left = in.number(NodeDictionary.NODES_MAX); left > 0; left--) {
            incarnations.add(new Incarnation(in.number(NodeDictionary.NODES_MAX), in.number()));
        }
        KeySpace keys = in.single() == 0 ? null : KeySpace.decode(in, Base.SHARDS_MAX);
        int most = keys == null ? shards : keys.shards();
        int count = in.number(most);
        List<Change> changes = new ArrayList<>(Math.min(count, bytes.size()));
        int shard = -1;
        for (int left = count; left > 0; left--) {
            shard += 1 + in.number(most);
            if (shard >= most) {
                throw in.wrong("shard " + shard + " of " + most);
            }
            int head = in.single();
            Why why = Why.of(in, head & 0x7F);
            Assignment to = Assignment.decode(in);
            Bytes handoff = head > 0x7F ? in.bytes(HANDOFF_BYTES_MAX) : Bytes.NONE;
            changes.add(new Change(shard, to, why, handoff));
        }
        in.end();
        return new Decision(version, controller, wallMillis, incarnations, changes, keys);
    }
}

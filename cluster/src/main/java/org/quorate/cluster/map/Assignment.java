package org.quorate.cluster.map;

import java.util.Arrays;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Role;

/**
 * Who holds one shard, in which role, and under which epoch. Nodes are indexes into the {@link
 * NodeDictionary}. Immutable; a change is a new one.
 *
 * <p>At most one replica leads. While leadership is handed over on purpose one replica is marked as
 * the successor: the leader must then stop and say so. A replica that is leaving stays until it is
 * not needed any more.
 */
public final class Assignment {
    /** Nobody. */
    public static final int NONE = -1;

    /** Most replicas, those included that come and go. */
    public static final int REPLICAS_MAX = 31;

    /** A shard that nobody holds and nobody ever held. */
    public static final Assignment EMPTY = new Assignment(0, new long[0]);

    /** The version of something that no map says yet. */
    private static final long NOT_YET = (1L << 43) - 1;

    private static final int ROLE_MASK = 3;
    private static final int LEAVING = 4;
    private static final int SUCCESSOR = 8;
    private static final int MARK_BITS = 4;
    private static final int SINCE_SHIFT = 20; // marks and a node of 16 bits lie below
    private static final int WHO_MASK = (1 << SINCE_SHIFT) - 1;
    private static final Role[] ROLES = {Role.LEADER, Role.FOLLOWER, Role.LEARNER};
    private static final int LEADER = 0;
    private static final int FOLLOWER = 1;
    private static final int LEARNER = 2;

    private final long epoch;
    // since << 20 | node << 4 | marks, in the order in which they came
    private final long[] packed;

    private Assignment(long epoch, long[] packed) {
        this.epoch = epoch;
        this.packed = packed;
    }

    /** The epoch of the leader, or of the last one. */
    public Epoch epoch() {
        return new Epoch(epoch);
    }

    /**
     * The map version that gave {@code node} what it has to do now: a report from then on tells
     * whether it is done. A copy that counts from now on, or a leader that has stopped and follows,
     * has nothing new to do. For a node without a replica, or one that no map names yet, a version
     * that is never reached.
     */
    public long since(int node) {
        int i = indexOf(node);
        return i < 0 ? NOT_YET : packed[i] >>> SINCE_SHIFT;
    }

    /** Number of replicas. */
    public int count() {
        return packed.length;
    }

    /** Node of the {@code i}-th replica. */
    public int node(int i) {
        return who(packed[i]) >>> MARK_BITS;
    }

    private static int who(long replica) {
        return (int) replica & WHO_MASK;
    }

    /** Role of the {@code i}-th replica. */
    public Role role(int i) {
        return ROLES[(int) packed[i] & ROLE_MASK];
    }

    /** Whether the {@code i}-th replica goes as soon as it is not needed. */
    public boolean leaving(int i) {
        return (packed[i] & LEAVING) != 0;
    }

    /** Index of the replica on {@code node}, or −1. */
    public int indexOf(int node) {
        for (int i = 0; i < packed.length; i++) {
            if (node(i) == node) {
                return i;
            }
        }
        return -1;
    }

    /** Whether {@code node} holds a replica. */
    public boolean holds(int node) {
        return indexOf(node) >= 0;
    }

    /** Whether {@code node} holds a replica that counts: its data is there. */
    public boolean counts(int node) {
        int i = indexOf(node);
        return i >= 0 && role(i) != Role.LEARNER;
    }

    /** The node that leads, or {@link #NONE}. */
    public int leader() {
        for (long replica : packed) {
            if ((replica & ROLE_MASK) == LEADER) {
                return who(replica) >>> MARK_BITS;
            }
        }
        return NONE;
    }

    /** The node that is to lead next, while that is prepared; otherwise {@link #NONE}. */
    public int successor() {
        for (long replica : packed) {
            if ((replica & SUCCESSOR) != 0) {
                return who(replica) >>> MARK_BITS;
            }
        }
        return NONE;
    }

    /**
     * The same as map version {@code version} makes it out of {@code before}: whoever has something
     * else to do now has it since that version.
     */
    Assignment after(Assignment before, long version) {
        long[] changed = packed.clone();
        for (int i = 0; i < changed.length; i++) {
            int was = before.indexOf(node(i));
            boolean same = was >= 0 && !newDuty(before, was, i);
            long since = same ? before.packed[was] >>> SINCE_SHIFT : version;
            changed[i] = since << SINCE_SHIFT | who(packed[i]);
        }
        return new Assignment(epoch, changed);
    }

    private boolean newDuty(Assignment before, int was, int i) {
        boolean leads = role(i) == Role.LEADER;
        boolean led = before.role(was) == Role.LEADER;
        boolean stops = leads && successor() != NONE;
        boolean stopped = led && before.successor() != NONE;
        if (leads) {
            return !led || epoch != before.epoch || stops != stopped;
        }
        return led && !stopped;
    }

    /** With a follower more on {@code node}. */
    public Assignment plusFollower(int node) {
        return plus(node, FOLLOWER);
    }

    /** With a learner more on {@code node}. */
    public Assignment plusLearner(int node) {
        return plus(node, LEARNER);
    }

    /** Without {@code node}'s replica; the epoch stays. */
    public Assignment minus(int node) {
        int gone = existing(node);
        long[] fewer = new long[packed.length - 1];
        System.arraycopy(packed, 0, fewer, 0, gone);
        System.arraycopy(packed, gone + 1, fewer, gone, fewer.length - gone);
        return new Assignment(epoch, fewer);
    }

    /** With {@code node}'s learner counting as a follower. */
    public Assignment caughtUp(int node) {
        int i = existing(node);
        return marked(i, packed[i] & ~ROLE_MASK | FOLLOWER);
    }

    /** With {@code node}'s replica marked as leaving, or not any more. */
    public Assignment leaving(int node, boolean leaves) {
        int i = existing(node);
        return marked(i, leaves ? packed[i] | LEAVING : packed[i] & ~LEAVING);
    }

    /** With {@code node} led to lead next; {@link #NONE} calls the hand-over off. */
    public Assignment succeededBy(int node) {
        long[] changed = packed.clone();
        for (int i = 0; i < changed.length; i++) {
            changed[i] = node(i) == node ? changed[i] | SUCCESSOR : changed[i] & ~SUCCESSOR;
        }
        return new Assignment(epoch, changed);
    }

    /** Led by {@code node} ({@link #NONE}: by nobody) under the next epoch. */
    public Assignment ledBy(int node) {
        return ledBy(node, epoch + 1);
    }

    /**
     * Led by {@code node} under {@code newEpoch}. Whoever led follows.
     *
     * @throws IllegalStateException if the epoch does not rise or the node cannot lead
     */
    public Assignment ledBy(int node, long newEpoch) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("epoch " + newEpoch + " after " + epoch);
        }
        long[] changed = packed.clone();
        for (int i = 0; i < changed.length; i++) {
            int role = (int) changed[i] & ROLE_MASK;
            int newRole = role == LEADER ? FOLLOWER : role;
            if (node(i) == node) {
                if (role == LEARNER) {
                    throw new IllegalStateException("a learner cannot lead: node " + node);
                }
                newRole = LEADER;
            }
            changed[i] = changed[i] & ~(long) (ROLE_MASK | SUCCESSOR) | newRole;
        }
        if (node != NONE) {
            existing(node);
        }
        return new Assignment(newEpoch, changed);
    }

    private Assignment plus(int node, int role) {
        if (holds(node) || packed.length == REPLICAS_MAX) {
            throw new IllegalStateException("node " + node + " cannot be added to " + this);
        }
        long[] more = Arrays.copyOf(packed, packed.length + 1);
        more[packed.length] = NOT_YET << SINCE_SHIFT | node << MARK_BITS | role;
        return new Assignment(epoch, more);
    }

    private Assignment marked(int i, long value) {
        long[] changed = packed.clone();
        changed[i] = value;
        return new Assignment(epoch, changed);
    }

    private int existing(int node) {
        int i = indexOf(node);
        if (i < 0) {
            throw new IllegalStateException("node " + node + " has no replica in " + this);
        }
        return i;
    }

    void encode(Encoder out) {
        out.number(epoch).single(packed.length);
        for (long replica : packed) {
            out.number(who(replica));
        }
    }

    static Assignment decode(Decoder in) throws MalformedMapException {
        long epoch = in.number();
        long[] packed = new long[count(in)];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = NOT_YET << SINCE_SHIFT | who(in);
        }
        return checked(in, epoch, packed);
    }

    /** The same with what {@link #since} says, as it is at map version {@code asOf}. */
    void encode(Encoder out, long asOf) {
        out.number(epoch).single(packed.length);
        for (long replica : packed) {
            out.number(who(replica)).number(asOf - (replica >>> SINCE_SHIFT));
        }
    }

    static Assignment decode(Decoder in, long asOf) throws MalformedMapException {
        long epoch = in.number();
        long[] packed = new long[count(in)];
        for (int i = 0; i < packed.length; i++) {
            int who = who(in);
            long ago = in.number();
            if (ago > asOf) {
                throw in.wrong("a replica " + ago + " versions old at version " + asOf);
            }
            packed[i] = asOf - ago << SINCE_SHIFT | who;
        }
        return checked(in, epoch, packed);
    }

    private static int count(Decoder in) throws MalformedMapException {
        int count = in.single();
        if (count > REPLICAS_MAX) {
            throw in.wrong(count + " replicas");
        }
        return count;
    }

    private static int who(Decoder in) throws MalformedMapException {
        return in.number(NodeDictionary.NODES_MAX << MARK_BITS | (1 << MARK_BITS) - 1);
    }

    private static Assignment checked(Decoder in, long epoch, long[] packed)
            throws MalformedMapException {
        int leaders = 0;
        for (long replica : packed) {
            leaders += (replica & ROLE_MASK) == LEADER ? 1 : 0;
            if ((replica & ROLE_MASK) == ROLE_MASK || leaders > 1) {
                throw in.wrong("replica " + who(replica));
            }
        }
        return new Assignment(epoch, packed);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Assignment that)
                || epoch != that.epoch
                || packed.length != that.packed.length) {
            return false;
        }
        for (int i = 0; i < packed.length; i++) {
            if (who(packed[i]) != who(that.packed[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = Long.hashCode(epoch);
        for (long replica : packed) {
            hash = 31 * hash + who(replica);
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("e" + epoch + " [");
        for (int i = 0; i < packed.length; i++) {
            text.append(i == 0 ? "" : " ")
                    .append(node(i))
                    .append(role(i) == Role.LEADER ? "*" : role(i) == Role.LEARNER ? "+" : "")
                    .append(leaving(i) ? "-" : "")
                    .append((packed[i] & SUCCESSOR) != 0 ? "!" : "");
        }
        return text.append(']').toString();
    }
}

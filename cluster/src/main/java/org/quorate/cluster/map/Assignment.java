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
    public static final Assignment EMPTY = new Assignment(0, 0, new int[0]);

    private static final int ROLE_MASK = 3;
    private static final int LEAVING = 4;
    private static final int SUCCESSOR = 8;
    private static final int MARK_BITS = 4;
    private static final Role[] ROLES = {Role.LEADER, Role.FOLLOWER, Role.LEARNER};
    private static final int LEADER = 0;
    private static final int FOLLOWER = 1;
    private static final int LEARNER = 2;

    private final long epoch;
    private final long since;
    private final int[] packed; // node << 4 | marks, in the order in which they came

    private Assignment(long epoch, long since, int[] packed) {
        this.epoch = epoch;
        this.since = since;
        this.packed = packed;
    }

    /** The epoch of the leader, or of the last one. */
    public Epoch epoch() {
        return new Epoch(epoch);
    }

    /** The map version that made it so. */
    public long since() {
        return since;
    }

    /** Number of replicas. */
    public int count() {
        return packed.length;
    }

    /** Node of the {@code i}-th replica. */
    public int node(int i) {
        return packed[i] >>> MARK_BITS;
    }

    /** Role of the {@code i}-th replica. */
    public Role role(int i) {
        return ROLES[packed[i] & ROLE_MASK];
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
        for (int replica : packed) {
            if ((replica & ROLE_MASK) == LEADER) {
                return replica >>> MARK_BITS;
            }
        }
        return NONE;
    }

    /** The node that is to lead next, while that is prepared; otherwise {@link #NONE}. */
    public int successor() {
        for (int replica : packed) {
            if ((replica & SUCCESSOR) != 0) {
                return replica >>> MARK_BITS;
            }
        }
        return NONE;
    }

    /** The same as of map version {@code version}. */
    public Assignment at(long version) {
        return new Assignment(epoch, version, packed);
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
        int[] fewer = new int[packed.length - 1];
        System.arraycopy(packed, 0, fewer, 0, gone);
        System.arraycopy(packed, gone + 1, fewer, gone, fewer.length - gone);
        return new Assignment(epoch, since, fewer);
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
        int[] changed = packed.clone();
        for (int i = 0; i < changed.length; i++) {
            changed[i] = node(i) == node ? changed[i] | SUCCESSOR : changed[i] & ~SUCCESSOR;
        }
        return new Assignment(epoch, since, changed);
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
        int[] changed = packed.clone();
        for (int i = 0; i < changed.length; i++) {
            int role = changed[i] & ROLE_MASK;
            int newRole = role == LEADER ? FOLLOWER : role;
            if (node(i) == node) {
                if (role == LEARNER) {
                    throw new IllegalStateException("a learner cannot lead: node " + node);
                }
                newRole = LEADER;
            }
            changed[i] = changed[i] & ~(ROLE_MASK | SUCCESSOR) | newRole;
        }
        if (node != NONE) {
            existing(node);
        }
        return new Assignment(newEpoch, since, changed);
    }

    private Assignment plus(int node, int role) {
        if (holds(node) || packed.length == REPLICAS_MAX) {
            throw new IllegalStateException("node " + node + " cannot be added to " + this);
        }
        int[] more = Arrays.copyOf(packed, packed.length + 1);
        more[packed.length] = node << MARK_BITS | role;
        return new Assignment(epoch, since, more);
    }

    private Assignment marked(int i, int value) {
        int[] changed = packed.clone();
        changed[i] = value;
        return new Assignment(epoch, since, changed);
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
        for (int replica : packed) {
            out.number(replica);
        }
    }

    static Assignment decode(Decoder in, long since) throws MalformedMapException {
        long epoch = in.number();
        int count = in.single();
        if (count > REPLICAS_MAX) {
            throw in.wrong(count + " replicas");
        }
        int[] packed = new int[count];
        int leaders = 0;
        for (int i = 0; i < count; i++) {
            packed[i] = in.number(NodeDictionary.NODES_MAX << MARK_BITS);
            leaders += (packed[i] & ROLE_MASK) == LEADER ? 1 : 0;
            if ((packed[i] & ROLE_MASK) == ROLE_MASK || leaders > 1) {
                throw in.wrong("replica " + packed[i]);
            }
        }
        return new Assignment(epoch, since, packed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Assignment that
                && epoch == that.epoch
                && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(epoch) + Arrays.hashCode(packed);
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

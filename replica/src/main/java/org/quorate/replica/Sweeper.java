package org.quorate.replica;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;

/**
 * Removes containers that have become empty and TTL nodes whose time is over (client protocol §15).
 * Owned by the core thread, used while this server leads.
 */
final class Sweeper {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long MILLIS_PER_MINUTE = 60_000L;

    private final Standing standing;
    private final DataTree tree;
    private final Leader leader;
    private final NodeState state = new NodeState();
    private final JuteOut paths = new JuteOut();
    private final JuteOut pathBytes = new JuteOut();
    private final Slice path = new Slice();

    private long nextNanos;

    /** Victims of the last look that wait for their turn: paths one behind the other. */
    private final JuteIn victims = new JuteIn(Integer.MAX_VALUE);

    /** Deletions allowed by now, in thousandths. */
    private long allowance;

    private long allowedNanos;

    Sweeper(Standing standing, DataTree tree, Leader leader) {
        this.standing = standing;
        this.tree = tree;
        this.leader = leader;
    }

    /** A term begins: the first look comes after the interval. */
    void begin() {
        nextNanos = standing.nowNanos + intervalNanos();
        victims.wrap(paths.clear().array(), 0, 0);
    }

    /** Looks for victims when it is time, and has as many deleted as the rate allows. */
    void sweep() {
        if (victims.remaining() == 0 && standing.nowNanos - nextNanos >= 0) {
            nextNanos = standing.nowNanos + intervalNanos();
            collect();
        }
        refillAllowance();
        while (victims.remaining() > 0 && allowance >= 1000) {
            allowance -= 1000;
            victims.readSlice(path);
            leader.sweep(path);
        }
    }

    private void collect() {
        paths.clear();
        tree.forEachContainer(node -> {
            tree.load(node, state);
            if (state.childCount == 0 && (state.cversion > 0 || isNeverUsed())) {
                add(node);
            }
        });
        tree.forEachTtlNode(node -> {
            tree.load(node, state);
            long ageMillis = leader.wallMillis() - state.mtimeMillis;
            if (state.childCount == 0 && ageMillis > NodeKinds.ttlMillis(state.ephemeralOwner)) {
                add(node);
            }
        });
        victims.wrap(paths.array(), 0, paths.size());
    }

    private boolean isNeverUsed() {
        long limitMillis = standing.options.containerNeverUsedMillis();
        return limitMillis != 0 && leader.wallMillis() - state.mtimeMillis > limitMillis;
    }

    private void add(int node) {
        tree.writePath(node, pathBytes.clear());
        paths.writeBuffer(pathBytes.array(), 0, pathBytes.size());
    }

    private void refillAllowance() {
        long perMinute = standing.options.containersPerMinuteMax();
        long elapsedMillis = (standing.nowNanos - allowedNanos) / NANOS_PER_MILLI;
        if (allowedNanos == 0 || elapsedMillis > MILLIS_PER_MINUTE) {
            allowedNanos = standing.nowNanos;
            allowance = 1000 * Math.max(perMinute / 60, 1);
            return;
        }
        long refill = elapsedMillis * perMinute * 1000 / MILLIS_PER_MINUTE;
        if (refill > 0) {
            allowedNanos = standing.nowNanos;
            allowance = Math.min(allowance + refill, 1000 * Math.max(perMinute / 60, 1));
        }
    }

    private long intervalNanos() {
        return standing.options.containerCheckMillis() * NANOS_PER_MILLI;
    }
}

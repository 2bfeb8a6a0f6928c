package org.quorate.node.host;

import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.admin.ServerView;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.node.metrics.Summary;
import org.quorate.replica.ExpiryCause;
import org.quorate.replica.Inspection;
import org.quorate.replica.Replica;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;
import org.quorate.zab.Tally;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what the core does, mostly once a turn, so that a transaction pays next to nothing for
 * it. Owned by the core thread.
 */
final class CoreMeter {
    private static final Logger LOG = LoggerFactory.getLogger(CoreMeter.class);

    /** Where a transaction's header has its time. */
    private static final int TIME_AT = 20;

    private final ServerMetrics metrics;
    private final DataTree tree;
    private final boolean inEnsemble;
    private final TxnStages stages;
    private final ReadGate gate;
    private final LatencyHistogram applyTimes;
    private final TxnTimes times = new TxnTimes();
    private final ClockSkew clockSkew = new ClockSkew();
    private final SyncProgress syncProgress;
    private final TxnTimes.Applied applied = this::applied;
    private Role role = Role.LOOKING;
    private long nowMillis;
    private long lostNanos;
    private int appliedInTurn;

    // Of the proposals received in this turn.
    private long receivedMillis;
    private int received;

    // Of proposals as leader.
    private int lastBytes = -1;
    private int leastBytes = -1;
    private int mostBytes = -1;

    // What was counted already.
    private long elections;
    private long electionsDone;
    private long followerSyncs;
    private long observerSyncs;
    private long leaderStarts;
    private long diffs;
    private long snapshots;
    private long expired;
    private long stalls;
    private final EnumMap<ExpiryCause, Long> expiredByCause = new EnumMap<>(ExpiryCause.class);

    CoreMeter(
            ServerMetrics metrics,
            TxnStages stages,
            LatencyHistogram applyTimes,
            ReadGate gate,
            DataTree tree,
            StartProgress progress,
            boolean inEnsemble) {
        this.metrics = metrics;
        this.stages = stages;
        this.applyTimes = applyTimes;
        this.gate = gate;
        this.tree = tree;
        this.inEnsemble = inEnsemble;
        this.syncProgress =
                new SyncProgress(
                        progress,
                        znodes -> LOG.info("the leader's state is here: {} znodes", znodes));
    }

    /** A transaction goes into the log. */
    void logged(long zxid, byte[] bytes, int from, int length) {
        if (!role.isServing()) {
            return; // what is caught up with says nothing
        }
        long madeMillis = longAt(bytes, from + TIME_AT);
        times.logged(zxid, madeMillis);
        stages.logged(zxid);
        if (!inEnsemble) {
            return;
        }
        if (role.kind() == Role.Kind.LEADING) {
            metrics.proposals.increment();
            lastBytes = length;
            leastBytes = leastBytes < 0 ? length : Math.min(leastBytes, length);
            mostBytes = Math.max(mostBytes, length);
        } else {
            received++;
            receivedMillis = madeMillis;
        }
    }

    private static long longAt(byte[] bytes, int at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    /** The journal was asked to tell when all before is on disk. */
    void marked(long token) {
        stages.marked(token);
    }

    /** Everything marked up to the token is on disk. */
    void durable(long token) {
        stages.durable(token, System.nanoTime());
    }

    /** How this server's clock compares with its leader's. */
    ClockSkew clockSkew() {
        return clockSkew;
    }

    /** Lengths of the proposals made as leader since the start or the last reset. */
    ServerView.Sizes proposalBytes() {
        return new ServerView.Sizes(lastBytes, leastBytes, mostBytes);
    }

    /** Forgets the lengths of proposals. */
    void reset() {
        lastBytes = -1;
        leastBytes = -1;
        mostBytes = -1;
    }

    /** At the end of each turn. */
    void endTurn(Replica replica, long nowNanos, long wallMillis) {
        nowMillis = wallMillis;
        if (received > 0) {
            metrics.proposalsReceived.add(received);
            add(metrics.proposalLatency, receivedMillis, received);
            clockSkew.heard(receivedMillis, nowNanos, wallMillis);
            received = 0;
        }
        appliedInTurn = 0;
        times.appliedTo(tree.lastZxid(), applied);
        stages.endTurn(tree.lastZxid(), System.nanoTime());
        long closedNanos = gate.takeClosedNanos();
        if (appliedInTurn > 0) {
            applyTimes.add(closedNanos / appliedInTurn, appliedInTurn);
        }
        role(replica.zab().role(), nowNanos);
        if (inEnsemble) {
            syncProgress.turn(role.isServing(), tree.nodeCount(), nowNanos);
        }
        count(replica.zab().tally());
        long stallsNow = replica.stallCount();
        if (stallsNow != stalls) {
            metrics.expiriesHeldBack.add(stallsNow - stalls);
            stalls = stallsNow;
        }
        long expiredNow = replica.inspect().expiredSessionCount();
        if (expiredNow != expired) {
            metrics.sessionsExpired.add(expiredNow - expired);
            expired = expiredNow;
            causes(replica.inspect());
        }
    }

    private void causes(Inspection inspection) {
        for (ExpiryCause cause : ExpiryCause.values()) {
            long now = inspection.expiredSessionCount(cause);
            Long before = expiredByCause.put(cause, now);
            long more = now - (before == null ? 0 : before);
            if (more > 0) {
                metrics.sessionsExpiredByCause.of(cause.label()).add(more);
            }
        }
    }

    private void applied(long madeMillis, int count) {
        appliedInTurn += count;
        add(metrics.propagationLatency, madeMillis, count);
        if (!inEnsemble) {
            return;
        }
        if (role.kind() == Role.Kind.LEADING) {
            metrics.commits.add(count);
            add(metrics.quorumAckLatency, madeMillis, count);
        } else {
            metrics.commitsReceived.add(count);
            add(metrics.commitPropagationLatency, madeMillis, count);
        }
    }

    /** Clocks of two servers may differ; as in ZooKeeper such a time counts nowhere. */
    private void add(Summary summary, long sinceMillis, int count) {
        if (nowMillis >= sinceMillis) {
            summary.add(nowMillis - sinceMillis, count);
        }
    }

    private void role(Role now, long nowNanos) {
        if (now.equals(role)) {
            return;
        }
        if (role.isServing() && !now.isServing()) {
            lostNanos = nowNanos;
            times.clear();
            stages.clear();
        } else if (now.isServing() && lostNanos != 0) {
            metrics.unavailableTime.add(millis(nowNanos - lostNanos));
            lostNanos = 0;
        }
        role = now;
        if (inEnsemble) {
            clockSkew.role(now, nowMillis);
        }
    }

    private void count(Tally tally) {
        if (tally.elections() != elections) {
            metrics.looking.add(tally.elections() - elections);
            elections = tally.elections();
        }
        if (tally.electionsDone() != electionsDone) {
            electionsDone = tally.electionsDone();
            metrics.electionTime.add(millis(tally.electionNanos()));
        }
        if (tally.followerSyncs() != followerSyncs) {
            followerSyncs = tally.followerSyncs();
            metrics.followerSyncTime.add(millis(tally.syncNanos()));
        }
        if (tally.observerSyncs() != observerSyncs) {
            observerSyncs = tally.observerSyncs();
            metrics.observerSyncTime.add(millis(tally.syncNanos()));
        }
        if (tally.leaderStarts() != leaderStarts) {
            leaderStarts = tally.leaderStarts();
            metrics.leaderUnavailableTime.add(millis(tally.leaderStartNanos()));
        }
        if (tally.diffs() != diffs) {
            metrics.diffSyncs.add(tally.diffs() - diffs);
            diffs = tally.diffs();
        }
        if (tally.snapshots() != snapshots) {
            metrics.snapSyncs.add(tally.snapshots() - snapshots);
            snapshots = tally.snapshots();
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}

package org.quorate.node.host;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.net.EdgeLoop;
import org.quorate.net.Outbox;
import org.quorate.replica.Replica;
import org.quorate.zab.Role;

/**
 * What frames a turn of the core: the time and what the disk says before it; after it the log's
 * batch, the peers' and the clients' bytes, each handed over once. Owned by the core thread, except
 * where it says so.
 */
final class HostTurn implements CoreLoop.Turn {
    private final Journaling journaling;
    private final Maintenance maintenance;
    private final Backlog backlog;
    private final ClientEffects effects;
    private final List<Outbox> outboxes;
    private final @Nullable PeerHost peers;
    private final CoreNews news;
    private final CoreMeter meter;
    private final HostClock clock;
    private long nowNanos;
    private long wallMillis;
    private long journaled = -1;
    private volatile boolean snapshotWanted;
    private volatile boolean diskFull;
    private boolean diskFullTold;

    HostTurn(
            Journaling journaling,
            Maintenance maintenance,
            ReaderContext context,
            List<EdgeLoop> loops,
            @Nullable PeerHost peers,
            CoreNews news,
            CoreMeter meter,
            HostClock clock) {
        this.journaling = journaling;
        this.maintenance = maintenance;
        this.backlog = context.backlog();
        this.effects = context.effects();
        this.outboxes = loops.stream().map(EdgeLoop::outbox).toList();
        this.peers = peers;
        this.news = news;
        this.meter = meter;
        this.clock = clock;
    }

    /** What the core tells of itself. */
    CoreNews news() {
        return news;
    }

    /** A snapshot is taken at the end of the next turn. Any thread. */
    void wantSnapshot() {
        snapshotWanted = true;
    }

    /** The disk has no room, or has some again: the core hears of it. Any thread. */
    void diskFull(boolean full) {
        diskFull = full;
    }

    @Override
    public void begin(Replica replica) {
        // A clock that is set back stands still for us.
        wallMillis = Math.max(wallMillis, clock.wallMillis());
        nowNanos = clock.nanos();
        effects.turnBegins(System.nanoTime(), wallMillis);
        replica.time(nowNanos, wallMillis);
        if (diskFull != diskFullTold) {
            diskFullTold = diskFull;
            replica.diskFull(diskFullTold);
            if (diskFullTold && peers != null && leads(replica)) {
                replica.zab().handOverAtOnce();
            }
        }
        long durable = journaling.durable();
        if (durable > journaled) {
            meter.durable(durable);
            journaled = durable;
            replica.zab().journaled(durable);
        }
        backlog.feed(replica);
    }

    private static boolean leads(Replica replica) {
        return replica.zab().role().kind() == Role.Kind.LEADING;
    }

    @Override
    public void end(Replica replica) {
        if (snapshotWanted) {
            snapshotWanted = false;
            journaling.add(JournalBatch.Kind.ROLL, 0);
            journaling.work(maintenance.snapshot(replica.freeze()));
        }
        news.update(replica);
        maintenance.purgeIfDue(nowNanos);
        meter.endTurn(replica, nowNanos, wallMillis);
        effects.turnEnds();
        journaling.endTurn();
        if (peers != null) {
            peers.endTurn();
        }
        for (int i = 0; i < outboxes.size(); i++) {
            outboxes.get(i).wake();
        }
    }
}

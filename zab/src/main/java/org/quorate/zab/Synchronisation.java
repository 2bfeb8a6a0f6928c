package org.quorate.zab;

import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * Brings a learner to where the leader is: what it lacks, after cutting what the leader does not
 * have, or else the whole state (peer protocol §5.3). Packets go into the learner's link; all of it
 * happens in one step, so nothing comes between.
 *
 * <p>Where ZooKeeper sends TRUNC across epochs because the learner is ahead of all there is, here a
 * snapshot is sent: that the learner holds the record to cut behind is known only inside one epoch.
 */
final class Synchronisation {
    private final Server server;
    private final LearnerLinks learners;
    private final Ledger ledger;
    private final TxnWindow window;

    /** Behind the last place that is committed, or that a leader begins its epoch with. */
    private final long committedTo;

    /** Where the leader's history ends: a record, or the start of its epoch. */
    private final long lastZxid;

    private final Slice slice = new Slice();

    Synchronisation(Server server, LearnerLinks learners, long committedTo, long lastZxid) {
        this.server = server;
        this.learners = learners;
        this.ledger = server.ledger;
        this.window = ledger.window();
        this.committedTo = committedTo;
        this.lastZxid = lastZxid;
    }

    /**
     * Sends everything up to {@link #committedTo} behind where the learner's history ends.
     *
     * @return false if it was sent away: its history is another ensemble's, or too many others are
     *     being brought
     */
    boolean bring(LearnerLink learner) {
        long zxid = learner.learnerZxid;
        if (server.unled.contains(Zxid.epoch(zxid))) {
            learners.dropStranger(
                    learner,
                    "its history ends at 0x%s, in an epoch that nobody has led this ensemble in: "
                                    .formatted(Zxid.hex(zxid))
                            + "it is of another ensemble");
            return false;
        }
        Link link = learner.link;
        long max = lastCommittedRecord();
        boolean epochStart = Zxid.counter(zxid) == 0;
        learner.takesState = false;
        if (zxid == lastZxid) {
            link.write(PacketType.DIFF, zxid);
            return true;
        }
        boolean isHere = zxid >= ledger.beforeWindow();
        if (zxid > max && !epochStart) {
            // It has max if both are of one epoch, or if what it has too much came from this
            // leader.
            // The start of an epoch is no record: no log can be cut there.
            boolean isRecord = Zxid.counter(max) != 0;
            if (isRecord
                    && (Zxid.epoch(zxid) == Zxid.epoch(max)
                            || Zxid.epoch(zxid) == Zxid.epoch(lastZxid))) {
                link.write(PacketType.TRUNC, max);
                return true;
            }
        } else if (!learners.isRoomForSync(learner, false)) {
            return refuse(learner, "histories");
        } else if (isHere
                ? fromWindow(link, zxid, max, epochStart)
                : fromLog(link, zxid, max, epochStart)) {
            return true;
        }
        if (!learners.isRoomForSync(learner, true)) {
            return refuse(learner, "snapshots");
        }
        learner.takesState = true;
        snapshot(link);
        return true;
    }

    private boolean refuse(LearnerLink learner, String what) {
        learners.drop(
                learner, "as many %s as are allowed at once are on their way".formatted(what));
        return false;
    }

    private long lastCommittedRecord() {
        return committedTo > window.first()
                ? window.zxid(committedTo - 1)
                : ledger.lastAppliedRecord();
    }

    private boolean fromWindow(Link link, long zxid, long max, boolean epochStart) {
        long next = window.placeBehind(zxid);
        long previous = next > window.first() ? window.zxid(next - 1) : ledger.beforeWindow();
        if (previous == zxid || epochStart) {
            link.write(PacketType.DIFF, max);
        } else if (next < committedTo
                && Zxid.epoch(window.zxid(next)) == Zxid.epoch(zxid)
                && Zxid.epoch(previous) == Zxid.epoch(zxid)) {
            link.write(PacketType.TRUNC, previous);
        } else {
            return false;
        }
        committed(link, next);
        return true;
    }

    /** The learner is behind the window: the log on disk, up to the window, then the window. */
    private boolean fromLog(Link link, long zxid, long max, boolean epochStart) {
        long logTo = ledger.beforeWindow();
        JuteOut records = new JuteOut();
        try (Journal.History history =
                server.journal.history(zxid - 1, server.options.historyBytesMax())) {
            if (history == null) {
                return false;
            }
            boolean known = epochStart;
            for (long at = history.next(slice); at >= 0 && at <= logTo; at = history.next(slice)) {
                if (at == zxid) {
                    known = true;
                } else if (known) {
                    proposeAndCommit(records, at, slice);
                } else {
                    return false;
                }
                if (at == logTo) {
                    link.write(PacketType.DIFF, max);
                    link.writeRaw(records.array(), 0, records.size());
                    committed(link, window.first());
                    return true;
                }
            }
            return false;
        }
    }

    private void snapshot(Link link) {
        link.flush();
        SnapshotSource view = server.state.freeze();
        link.write(PacketType.SNAP, view.lastZxid());
        link.flush();
        server.peers.sendSnapshot(link.id, view);
        committed(link, ledger.applied());
    }

    private void committed(Link link, long from) {
        for (long place = from; place < committedTo; place++) {
            window.packets(place, place + 1, link::writeRaw);
            link.write(PacketType.COMMIT, window.zxid(place));
        }
    }

    private static void proposeAndCommit(JuteOut out, long zxid, Slice txn) {
        QuorumPacket.write(out, PacketType.PROPOSAL, zxid, txn);
        QuorumPacket.write(out, PacketType.COMMIT, zxid);
    }
}

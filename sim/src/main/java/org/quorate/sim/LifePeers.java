package org.quorate.sim;

import java.util.Arrays;
import java.util.TreeMap;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.zab.Peers;

/** The other servers, as one life of a server reaches them over the simulated network. */
final class LifePeers implements Peers, Wire.End {
    private static final long CONNECT_NANOS_MAX = 400 * Timeline.MILLI;
    private static final int SNAPSHOT_PART_BYTES = 700;

    private final Life life;
    private final World world;
    private final long self;
    private final TreeMap<Long, Wire> links = new TreeMap<>();
    private boolean accepting;
    private boolean acceptingObservers;

    LifePeers(Life life) {
        this.life = life;
        this.world = life.world;
        this.self = life.host.id;
    }

    // ---- what Zab asks

    @Override
    public void vote(long serverId, Notification vote) {
        ServerHost receiver = world.serverOrNull(serverId);
        if (receiver == null || !life.comesAbout()) {
            return;
        }
        deliver(receiver, vote, world.network.delayNanos(self));
        if (world.chance.oneIn(40)) {
            // A connection made anew begins with the last message sent on the old one.
            world.marks.add("vote sent twice");
            deliver(receiver, vote, world.chance.between(0, 300 * Timeline.MILLI));
        }
    }

    private void deliver(ServerHost receiver, Notification vote, long delayNanos) {
        world.time.after(
                delayNanos,
                () -> {
                    Life there = receiver.life();
                    if (there != null && !world.network.isCut(self, receiver.id)) {
                        there.input(replica -> replica.zab().vote(self, vote));
                    }
                });
    }

    @Override
    public void dial(long attempt, long serverId) {
        dial(attempt, serverId, false);
    }

    @Override
    public void dialMaster(long attempt, long serverId) {
        dial(attempt, serverId, true);
    }

    private void dial(long attempt, long serverId, boolean asObserver) {
        if (!life.comesAbout()) {
            return;
        }
        world.time.after(
                2 * world.network.delayNanos(self),
                () -> answerDial(attempt, serverId, asObserver));
    }

    private void answerDial(long attempt, long serverId, boolean asObserver) {
        ServerHost callee = world.serverOrNull(serverId);
        boolean silent =
                callee != null
                        && (world.network.isCut(self, serverId)
                                || world.network.isCut(serverId, self));
        if (silent) {
            world.time.after(
                    world.chance.between(CONNECT_NANOS_MAX / 4, CONNECT_NANOS_MAX),
                    () -> life.input(replica -> replica.zab().dialFailed(attempt, "no answer")));
            return;
        }
        Life there = callee == null ? null : callee.life();
        boolean refused =
                there == null
                        || !(asObserver
                                ? there.peers().acceptingObservers
                                : there.peers().accepting);
        if (there == null || refused) {
            life.input(replica -> replica.zab().dialFailed(attempt, "refused"));
            return;
        }
        if (life.isOver()) {
            return;
        }
        Wire wire = world.network.connect(self, this, serverId, there.peers());
        links.put(wire.id, wire);
        there.peers().links.put(wire.id, wire);
        there.input(replica -> replica.zab().learnerConnected(wire.id, "server " + self));
        life.input(replica -> replica.zab().linkOpened(attempt, wire.id));
    }

    @Override
    public void acceptObservers(boolean accept) {
        acceptingObservers = accept;
    }

    @Override
    public void acceptLearners(boolean accept) {
        accepting = accept;
    }

    @Override
    public void send(long link, byte[] bytes, int from, int length) {
        Wire wire = links.get(link);
        if (wire != null && life.comesAbout()) {
            world.network.send(wire, self, Arrays.copyOfRange(bytes, from, from + length));
        }
    }

    @Override
    public void sendSnapshot(long link, SnapshotSource view) {
        world.marks.add("SNAP sent");
        Wire wire = links.get(link);
        if (wire != null) {
            long to = wire.from(self).to;
            world.tell("server %d sends its state at 0x%x to %d", self, view.lastZxid(), to);
            world.snapshotSent(self, to);
        }
        JuteOut out = new JuteOut();
        SnapshotEncoder encoder = new SnapshotEncoder(view);
        while (encoder.encode(out, 1 << 20)) {}
        view.close();
        out.writeString(SnapshotEncoder.WIRE_SIGNATURE);
        for (int at = 0; at < out.size(); at += SNAPSHOT_PART_BYTES) {
            send(link, out.array(), at, Math.min(SNAPSHOT_PART_BYTES, out.size() - at));
        }
    }

    @Override
    public void flush() {
        // What is sent goes out at once.
    }

    @Override
    public void close(long link) {
        Wire wire = links.remove(link);
        if (wire != null && life.comesAbout()) {
            world.network.close(wire, self);
        }
    }

    @Override
    public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {
        if (life.comesAbout()) {
            life.host.config(committed, lastSeen);
        }
    }

    // ---- what they say

    @Override
    public void received(Wire wire, byte[] bytes) {
        life.input(replica -> {
            if (links.containsKey(wire.id)) {
                replica.zab().received(wire.id, bytes, 0, bytes.length);
            }
        });
    }

    @Override
    public void closed(Wire wire) {
        life.input(replica -> {
            if (links.remove(wire.id) != null) {
                replica.zab().linkClosed(wire.id);
            }
        });
    }
}

package org.quorate.zab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.ForwardedRequest;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/**
 * One server of a {@link Town}: a host for Zab that crashes, restarts and pauses, and a client that
 * writes numbers through it.
 */
final class Inhabitant implements Peers, StateMachine {
    private static final long TIME_EVERY = 10 * Town.MILLI;

    private final Town town;
    private final ZabOptions options;
    private final FakeDisk disk = new FakeDisk();
    private final ArrayDeque<Runnable> heldInputs = new ArrayDeque<>();
    private final ArrayDeque<Runnable> syncs = new ArrayDeque<>();
    private final TreeSet<Long> ownWrites = new TreeSet<>();
    final List<String> notices = new ArrayList<>();
    final List<Role> roles = new ArrayList<>();

    private EnsembleConfig config;
    private EnsembleConfig proposedConfig;
    private FakeState state = new FakeState();
    private @Nullable Zab zab;
    private boolean paused;
    private boolean accepts;
    private boolean acceptsObservers;
    private boolean slowDisk;
    private int life;
    boolean mayVote = true;

    Inhabitant(Town town, ZabOptions options, EnsembleConfig config) {
        this.town = town;
        this.options = options;
        this.config = config;
        this.proposedConfig = config;
    }

    long id() {
        return options.serverId();
    }

    int life() {
        return life;
    }

    boolean isUp() {
        return zab != null;
    }

    boolean isPaused() {
        return paused;
    }

    boolean acceptsLearners() {
        return isUp() && accepts;
    }

    boolean acceptsObservers() {
        return isUp() && acceptsObservers;
    }

    Zab zab() {
        if (zab == null) {
            throw new IllegalStateException(id() + " is down");
        }
        return zab;
    }

    FakeState state() {
        return state;
    }

    FakeDisk disk() {
        return disk;
    }

    boolean serves() {
        return zab != null && zab.role().isServing();
    }

    // ---- life

    void start() {
        life++;
        state = new FakeState();
        disk.recover(state);
        disk.attach(this, this::syncWanted, town::mark);
        zab =
                new Zab(
                        options,
                        config,
                        disk.lasting(true),
                        disk.lasting(false),
                        disk.lastZxid(),
                        mayVote,
                        town.random.nextLong(),
                        disk,
                        this,
                        this);
        zab.proposedConfig(proposedConfig);
        zab.start(town.nowNanos());
        zab.endTurn();
        int born = life;
        town.after(town.draw(0, TIME_EVERY), () -> tick(born));
    }

    private void tick(int born) {
        if (life != born || zab == null) {
            return;
        }
        if (!paused) {
            input(() -> {});
        }
        town.after(TIME_EVERY, () -> tick(born));
    }

    /** Loses all that was not on disk, and some of what was on its way there. */
    void crash() {
        if (zab != null) {
            zab = null;
            life++;
            paused = false;
            accepts = false;
            acceptsObservers = false;
            heldInputs.clear();
            syncs.clear();
            ownWrites.clear();
            disk.crash(town.random.nextInt(disk.unsynced() + 1));
            town.closeAll(this);
        }
    }

    void pause() {
        paused = zab != null;
    }

    void resume() {
        if (paused) {
            paused = false;
            while (!heldInputs.isEmpty() && zab != null && !paused) {
                input(heldInputs.poll());
            }
        }
    }

    /** While it is down: a configuration is found on its disk that was proposed. */
    void proposed(EnsembleConfig next) {
        proposedConfig = next;
    }

    void slowDisk(boolean slow) {
        slowDisk = slow;
    }

    /** One turn with one input. */
    void input(Runnable action) {
        if (zab == null) {
            return;
        }
        if (paused) {
            heldInputs.add(action);
            return;
        }
        zab.time(town.nowNanos());
        action.run();
        if (zab != null) {
            zab.endTurn();
        }
    }

    private void syncWanted(long token) {
        int born = life;
        long takes = slowDisk ? town.draw(0, 300 * Town.MILLI) : town.draw(0, 3 * Town.MILLI);
        syncEndsNanos = Math.max(syncEndsNanos + 1, town.nowNanos() + takes);
        town.after(
                syncEndsNanos - town.nowNanos(),
                () -> {
                    if (life == born) {
                        disk.synced(token);
                        input(() -> zab().journaled(token));
                    }
                });
    }

    private long syncEndsNanos;

    // ---- the client

    /** Writes a number through this server, if it serves. */
    void write(long number) {
        if (!serves() || paused) {
            return;
        }
        input(() -> {
            Role role = zab().role();
            if (role.kind() == Role.Kind.LEADING) {
                ownWrites.add(number);
                propose(id(), number);
            } else if (role.isServing()) {
                ownWrites.add(number);
                forward(number);
            }
        });
    }

    /** Syncs through this server; when it is done the state must hold all acknowledged before. */
    void sync() {
        if (!serves() || paused) {
            return;
        }
        input(() -> {
            Role role = zab().role();
            if (!role.isServing()) {
                return;
            }
            syncs.add(town.witness.syncBegins(this));
            if (role.kind() == Role.Kind.LEADING) {
                zab().sync();
            } else {
                forwardRequest(OpCode.SYNC, 0);
            }
        });
    }

    void reconfigure(EnsembleConfig next) {
        input(() -> {
            boolean possible =
                    zab().role().kind() == Role.Kind.LEADING
                            && zab().config().version() == zab().lastSeenConfig().version()
                            && zab().hasSyncedQuorum(next);
            if (!possible) {
                return;
            }
            town.tell("reconfigure to %s", next.text().replace('\n', ' '));
            long zxid = zab().nextZxid();
            SetDataTxn txn = new SetDataTxn();
            txn.type = OpCode.RECONFIG;
            txn.path.set(Slice.of("/zookeeper/config"));
            txn.data.set(Slice.of(next.withVersion(zxid).text()));
            txn.version = -1;
            proposeTxn(id(), 0, zxid, txn);
        });
    }

    private void propose(long session, long number) {
        SetDataTxn txn = new SetDataTxn();
        txn.type = OpCode.SET_DATA;
        txn.path.set(Slice.of("/number"));
        txn.data.set(Slice.of("" + number + ".".repeat((int) (number % 50))));
        proposeTxn(session, number, zab().nextZxid(), txn);
    }

    private void proposeTxn(long session, long cxid, long zxid, SetDataTxn txn) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(session, (int) cxid, zxid, 0, txn.type()).write(out);
        txn.write(out);
        zab().propose(zxid, out.array(), 0, out.size());
    }

    private void forward(long number) {
        forwardRequest(OpCode.SET_DATA, number);
    }

    private void forwardRequest(int type, long number) {
        ForwardedRequest request = new ForwardedRequest();
        request.sessionId = id();
        request.cxid = (int) number;
        request.type = type;
        JuteOut out = new JuteOut();
        int packet = QuorumPacket.begin(out, PacketType.REQUEST, -1);
        request.write(out);
        QuorumPacket.end(out, packet, new IdVector().set(List.of(new Id("ip", "::1"))));
        zab().forward(out.array(), 0, out.size());
    }

    // ---- what Zab asks of the network

    @Override
    public void vote(long serverId, Notification vote) {
        town.vote(
                this,
                serverId,
                () -> {
                    Inhabitant to = town.get(serverId);
                    to.zab().vote(id(), vote);
                });
    }

    @Override
    public void dial(long attempt, long serverId) {
        town.dial(this, attempt, serverId, false);
    }

    @Override
    public void dialMaster(long attempt, long serverId) {
        town.dial(this, attempt, serverId, true);
    }

    @Override
    public void acceptObservers(boolean accept) {
        acceptsObservers = accept;
    }

    @Override
    public void acceptLearners(boolean accept) {
        accepts = accept;
    }

    @Override
    public void send(long link, byte[] bytes, int from, int length) {
        JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(bytes, from, from + length);
        QuorumPacket packet = new QuorumPacket();
        while (in.remaining() > 0) {
            town.mark(PacketType.name(packet.read(in).type));
        }
        town.send(this, link, Arrays.copyOfRange(bytes, from, from + length));
    }

    @Override
    public void sendSnapshot(long link, SnapshotSource view) {
        JuteOut out = new JuteOut();
        SnapshotEncoder encoder = new SnapshotEncoder(view);
        town.mark("snapshot sent");
        while (encoder.encode(out, 1000)) {
            continue;
        }
        out.writeString(SnapshotEncoder.WIRE_SIGNATURE);
        view.close();
        town.send(this, link, out.copy());
    }

    @Override
    public void flush() {
        // What is sent goes out at once.
    }

    @Override
    public void close(long link) {
        town.close(this, link);
    }

    @Override
    public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {
        config = committed;
        proposedConfig = lastSeen;
    }

    // ---- what Zab asks of the state

    @Override
    public long lastZxid() {
        return state.lastZxid();
    }

    @Override
    public void apply(long zxid, Slice txn) {
        state.add(zxid, txn);
        town.witness.applied(this);
        TxnRecord record = new TxnRecord().read(new JuteIn().wrap(txn));
        long number = record.header.cxid;
        if (record.header.sessionId == id() && ownWrites.remove(number) && serves()) {
            town.witness.acknowledged(zxid);
        }
    }

    @Override
    public void replay(long zxid, Slice txn) {
        state.add(zxid, txn);
    }

    @Override
    public void lastZxid(long zxid) {
        state.lastZxid(zxid);
    }

    @Override
    public SnapshotSource freeze() {
        return state.freeze();
    }

    @Override
    public SnapshotSink install(long lastZxid) {
        town.witness.installed(this);
        return state.install(lastZxid);
    }

    @Override
    public void role(Role role) {
        roles.add(role);
        town.tell("%d: %s", id(), role);
        town.mark(role.kind().name());
        if (role.isServing()) {
            if (zab().learnerMaster() >= 0 && zab().learnerMaster() != role.leader()) {
                town.mark("observer served by follower");
            }
            town.witness.serves(this, role);
        } else {
            syncs.clear();
        }
    }

    @Override
    public void config(EnsembleConfig committed) {
        if (Zxid.counter(committed.version()) > 0) {
            town.mark("reconfig");
        }
    }

    @Override
    public void notice(String message) {
        notices.add(message);
        town.tell("%d: %s", id(), message);
    }

    @Override
    public void warn(String message) {
        notice(message);
    }

    @Override
    public void forwarded(long learner, QuorumPacket packet) {
        ForwardedRequest request = new ForwardedRequest().read(packet.data);
        if (request.type == OpCode.SYNC) {
            zab().syncFor(learner);
        } else {
            propose(request.sessionId, request.cxid);
        }
    }

    @Override
    public void revalidate(long learner, long sessionId, int timeoutMillis, boolean stays) {
        zab().revalidated(learner, sessionId, true, !stays);
    }

    @Override
    public void touched(long learner, long sessionId, int timeoutMillis) {}

    @Override
    public void touchTable(JuteOut out) {}

    @Override
    public void touchesAsked() {}

    @Override
    public void touchesRead(boolean itself) {}

    @Override
    public boolean isHarmless(QuorumPacket request) {
        return true;
    }

    @Override
    public void revalidated(long sessionId, boolean valid) {}

    @Override
    public void synced() {
        syncs.remove().run();
    }

    @Override
    public String toString() {
        return "server " + id() + (zab == null ? " down" : " " + zab.role());
    }
}

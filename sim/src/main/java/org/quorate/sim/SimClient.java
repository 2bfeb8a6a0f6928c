package org.quorate.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.client.WatcherEvent;
import org.quorate.protocol.jute.JuteIn;

/**
 * A client as ZooKeeper's library is one: keeps a session over reconnects to any server, pings,
 * renews its watches; and checks each word it is told.
 */
final class SimClient implements Wire.End {
    private static final int PLACES = 1_000;
    private static final int XID_SET_WATCHES = -8;
    private static final int XID_PING = -2;

    /**
     * A request under way.
     *
     * @param writtenZxid what was acknowledged to anybody when it was sent
     * @param shownZxid what a sync sent before it must make visible; 0 if there was none
     * @param malformed whether it is to be refused, because nobody can decode it
     */
    record Pending(
            int xid,
            int type,
            String path,
            boolean watch,
            long sentNanos,
            long writtenZxid,
            long shownZxid,
            @Nullable LastingWatch lasting,
            boolean malformed) {}

    final World world;
    final long place;
    final Chance chance;
    final OneShotWatches watches;
    private final Work work;
    private final int timeoutMillis;
    private final ArrayDeque<Pending> underWay = new ArrayDeque<>();

    /** Writes of this session that were under way when a connection was lost, not yet settled. */
    private final List<Integer> unanswered = new ArrayList<>();

    private @Nullable LastingWatch lasting;
    private @Nullable Wire wire;
    private @Nullable ServerHost server;
    private boolean greeted;
    private boolean readOnly;
    private long sessionId;
    private byte[] password = new byte[16];
    private int negotiatedMillis;
    private long lastZxid;
    private int xid;
    private byte[] partial = {};
    private long heardNanos;
    private long sentNanos;
    private long connectedNanos;

    /** Does nothing, not even ping, until then. */
    private long silentUntilNanos;

    private boolean closing;
    private boolean retired;
    private long answered;

    SimClient(World world, int number) {
        this.world = world;
        this.place = PLACES + (long) number;
        this.chance = world.chance.part();
        this.watches = new OneShotWatches(world.znodes, toString());
        this.work = new Work(this, number);
        this.timeoutMillis =
                (int) chance.between(Settings.SESSION_MILLIS_MIN, Settings.SESSION_MILLIS_MAX);
    }

    void start() {
        world.time.after(chance.between(0, 200 * Timeline.MILLI), this::act);
    }

    // ---- questions

    long sessionId() {
        return sessionId;
    }

    /** Whom it is connected to, or was last. */
    @Nullable ServerHost server() {
        return server;
    }

    boolean isReady() {
        return wire != null && greeted && !closing;
    }

    long answeredCount() {
        return answered;
    }

    int underWayCount() {
        return underWay.size();
    }

    long lastZxid() {
        return lastZxid;
    }

    @Nullable LastingWatch lasting() {
        return lasting;
    }

    // ---- acting

    private void act() {
        if (retired) {
            return;
        }
        long now = world.time.nowNanos();
        if (now >= silentUntilNanos) {
            if (wire == null) {
                connect();
            } else if (now - heardNanos > negotiated() * Timeline.MILLI * 2 / 3) {
                hangUp("no answer");
            } else if (isReady()) {
                pingIfDue(now);
                work.step();
            }
        }
        world.time.after(
                chance.between(world.settings.thinkNanos() / 4, world.settings.thinkNanos() * 2),
                this::act);
    }

    private int negotiated() {
        return negotiatedMillis > 0 ? negotiatedMillis : timeoutMillis;
    }

    private void connect() {
        ServerHost to = chance.of(world.allServers());
        Life life = to.life();
        if (life == null
                || world.network.isCut(place, to.id)
                || world.network.isCut(to.id, place)) {
            return;
        }
        Wire opened = world.network.connect(place, this, to.id, life.clients());
        world.tell("%s connects to server %d", this, to.id);
        wire = opened;
        server = to;
        greeted = false;
        partial = new byte[0];
        heardNanos = world.time.nowNanos();
        life.clients().accept(opened);
        world.network.send(
                opened, place, Ask.connect(sessionId, password, timeoutMillis, lastZxid));
    }

    private void pingIfDue(long now) {
        if (now - sentNanos > negotiated() * Timeline.MILLI / 3) {
            send(XID_PING, Ask.empty(OpCode.PING), "", false, null);
        }
    }

    void hangUp(String why) {
        Wire open = wire;
        if (open != null) {
            world.tell("%s hangs up: %s", this, why);
            world.network.close(open, place);
            lost();
        }
    }

    private void lost() {
        wire = null;
        greeted = false;
        underWay.forEach(request -> {
            // The end of a session that it asked for itself is carried out whoever owns it by then,
            // as
            // in ZooKeeper; a client that has asked for it does not come back but here.
            if (request.xid > 0 && request.type != OpCode.CLOSE_SESSION) {
                unanswered.add(request.xid);
            }
        });
        underWay.clear();
        if (lasting != null) {
            lasting.unset();
        }
        if (closing) {
            closing = false;
        }
    }

    /** Does nothing for a while, as if the process stood still. */
    void beSilent(long nanos) {
        silentUntilNanos = world.time.nowNanos() + nanos;
    }

    /** Works no more, but goes on pinging while told to. */
    void calmDown() {
        work.stop();
        silentUntilNanos = 0;
    }

    void retire() {
        retired = true;
    }

    // ---- sending

    int nextXid() {
        return ++xid;
    }

    void send(Request request, String path, boolean watch) {
        send(nextXid(), request, path, watch, null);
    }

    void send(
            int withXid,
            Request request,
            String path,
            boolean watch,
            @Nullable LastingWatch newLasting) {
        send(withXid, Ask.frame(withXid, request), request.type(), path, watch, newLasting);
    }

    void send(
            int withXid,
            byte[] frame,
            int type,
            String path,
            boolean watch,
            @Nullable LastingWatch newLasting) {
        send(withXid, frame, type, path, watch, newLasting, false);
    }

    /** Sends what must be refused. */
    void sendMalformed(int withXid, byte[] frame, int type) {
        send(withXid, frame, type, "", false, null, true);
    }

    private void send(
            int withXid,
            byte[] frame,
            int type,
            String path,
            boolean watch,
            @Nullable LastingWatch newLasting,
            boolean malformed) {
        Wire open = wire;
        if (open == null) {
            return;
        }
        sentNanos = world.time.nowNanos();
        Pending before = underWay.peekLast();
        long shown =
                type == OpCode.SYNC && !malformed
                        ? world.seen.shownZxid()
                        : before == null ? 0 : before.shownZxid;
        underWay.add(
                new Pending(
                        withXid,
                        type,
                        path,
                        watch,
                        sentNanos,
                        world.seen.writtenZxid(),
                        shown,
                        newLasting,
                        malformed));
        if (newLasting != null) {
            lasting = newLasting;
        }
        if (type == OpCode.CLOSE_SESSION) {
            closing = true;
        }
        world.network.send(open, place, frame);
    }

    // ---- hearing

    @Override
    public void closed(Wire which) {
        if (which == wire) {
            lost();
        }
    }

    @Override
    public void received(Wire from, byte[] bytes) {
        if (from != wire) {
            return;
        }
        byte[] all = bytes;
        if (partial.length > 0) {
            all = Arrays.copyOf(partial, partial.length + bytes.length);
            System.arraycopy(bytes, 0, all, partial.length, bytes.length);
        }
        heardNanos = world.time.nowNanos();
        int at = 0;
        while (all.length - at >= 4 && from == wire) {
            int length = new JuteIn().wrap(all, at, at + 4).readInt();
            if (all.length - at - 4 < length) {
                break;
            }
            JuteIn in = new JuteIn().wrap(all, at + 4, at + 4 + length);
            at += 4 + length;
            if (greeted) {
                heard(in);
            } else {
                greeted(in);
            }
        }
        partial = Arrays.copyOfRange(all, at, all.length);
    }

    private void greeted(JuteIn in) {
        ConnectResponse response = new ConnectResponse().read(in);
        if (response.sessionId == 0) {
            world.tell("%s: session 0x%x is over", this, sessionId);
            world.marks.add("session found over");
            forgetSession();
            hangUp("the session is over");
            return;
        }
        if (sessionId != 0 && response.sessionId != sessionId) {
            throw new SimulationFailure(
                    "%s asked for session 0x%x and got 0x%x", this, sessionId, response.sessionId);
        }
        if (sessionId != 0) {
            world.marks.add("session moved or renewed");
        }
        sessionId = response.sessionId;
        password = response.password.copy();
        negotiatedMillis = response.timeoutMillis;
        readOnly = response.readOnly;
        greeted = true;
        connectedNanos = world.time.nowNanos();
        renewWatches();
    }

    private void forgetSession() {
        sessionId = 0;
        password = new byte[16];
        negotiatedMillis = 0;
        lastZxid = 0;
        unanswered.clear();
        watches.clear();
        lasting = null;
    }

    private void renewWatches() {
        LastingWatch kept = lasting;
        if (watches.isEmpty() && kept == null) {
            return;
        }
        watches.beginCatchUp();
        List<String> none = List.of();
        List<String> one = kept == null ? none : List.of(kept.path);
        Request request =
                Ask.setWatches(
                        lastZxid,
                        watches.paths(OneShotWatches.On.DATA),
                        watches.paths(OneShotWatches.On.ABSENCE),
                        watches.paths(OneShotWatches.On.CHILDREN),
                        kept != null && !kept.recursive ? one : none,
                        kept != null && kept.recursive ? one : none);
        send(XID_SET_WATCHES, request, "", false, kept);
    }

    private void heard(JuteIn in) {
        ReplyHeader header = new ReplyHeader().read(in);
        if (header.xid == ReplyHeader.XID_EVENT) {
            event(header, new WatcherEvent().read(in));
            return;
        }
        Pending request = underWay.poll();
        if (request == null || request.xid != header.xid) {
            throw new SimulationFailure(
                    "%s is answered %d, but %s was next", this, header.xid, request);
        }
        answered++;
        if (header.zxid > 0 && request.xid != XID_PING) {
            shown(header.zxid);
            settle(header.zxid);
        }
        if (request.xid == XID_SET_WATCHES) {
            watches.endCatchUp(header.zxid, world.order.isWhole());
        }
        if (request.lasting != null && header.err == ErrorCode.OK) {
            request.lasting.set(header.zxid);
        }
        check(request, header, in);
        world.trace.mix(header.zxid ^ header.err ^ place << 48);
    }

    /**
     * The first that is shown behind a return says for good what came of the writes that had no
     * answer before it. What one server alone decides for its own sessions is left out.
     */
    private void settle(long zxid) {
        if (!unanswered.isEmpty() && !isLocal() && !readOnly) {
            world.order.settled(sessionId, unanswered, zxid);
            unanswered.clear();
            world.marks.add("writes without an answer settled by a return");
        }
    }

    private void shown(long zxid) {
        if (zxid < lastZxid) {
            throw new SimulationFailure(
                    "%s in session 0x%x is shown 0x%x after 0x%x", this, sessionId, zxid, lastZxid);
        }
        lastZxid = zxid;
        if (world.order.isWhole()) {
            watches.shown(zxid);
            if (lasting != null) {
                lasting.shown(zxid);
            }
        }
        world.seen.shown(zxid);
    }

    private void event(ReplyHeader header, WatcherEvent event) {
        world.marks.add("event");
        if (header.zxid > 0) {
            if (header.zxid < lastZxid) {
                throw new SimulationFailure(
                        "%s hears of 0x%x after it was shown 0x%x", this, header.zxid, lastZxid);
            }
        }
        if (!world.order.isWhole()) {
            return;
        }
        String path = event.path.text();
        boolean known = watches.fired(event.type, path, header.zxid);
        if (lasting != null) {
            known |= lasting.fired(event.type, path, header.zxid);
        }
        boolean lastingIsNew = lasting != null && !lasting.isSet();
        if (!known && !lastingIsNew) {
            throw new SimulationFailure(
                    "%s is told of event %d on %s at 0x%x, which it did not ask for or which did not happen",
                    this, event.type, path, header.zxid);
        }
    }

    // ---- checking answers

    private void check(Pending request, ReplyHeader header, JuteIn in) {
        if (request.malformed) {
            checkRefused(request, header);
            return;
        }
        switch (request.type) {
            case OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI,
                    OpCode.RECONFIG ->
                    checkWrite(request, header, in);
            case OpCode.CLOSE_SESSION -> closedSession(request, header);
            case OpCode.EXISTS, OpCode.GET_DATA, OpCode.GET_CHILDREN2 ->
                    checkRead(request, header, in);
            default -> {}
        }
    }

    private void checkRefused(Pending request, ReplyHeader header) {
        if (header.err == ErrorCode.OK) {
            throw new SimulationFailure(
                    "%s is told that its request %d of type %d is done, which nobody can decode",
                    this, request.xid, request.type);
        }
        world.order.answered(sessionId, request.xid, header.zxid, header.err);
        world.marks.add("malformed request refused");
    }

    private void checkWrite(Pending request, ReplyHeader header, JuteIn in) {
        // A multi that fails says so in its results, not in its header.
        boolean failed =
                header.err != ErrorCode.OK
                        || request.type == OpCode.MULTI && in.readInt() == OpCode.ERROR;
        if (failed) {
            world.order.answered(
                    sessionId, request.xid, header.zxid, ErrorCode.RUNTIME_INCONSISTENCY);
            world.marks.add("write refused");
            return;
        }
        world.order.answered(sessionId, request.xid, header.zxid, ErrorCode.OK);
        if (header.zxid <= request.writtenZxid) {
            throw new SimulationFailure(
                    "%s wrote at 0x%x, but 0x%x was acknowledged before it asked",
                    this, header.zxid, request.writtenZxid);
        }
        world.marks.add("write acknowledged");
        world.seen.written(header.zxid);
    }

    private void closedSession(Pending request, ReplyHeader header) {
        if (header.err == ErrorCode.OK) {
            if (!isLocal()) {
                world.order.answered(sessionId, request.xid, header.zxid, ErrorCode.OK);
            } else if (world.order.isWhole() && world.znodes.sessions().contains(sessionId)) {
                throw new SimulationFailure(
                        "%s is told that its session 0x%x is closed, but only its server knows",
                        this, sessionId);
            }
            world.marks.add("session closed");
            forgetSession();
            hangUp("the session is closed");
        }
    }

    private boolean isLocal() {
        return world.settings.localSessions();
    }

    private void checkRead(Pending request, ReplyHeader header, JuteIn in) {
        if (header.zxid < request.shownZxid) {
            throw new SimulationFailure(
                    "%s is shown 0x%x behind a sync; 0x%x was seen before it asked",
                    this, header.zxid, request.shownZxid);
        }
        if (request.shownZxid > 0) {
            world.marks.add("read behind a sync");
        }
        boolean found = header.err == ErrorCode.OK;
        if (!found && header.err != ErrorCode.NO_NODE || !world.order.isWhole()) {
            return;
        }
        Znodes.Change is = world.znodes.at(request.path, header.zxid);
        if (found != (is != null && is.exists())) {
            throw new SimulationFailure(
                    "%s is told that %s %s at 0x%x; it is %s",
                    this, request.path, found ? "is there" : "is not there", header.zxid, is);
        }
        if (found && is != null) {
            checkStat(request, header, in, is);
        }
        if (request.watch) {
            setWatch(request, header.zxid, found);
        }
    }

    private void checkStat(Pending request, ReplyHeader header, JuteIn in, Znodes.Change is) {
        if (request.type == OpCode.GET_DATA) {
            byte[] data = in.readBuffer();
            int hash = data == null ? 0 : Arrays.hashCode(data);
            if (hash != is.dataHash()) {
                throw new SimulationFailure(
                        "%s is shown other data of %s at 0x%x than was written: %s",
                        this, request.path, header.zxid, is);
            }
        } else if (request.type == OpCode.GET_CHILDREN2) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                in.skipSlice();
            }
        }
        Stat stat = new Stat().read(in);
        boolean same =
                stat.czxid == is.czxid()
                        && stat.mzxid == is.mzxid()
                        && stat.pzxid == is.pzxid()
                        && stat.version == is.version()
                        && stat.childCount == is.children()
                        && stat.ephemeralOwner == is.owner();
        if (!same) {
            throw new SimulationFailure(
                    "%s is shown %s at 0x%x with czxid %x, mzxid %x, pzxid %x, version %d, %d children, owner %x; it is %s",
                    this,
                    request.path,
                    header.zxid,
                    stat.czxid,
                    stat.mzxid,
                    stat.pzxid,
                    stat.version,
                    stat.childCount,
                    stat.ephemeralOwner,
                    is);
        }
    }

    private void setWatch(Pending request, long zxid, boolean found) {
        if (request.type == OpCode.GET_CHILDREN2) {
            if (found) {
                watches.set(OneShotWatches.On.CHILDREN, request.path, zxid);
            }
        } else if (found) {
            watches.set(OneShotWatches.On.DATA, request.path, zxid);
        } else if (request.type == OpCode.EXISTS) {
            watches.set(OneShotWatches.On.ABSENCE, request.path, zxid);
        }
    }

    // ---- expiry

    /** The leader has ended a session by itself. */
    void expired(long which, long zxid) {
        if (which != sessionId || sessionId == 0) {
            return;
        }
        world.tell("%s: session 0x%x expires at 0x%x", this, which, zxid);
        long timeoutNanos = negotiated() * Timeline.MILLI;
        long now = world.time.nowNanos();
        boolean wasThere =
                isReady()
                        && now - connectedNanos > timeoutNanos
                        && now - heardNanos < timeoutNanos / 2
                        && now - silentUntilNanos > timeoutNanos;
        if (wasThere && mustLive()) {
            throw new SimulationFailure(
                    "session 0x%x of %s expires at 0x%x, although it, its server and a quorum have been well for long",
                    which, this, zxid);
        }
    }

    /** Have this client's server and a quorum been well for so long that its session must live? */
    boolean mustLive() {
        ServerHost host = server;
        long enoughNanos = 2L * negotiated() * Timeline.MILLI + 2 * Timeline.SECOND;
        return host != null && world.calm.nanos(place, host) > enoughNanos;
    }

    @Override
    public String toString() {
        return "client " + (place - PLACES);
    }
}

package org.quorate.zab;

import java.util.LinkedHashMap;
import java.util.Map;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.ForwardedRequest;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;
import org.quorate.protocol.peer.TouchTable;

/**
 * A follower's observers (peer protocol §6.6): it brings them to what it has applied, tells them
 * what is committed, and passes between them and the leader what only the leader can answer.
 *
 * <p>A request that would harm a leader is not passed on. In its place goes one of the same session
 * and cxid that every leader refuses in a transaction, so that the observer's client is answered.
 */
final class ObserverMaster implements LearnerMaster {
    /** Sessions touched behind observers between two PINGs of the leader, at most. */
    static final int TOUCHES_MAX = 1_000_000;

    private final Server server;
    private final Following follower;
    private final LearnerLinks observers;
    private final Slice txn = new Slice();
    private final Slice packetData = new Slice();
    private final JuteOut data = new JuteOut();
    private final JuteOut packet = new JuteOut();
    private final ForwardedRequest forwarded = new ForwardedRequest();
    private final Map<Long, Integer> touches = new LinkedHashMap<>();
    private long nextPingNanos;

    /** The epoch that all observers were told. */
    private long toldEpoch;

    ObserverMaster(Server server, Following follower) {
        this.server = server;
        this.follower = follower;
        this.observers = new LearnerLinks(server, this);
    }

    // ---- what the follower tells

    void begin() {
        server.peers.acceptObservers(true);
    }

    void end() {
        server.peers.acceptObservers(false);
        observers.closeAll();
    }

    int syncedObservers() {
        return observers.syncedObservers();
    }

    void connected(long link, String address) {
        observers.connected(link, address);
    }

    /** Bytes came in; nothing happens if the link is not an observer's. */
    void received(long link, byte[] bytes, int from, int to) {
        LearnerLink observer = observers.on(link);
        if (observer != null) {
            observer.lastHeardNanos = server.nowNanos;
            observer.received(bytes, from, to);
        }
    }

    void closed(long link) {
        LearnerLink observer = observers.on(link);
        if (observer != null) {
            observers.remove(observer);
        }
    }

    void time() {
        observers.dropSilent();
        if (server.nowNanos >= nextPingNanos) {
            nextPingNanos = server.nowNanos + server.tickNanos() / 2;
            for (int i = 0; i < observers.count(); i++) {
                if (observers.at(i).is(LearnerLink.Phase.SYNCING)) {
                    observers.at(i).ping(server.ledger.lastZxid(), server.nowNanos);
                }
            }
        }
    }

    void endTurn() {
        long next = server.ledger.nextToApply();
        if (server.currentEpoch > toldEpoch
                && (next < 0 || Zxid.epoch(next) >= server.currentEpoch)) {
            toldEpoch = server.currentEpoch;
            for (LearnerLink observer : observers.copy()) {
                if (observer.is(LearnerLink.Phase.SYNCING)) {
                    enters(observer, toldEpoch);
                }
            }
        }
        for (int i = 0; i < observers.count(); i++) {
            observers.at(i).link.flush();
        }
    }

    /**
     * The transaction at a place was committed and applied.
     *
     * @param designated who leads from now on, if it is a reconfig; −1 if not
     */
    void committed(long place, long designated) {
        long zxid = server.ledger.window().zxid(place);
        for (LearnerLink observer : observers.copy()) {
            if (!observer.is(LearnerLink.Phase.SYNCING) || place < observer.committedTo) {
                continue;
            }
            if (!enters(observer, Zxid.epoch(zxid))) {
                continue;
            }
            server.ledger.window().txn(place, txn);
            if (designated < 0) {
                observer.inform(zxid, txn);
            } else {
                observer.informAndActivate(zxid, designated, txn, data);
            }
        }
    }

    /** Tells an observer the epoch if it does not know it; false if it can only learn it anew. */
    private boolean enters(LearnerLink observer, long epoch) {
        if (epoch > observer.epoch) {
            if (!observer.can(Capabilities.EPOCH_ROLL_OVER)) {
                drop(observer, "the epoch has changed, which it can only learn anew");
                return false;
            }
            observer.tellEpoch(epoch);
        }
        return true;
    }

    /** The leader asks for the promise of an epoch to go on in. */
    void askPromise(long next) {
        for (int i = 0; i < observers.count(); i++) {
            LearnerLink observer = observers.at(i);
            if (observer.is(LearnerLink.Phase.SYNCING)
                    && observer.can(Capabilities.EPOCH_ROLL_OVER)) {
                observer.askPromise(next);
            }
        }
    }

    /** Writes the sessions touched behind observers since the last call. */
    void touchTable(JuteOut out) {
        touches.forEach(
                (sessionId, timeoutMillis) -> TouchTable.writeEntry(out, sessionId, timeoutMillis));
        touches.clear();
    }

    /** The leader has answered the sync that came in on this link. */
    void synced(long link) {
        LearnerLink observer = observers.on(link);
        if (observer != null) {
            observer.link.write(PacketType.SYNC, 0);
        }
    }

    /** The leader has said whether a session lives, of which the link asked. */
    void revalidated(long link, Revalidation answer) {
        LearnerLink observer = observers.on(link);
        if (observer != null) {
            data.clear();
            Revalidation.writeAnswer(data, answer.sessionId, answer.valid);
            observer.link.write(PacketType.REVALIDATE, -1, written());
        }
    }

    // ---- what observers do

    @Override
    public long extras() {
        return server.options.extras() & Capabilities.EPOCH_ROLL_OVER;
    }

    @Override
    public boolean has(LearnerLink observer) {
        return follower.stands() && observers.on(observer.link.id) == observer;
    }

    @Override
    public void drop(LearnerLink observer, String why) {
        observers.drop(observer, why);
    }

    @Override
    public void lost() {}

    @Override
    public void introduced(LearnerLink observer, LearnerInfo info) {
        if (observer.isFollower || observer.isOld) {
            drop(observer, "only observers of today are served on this port");
        } else if (observers.admit(observer, info, server.currentEpoch)) {
            observer.phase = LearnerLink.Phase.TOLD_EPOCH;
            data.clear();
            new LeaderInfo(LeaderInfo.PROTOCOL_VERSION, observer.capabilities).write(data);
            observer.link.write(PacketType.LEADER_INFO, epochZxid(), written());
        }
    }

    @Override
    public void promised(LearnerLink observer) {
        Ledger ledger = server.ledger;
        long committedTo = ledger.applied();
        long lastZxid = Math.max(ledger.lastAppliedRecord(), epochZxid());
        if (!new Synchronisation(server, observers, committedTo, lastZxid).bring(observer)) {
            return;
        }
        server.tally.brings(observer.takesState);
        observer.committedTo = committedTo;
        packetData.set(Slice.of(server.config().text()));
        observer.link.write(PacketType.NEW_LEADER, epochZxid(), packetData);
        observer.phase = LearnerLink.Phase.SYNCING;
        observer.epoch = server.currentEpoch;
    }

    @Override
    public long epochZxid() {
        return Zxid.of(server.currentEpoch, 0);
    }

    @Override
    public void synced(LearnerLink observer) {
        observer.link.write(PacketType.UP_TO_DATE, -1);
        observer.phase = LearnerLink.Phase.ACTIVE;
    }

    @Override
    public void acked(LearnerLink observer, long zxid) {
        if (Zxid.counter(zxid) != 0) {
            drop(observer, "it acknowledges 0x%s as an observer".formatted(Zxid.hex(zxid)));
        }
    }

    @Override
    public void proved() {}

    @Override
    public void touched(LearnerLink observer, long sessionId, int timeoutMillis) {
        if (touches.size() < TOUCHES_MAX) {
            touches.put(sessionId, timeoutMillis);
        }
    }

    @Override
    public void forwarded(LearnerLink observer, QuorumPacket request) {
        try {
            forwarded.read(request.data);
        } catch (JuteException e) {
            drop(observer, "it forwards a request without a head: " + e.getMessage());
            return;
        }
        packet.clear();
        if (server.state.isHarmless(request)) {
            request.write(packet);
        } else {
            writeRefusable();
        }
        follower.passOn(
                packet.array(),
                packet.size(),
                forwarded.type == OpCode.SYNC ? observer.link.id : Questions.NOBODY);
    }

    /** A multi without a body: no leader can decode it, and every leader survives that. */
    private void writeRefusable() {
        int at = QuorumPacket.begin(packet, PacketType.REQUEST, -1);
        packet.writeLong(forwarded.sessionId).writeInt(forwarded.cxid).writeInt(OpCode.MULTI);
        QuorumPacket.end(packet, at, Questions.NO_IDS);
    }

    @Override
    public void revalidate(LearnerLink observer, Revalidation question) {
        follower.revalidateFor(
                observer.link.id, question.sessionId, question.timeoutMillis, question.stays);
    }

    private Slice written() {
        return packetData.set(data.array(), 0, data.size());
    }
}

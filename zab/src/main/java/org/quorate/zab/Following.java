package org.quorate.zab;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;

/**
 * A learner in service (peer protocol §6): it logs and acknowledges what its leader proposes,
 * applies what that commits, answers PINGs, passes on what clients and observers ask, and goes with
 * the leader into another epoch or to another leader. Begins behind UPTODATE and ends with its
 * {@link Learning}. Owned by the core thread.
 */
final class Following {
    private final Server server;
    private final Ledger ledger;
    private final Learning learning;
    private final long leader;
    private final Link link;
    private final boolean isObserver;
    private final Capabilities capabilities;
    private final Txns txns;
    private final JuteIn in = new JuteIn();
    private final JuteOut data = new JuteOut();
    private final Slice slice = new Slice();
    private final Revalidation revalidation = new Revalidation();
    private final Questions questions = new Questions();

    /** Who asked whether a session lives, in order: links of observers, or this server itself. */
    private final ArrayDeque<Long> revalidations = new ArrayDeque<>();

    /** Serves observers while this server follows; null if it is not to. */
    private final @Nullable ObserverMaster master;

    private long epoch;

    /** Behind the last place acknowledged to the leader. */
    private long ackedTo;

    /** The heir that the leader has named; null if it has not. */
    private @Nullable NextLeader nextLeader;

    /**
     * @param link to whom this server learns from
     * @param capabilities what both can do
     * @param ackedTo behind the last place that the leader knows to be on disk here
     */
    Following(
            Server server,
            Learning learning,
            long leader,
            Link link,
            boolean isObserver,
            Capabilities capabilities,
            Txns txns,
            long epoch,
            long ackedTo) {
        this.server = server;
        this.ledger = server.ledger;
        this.learning = learning;
        this.leader = leader;
        this.link = link;
        this.isObserver = isObserver;
        this.capabilities = capabilities;
        this.txns = txns;
        this.epoch = epoch;
        this.ackedTo = ackedTo;
        boolean isMaster = server.options.observers().masters() && !isObserver;
        this.master = isMaster ? new ObserverMaster(server, this) : null;
    }

    // ---- beginning and end

    void begin() {
        ask();
        if (master != null) {
            master.begin();
        }
    }

    void end() {
        if (master != null) {
            master.end();
        }
        if (nextLeader != null) {
            nextLeader.end();
        }
    }

    /** Is this what the server does now? */
    boolean stands() {
        return server.stands(learning);
    }

    long epoch() {
        return epoch;
    }

    long contactNanos() {
        return questions.contactNanos();
    }

    void time() {
        if (questions.isTimeToAsk(server.nowNanos, server.tickNanos())) {
            ask();
        }
        if (master != null) {
            master.time();
        }
    }

    void endTurn() {
        if (nextLeader != null) {
            nextLeader.endTurn();
        }
        if (master != null) {
            master.endTurn();
        }
    }

    // ---- what the leader sends

    void packet(QuorumPacket packet) {
        switch (packet.type) {
            case PacketType.PROPOSAL -> proposal(packet.zxid, packet.data);
            case PacketType.COMMIT -> commit(packet.zxid, -1);
            case PacketType.COMMIT_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                learning.activate(commit(packet.zxid, designated), designated);
            }
            case PacketType.INFORM -> {
                proposal(packet.zxid, packet.data);
                commit(packet.zxid, -1);
            }
            case PacketType.INFORM_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                slice.set(in.array(), in.position(), in.remaining());
                proposal(packet.zxid, slice);
                learning.activate(commit(packet.zxid, designated), designated);
            }
            case PacketType.PING -> pong(packet.zxid);
            case PacketType.REVALIDATE -> revalidated(packet);
            case PacketType.SYNC -> synced(packet);
            case PacketType.UP_TO_DATE -> {}
            case PacketType.HAND_OVER -> handOver(packet);
            case PacketType.ROLL_OVER -> rollOver(packet);
            case PacketType.HEIR -> heir(packet);
            default -> throw learning.unexpected(packet);
        }
    }

    private void proposal(long zxid, Slice txn) {
        long last = ledger.lastRecord();
        boolean follows =
                zxid == last + 1
                        && (Zxid.epoch(zxid) == epoch
                                || capabilities.has(Capabilities.EPOCH_ROLL_OVER));
        boolean begins = Zxid.epoch(zxid) == epoch && Zxid.epoch(last) < epoch;
        if (!follows && !begins) {
            throw new PeerFault(
                    "it proposes 0x%s behind 0x%s".formatted(Zxid.hex(zxid), Zxid.hex(last)));
        }
        if (txns.check(zxid, txn) == OpCode.RECONFIG) {
            server.propose(Txns.configIn(txn));
        }
        ledger.append(zxid, txn);
    }

    /**
     * Commits what is next; see {@link CatchUp#commit}.
     *
     * @param designated who leads from now on, if it is a reconfig; −1 if not
     */
    private @Nullable EnsembleConfig commit(long zxid, long designated) {
        if (ledger.nextToApply() != zxid) {
            if (zxid <= ledger.lastAppliedRecord()) {
                return null;
            }
            throw new PeerFault(
                    "it commits 0x%s, but next is 0x%s"
                            .formatted(Zxid.hex(zxid), Zxid.hex(ledger.nextToApply())));
        }
        EnsembleConfig config = null;
        long place = ledger.applied();
        if (ledger.window().type(place) == OpCode.RECONFIG) {
            ledger.window().txn(place, slice);
            config = Txns.configIn(slice);
        }
        ledger.applyNext();
        if (master != null) {
            master.committed(place, designated);
        }
        ledger.trim();
        return config;
    }

    /** The log is on disk farther than before. */
    void journaled() {
        if (isObserver || ackedTo >= ledger.durable()) {
            return;
        }
        if (capabilities.has(Capabilities.CUMULATIVE_ACKS)) {
            ackedTo = ledger.durable() - 1;
        }
        while (ackedTo < ledger.durable()) {
            link.write(PacketType.ACK, ledger.window().zxid(ackedTo));
            ackedTo++;
        }
    }

    private void pong(long zxid) {
        data.clear();
        server.state.touchTable(data);
        if (master != null) {
            master.touchTable(data);
        }
        link.write(PacketType.PING, zxid, written());
    }

    // ---- another epoch, another leader

    /** The leader will hand over to this server, or another one, in an epoch of its own. */
    private void heir(QuorumPacket packet) {
        long next = Zxid.epoch(packet.zxid);
        if (!capabilities.has(Capabilities.NAMED_HEIR)
                || nextLeader != null
                || !isPromisable(next)) {
            throw learning.unexpected(packet);
        }
        long heir = in.wrap(packet.data).readLong();
        NextLeader named = new NextLeader(server, heir, next);
        nextLeader = named;
        server.accept(
                next,
                heir,
                learning,
                () -> {
                    named.promised();
                    link.write(PacketType.ACK, Zxid.of(next, 0));
                });
    }

    private void handOver(QuorumPacket packet) {
        if (!capabilities.has(Capabilities.LEADERSHIP_HANDOVER)) {
            throw learning.unexpected(packet);
        }
        long next = in.wrap(packet.data).readLong();
        long promisedEpoch = in.remaining() > 0 ? in.readLong() : -1;
        // Behind all commits: then nobody has more of this epoch, or ever will.
        boolean hasAll = ledger.nextToApply() < 0 && ledger.lastZxid() == packet.zxid;
        if (!server.config().isVoter(next)) {
            learning.giveUp("it hands over to %d, which is no voter".formatted(next));
            return;
        }
        server.state.notice(
                "leader %d hands epoch %d over to server %d".formatted(leader, epoch, next));
        if (nextLeader == null || !nextLeader.begin(next, promisedEpoch, hasAll)) {
            learning.followInstead(next);
        }
    }

    /** The leader goes on in another epoch: first it asks for the promise, then it has begun. */
    private void rollOver(QuorumPacket packet) {
        long next = Zxid.epoch(packet.zxid);
        boolean asks = packet.data.isNull();
        if (!capabilities.has(Capabilities.EPOCH_ROLL_OVER)
                || (asks ? !isPromisable(next) : next <= epoch)
                || !asks && next > server.acceptedEpoch) {
            throw learning.unexpected(packet);
        }
        if (asks) {
            if (master != null) {
                master.askPromise(next);
            }
            server.accept(
                    next, leader, learning, () -> link.write(PacketType.ACK, Zxid.of(next, 0)));
        } else {
            epoch = next;
            server.rollTo(next);
        }
    }

    private boolean isPromisable(long next) {
        return next > server.acceptedEpoch
                && next <= server.acceptedEpoch + Server.EPOCHS_AHEAD_MAX;
    }

    // ---- questions

    /** Asks whether the leader still leads, and has read what was sent to it before. */
    private void ask() {
        questions.asks(server.nowNanos);
        data.clear();
        Questions.write(data);
        link.writeRaw(data.array(), 0, data.size());
        server.state.touchesAsked();
    }

    private void synced(QuorumPacket packet) {
        long asker = questions.answered();
        if (asker == Questions.NOBODY) {
            throw learning.unexpected(packet);
        } else if (asker == Questions.CLIENT) {
            server.state.synced();
        } else if (asker == Questions.SELF) {
            server.state.touchesRead(learning.isServedByLeader());
        } else if (master != null) {
            master.synced(asker);
        }
    }

    // ---- for the replica and for observers

    /** Passes a client's request on. */
    void forward(byte[] packet, int from, int length) {
        questions.forwards(packet, from);
        link.writeRaw(packet, from, length);
    }

    /** Asks for this server itself whether a session lives. */
    void revalidate(long sessionId, int timeoutMillis, boolean stays) {
        revalidateFor(Questions.SELF, sessionId, timeoutMillis, stays);
    }

    /**
     * Passes a request of an observer on.
     *
     * @param syncOf the observer's link if it is a sync, else {@link Questions#NOBODY}
     */
    void passOn(byte[] packet, int length, long syncOf) {
        if (syncOf != Questions.NOBODY) {
            questions.passesOn(syncOf);
        }
        link.writeRaw(packet, 0, length);
    }

    /** Asks for an observer, or for this server itself. */
    void revalidateFor(long asker, long sessionId, int timeoutMillis, boolean stays) {
        revalidations.add(asker);
        data.clear();
        Revalidation.writeQuestion(data, sessionId, timeoutMillis, stays);
        link.write(PacketType.REVALIDATE, -1, written());
    }

    private void revalidated(QuorumPacket packet) {
        Long asker = revalidations.poll();
        if (asker == null) {
            throw learning.unexpected(packet);
        }
        revalidation.readAnswer(packet.data);
        if (asker == Questions.SELF) {
            server.state.revalidated(revalidation.sessionId, revalidation.valid);
        } else if (master != null) {
            master.revalidated(asker, revalidation);
        }
    }

    int syncedObservers() {
        return master == null ? 0 : master.syncedObservers();
    }

    // ---- links other than the leader's: those of observers, and of or to the heir

    void dialFailed(long attempt) {
        if (nextLeader != null) {
            nextLeader.failed(attempt);
        }
    }

    /** Was it the dial to the heir? Then this server is to say who it is there. */
    @Nullable Link opened(long attempt, long opened) {
        return nextLeader == null ? null : nextLeader.opened(attempt, opened);
    }

    /** Somebody has connected to learn from this server; false if that is not to be. */
    boolean connected(long learner, String remoteAddress) {
        if (nextLeader != null && nextLeader.connected(learner, remoteAddress)) {
            return true;
        }
        if (master != null) {
            master.connected(learner, remoteAddress);
            return true;
        }
        return false;
    }

    void received(long on, byte[] bytes, int from, int to) {
        if (nextLeader != null) {
            nextLeader.received(on, bytes, from, to);
        }
        if (master != null) {
            master.received(on, bytes, from, to);
        }
    }

    void closed(long other) {
        if (nextLeader != null) {
            nextLeader.closed(other);
        }
        if (master != null) {
            master.closed(other);
        }
    }

    private Slice written() {
        return slice.set(data.array(), 0, data.size());
    }
}

package org.quorate.zab;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;

/**
 * This server leads, or tries to (peer protocol §5.2, §6): it finds an epoch that a quorum has not
 * promised to anybody else ({@link Discovery}), brings the learners to its history ({@link
 * Synchronisation}), and then proposes ({@link Broadcast}). A standalone server does so alone and
 * at once, in the epoch it is in.
 *
 * <p>The path of a write: {@link #propose} puts it into the ledger; {@link #endTurn} sends it
 * ({@link Dispatch#proposals}) while the own log writes it; {@link #acked} and {@link #journaled}
 * say who has it on disk ({@link Acknowledgements}); {@link Broadcast#acked} commits what a quorum
 * has; {@link #committed} tells the learners.
 */
final class Leading implements Standing, LearnerMaster, Broadcast.Learners {
    /** How far the leader has come; each step is taken once, in this order. */
    enum Phase {
        /**
         * Another server leads; learners are told the epoch that this one, its heir, will begin.
         */
        HEIR,
        /** Learners introduce themselves until a quorum has; then the epoch is fixed. */
        EPOCH,
        /** The epoch is on its way to disk, then told; learners promise it. */
        PROMISES,
        /** Learners get the history; a quorum must have it on disk. */
        HISTORY,
        SERVING,
        /** Nothing is proposed any more; what is proposed is still committed. */
        HANDING_OVER,
        /** Another server is to lead. */
        LEAVING
    }

    private final Server server;
    private final Ledger ledger;
    private final LearnerLinks learners;
    private final boolean alone;

    private final Slice txn = new Slice();
    private final Slice packetData = new Slice();
    private final JuteOut data = new JuteOut();
    private final Discovery discovery;
    private final Broadcast broadcast;
    private final Acknowledgements acknowledgements;
    private final Proofs proofs;
    private final RollOver rollOver;
    private final Dispatch dispatch;
    private final Succession succession;

    private Phase phase;

    /** The epoch begins behind all of the one before: nothing waits for the disk. */
    private boolean isBehindAll;

    /** Own history and epoch are on disk: the own part of the quorum for NEWLEADER. */
    private boolean ownIsDurable;

    private long deadlineNanos = Long.MAX_VALUE;
    private long nextPingNanos;
    private long sinceNanos;

    /** When a quorum was last in sync. */
    private long inSyncNanos;

    /** Whom to follow behind {@link Phase#LEAVING}; −1 to look. */
    private long successor = -1;

    Leading(Server server) {
        this(server, false, -1);
    }

    private Leading(Server server, boolean alone, long promisedEpoch) {
        this.server = server;
        this.phase = promisedEpoch < 0 ? Phase.EPOCH : Phase.HEIR;
        this.ledger = server.ledger;
        this.learners = new LearnerLinks(server, this);
        this.alone = alone;
        this.discovery = new Discovery(server, this, learners, promisedEpoch);
        this.broadcast = new Broadcast(server, this);
        this.acknowledgements = new Acknowledgements(server, learners);
        this.proofs = new Proofs(server, learners, broadcast);
        this.rollOver = new RollOver(server, this, learners);
        this.dispatch = new Dispatch(ledger, learners, rollOver);
        this.succession = new Succession(server, learners);
    }

    static Leading standalone(Server server) {
        return new Leading(server, true, -1);
    }

    /**
     * As heir of the leader there is, for the epoch that this server and a quorum are to promise
     * it. Learners may introduce themselves before it begins.
     */
    static Leading heir(Server server, long promisedEpoch) {
        return new Leading(server, false, promisedEpoch);
    }

    // ---- beginning and end

    @Override
    public void enter() {
        if (alone) {
            phase = Phase.SERVING;
            broadcast.begin(ledger.lastZxid(), QuorumRule.alone(server.id()));
            server.become(new Role(Role.Kind.LEADING, server.id(), discovery.epoch()));
            return;
        }
        server.peers.acceptLearners(true);
        sinceNanos = server.nowNanos;
        begin(Phase.EPOCH, server.initLimitNanos());
        discovery.begin();
    }

    /** As heir: the own promise is on disk. */
    void promisedToSelf() {
        discovery.promisedToSelf();
    }

    /**
     * As heir: the leader before has let go.
     *
     * @param hasAll whether this server has everything that it has ever proposed, and it is
     *     committed
     */
    void succeed(boolean hasAll) {
        isBehindAll = hasAll;
        server.enter(this);
    }

    @Override
    public void leave() {
        learners.closeAll();
        server.peers.acceptLearners(false);
    }

    @Override
    public PeerState peerState() {
        return PeerState.LEADING;
    }

    Broadcast broadcast() {
        return broadcast;
    }

    boolean is(Phase other) {
        return phase == other;
    }

    boolean isServing() {
        return phase == Phase.SERVING;
    }

    boolean isRollingOver() {
        return rollOver.isUnderWay();
    }

    private boolean isCommitting() {
        return phase == Phase.SERVING || phase == Phase.HANDING_OVER;
    }

    @Override
    public long extras() {
        return server.options.extras();
    }

    /** Is this learner still to be listened to? */
    @Override
    public boolean has(LearnerLink learner) {
        return (server.stands(this) || phase == Phase.HEIR)
                && learners.on(learner.link.id) == learner;
    }

    @Override
    public void drop(LearnerLink learner, String why) {
        learners.drop(learner, why);
    }

    @Override
    public long epochZxid() {
        return Zxid.of(discovery.epoch(), 0);
    }

    /** Takes the next step, which may take so long. */
    void begin(Phase next, long limitNanos) {
        phase = next;
        deadlineNanos = server.nowNanos + limitNanos;
    }

    void giveUp(String why) {
        server.state.notice(
                "stops leading epoch %d while %s: %s".formatted(discovery.epoch(), phase, why));
        server.look(-1);
    }

    // ---- discovery

    @Override
    public void learnerConnected(long link, String remoteAddress) {
        if (phase == Phase.LEAVING) {
            server.peers.close(link);
        } else {
            learners.connected(link, remoteAddress);
        }
    }

    /** A learner has said who it is. */
    @Override
    public void introduced(LearnerLink learner, LearnerInfo info) {
        if (!learners.admit(learner, info, discovery.epoch())) {
            return;
        }
        if (phase == Phase.SERVING
                && !succession.isNamed()
                && learner.acceptedEpoch > discovery.epoch()
                && server.config().member(learner.serverId) != null) {
            rollOver.reachBeyond(learner);
        }
        discovery.introduced(learner);
    }

    /** A learner has promised to follow nobody of a lower epoch. */
    @Override
    public void promised(LearnerLink learner) {
        if (phase == Phase.PROMISES) {
            discovery.promised(learner);
        } else if (phase != Phase.HEIR) {
            synchronise(learner);
        }
    }

    /** A quorum has promised the epoch: begins it, and brings the learners to the history. */
    void beginHistory() {
        begin(Phase.HISTORY, server.initLimitNanos());
        if (server.config().version() == 0 && server.lastSeen().version() == 0) {
            server.propose(server.config().withVersion(epochZxid()));
        }
        if (isBehindAll) {
            server.enterEpochBehindAll(discovery.epoch());
            ownIsDurable = true;
        } else {
            server.enterEpoch(
                    discovery.epoch(),
                    this,
                    () -> {
                        ownIsDurable = true;
                        countSynced();
                    });
        }
        for (LearnerLink learner : learners.copy()) {
            if (learner.phase == LearnerLink.Phase.PROMISED) {
                synchronise(learner);
            }
        }
        countSynced();
    }

    // ---- synchronisation

    private void synchronise(LearnerLink learner) {
        boolean established = phase != Phase.HISTORY;
        long committedTo = established ? ledger.applied() : ledger.end();
        long lastZxid =
                established ? Math.max(ledger.lastAppliedRecord(), epochZxid()) : ledger.lastZxid();
        if (!new Synchronisation(server, learners, committedTo, lastZxid).bring(learner)) {
            return;
        }
        server.tally.brings(learner.takesState);
        if (learner.isFollower) {
            ledger.window().packets(committedTo, ledger.end(), learner.link);
        }
        learner.sentTo = ledger.end();
        learner.committedTo = committedTo;
        learner.ackedTo = committedTo;
        packetData.setNull();
        if (!learner.isOld) {
            EnsembleConfig config = established ? server.config() : server.lastSeen();
            packetData.set(Slice.of(config.text()));
        }
        learner.link.write(PacketType.NEW_LEADER, epochZxid(), packetData);
        learner.epoch = discovery.epoch();
        if (isBehindAll && !established && discovery.isAsFar(learner)) {
            // It has what this epoch begins with, and that is committed: nothing is to be awaited.
            learner.phase = LearnerLink.Phase.SYNCED;
            learner.syncedNanos = learner.toldNanos;
        } else {
            learner.phase = LearnerLink.Phase.SYNCING;
            learner.syncedNanos = server.nowNanos;
        }
    }

    /** A learner has all that it was sent, up to NEWLEADER, on disk. */
    @Override
    public void synced(LearnerLink learner) {
        if (phase == Phase.HISTORY) {
            countSynced();
        } else if (phase != Phase.LEAVING) {
            activate(learner);
            broadcast.acked();
        }
    }

    private void countSynced() {
        if (phase == Phase.HISTORY && ownIsDurable && hasHistory(server.quorum())) {
            serve();
        }
    }

    /**
     * Has a quorum this history on disk? Whoever observes has, too, and may have a vote in a
     * configuration that was only proposed yet, which begins with this leader.
     */
    private boolean hasHistory(QuorumRule quorum) {
        return quorum.isQuorum(voter -> {
            LearnerLink learner = learners.of(voter);
            return voter == server.id() || learner != null && learner.is(LearnerLink.Phase.SYNCED);
        });
    }

    /**
     * Is a quorum connected that has all on disk? Whoever is gone may follow another by now. Who
     * observes acknowledges no transactions, whatever the configuration says, or the next one.
     */
    private boolean isSynced(QuorumRule quorum) {
        return quorum.isQuorum(voter -> {
            LearnerLink learner = learners.of(voter);
            return voter == server.id()
                    || learner != null
                            && learner.isFollower
                            && learner.is(LearnerLink.Phase.SYNCED);
        });
    }

    /** A quorum has this history on disk: it is committed, and this server leads. */
    private void serve() {
        while (ledger.nextToApply() >= 0) {
            ledger.applyNext();
        }
        ledger.beginEpoch(epochZxid());
        ledger.trim();
        server.elections.current = server.elections.current.withPeerEpoch(discovery.epoch());
        EnsembleConfig proposed = server.lastSeen();
        server.commit(proposed);
        begin(Phase.SERVING, 0);
        inSyncNanos = server.nowNanos;
        nextPingNanos = server.nowNanos + server.tickNanos() / 2;
        broadcast.begin(epochZxid(), server.quorum());
        boolean remains = succession.isServedBySelf(proposed);
        if (remains) {
            server.tally.leads(server.nowNanos - sinceNanos);
            server.become(new Role(Role.Kind.LEADING, server.id(), discovery.epoch()));
        }
        for (LearnerLink learner : learners.copy()) {
            if (learner.phase == LearnerLink.Phase.SYNCED) {
                activate(learner);
            }
        }
        if (remains) {
            // The others begin while this server turns to its own clients.
            sendAll();
            server.peers.flush();
        } else {
            leaveTo(-1);
        }
    }

    private void activate(LearnerLink learner) {
        learner.link.write(PacketType.UP_TO_DATE, -1);
        learner.phase = LearnerLink.Phase.ACTIVE;
        learner.proved(learner.syncedNanos);
    }

    /** Null for a server that is alone or does not serve yet. */
    @Nullable Leadership leadership() {
        if (alone || !isCommitting()) {
            return null;
        }
        List<Leadership.Follower> each = new ArrayList<>();
        for (LearnerLink learner : learners.copy()) {
            if (learner.is(LearnerLink.Phase.INTRODUCED)) {
                each.add(learner.describe(server.config().isVoter(learner.serverId)));
            }
        }
        return new Leadership(
                sinceNanos, server.config().voters().size(), broadcast.pendingSyncs(), each);
    }

    // ---- broadcast

    void propose(long zxid, byte[] bytes, int from, int length) {
        if (!alone && Txns.typeOf(bytes, from, length) == OpCode.RECONFIG) {
            server.propose(Txns.configIn(txn.set(bytes, from, length)));
            broadcast.quorum(server.quorum());
        }
        broadcast.propose(zxid, bytes, from, length);
    }

    /** A learner has a transaction, or all up to it, on disk. */
    @Override
    public void acked(LearnerLink learner, long zxid) {
        if (Zxid.counter(zxid) == 0) {
            rollOver.acked(learner, zxid);
            succession.acked(learner, zxid);
        } else if (acknowledgements.acked(learner, zxid)) {
            broadcast.acked();
        }
    }

    @Override
    public long ackedTo(long serverId) {
        return acknowledgements.ackedTo(serverId);
    }

    @Override
    public void committed(long place) {
        if (alone) {
            return;
        }
        if (ledger.window().type(place) == OpCode.RECONFIG && server.options.reconfigEnabled()) {
            reconfigured(place);
        } else {
            dispatch.committed(place);
        }
    }

    /** The new configuration holds, and it may have another leader. */
    private void reconfigured(long place) {
        ledger.window().txn(place, txn);
        EnsembleConfig next = Txns.configIn(txn);
        long designated = succession.designate(next);
        dispatch.reconfigured(place, designated);
        server.commit(next);
        broadcast.settled(server.quorum());
        if (designated != server.id()) {
            leaveTo(designated);
        }
    }

    /** The log is on disk farther than before. */
    @Override
    public void journaled() {
        if (isCommitting()) {
            broadcast.acked();
        }
    }

    @Override
    public void endTurn() {
        if (phase == Phase.SERVING) {
            broadcast.endTurn();
            if (succession.isNamed()) {
                stopServingIfReady();
            } else if (!alone) {
                rollOver.endTurn(discovery.epoch(), broadcast.lastDrawn());
            }
        }
        if (phase == Phase.HANDING_OVER) {
            handOverIfReady();
        }
        sendAll();
    }

    /** Hands over what was collected for the learners, and behind it what was proposed. */
    void sendAll() {
        if (phase == Phase.LEAVING) {
            dispatch.flush();
        } else {
            dispatch.proposals(server.nowNanos);
        }
    }

    // ---- proofs of leadership

    @Override
    public void prove() {
        proofs.ask();
    }

    @Override
    public boolean isProved() {
        return proofs.isComplete();
    }

    @Override
    public void proved() {
        broadcast.proved();
    }

    @Override
    public long contactNanos() {
        return isCommitting() ? proofs.contactNanos() : 0;
    }

    // ---- sessions and requests of learners

    @Override
    public void forwarded(LearnerLink learner, QuorumPacket request) {
        if (phase == Phase.SERVING) {
            server.state.forwarded(learner.serverId, request);
        }
    }

    /** Asks for a client of this server itself whether its session lives. */
    void revalidate(long sessionId, int timeoutMillis) {
        server.state.revalidate(server.id(), sessionId, timeoutMillis, false);
    }

    @Override
    public void revalidate(LearnerLink learner, Revalidation question) {
        if (phase == Phase.SERVING) {
            server.state.revalidate(
                    learner.serverId, question.sessionId, question.timeoutMillis, question.stays);
        }
    }

    @Override
    public void touched(LearnerLink learner, long sessionId, int timeoutMillis) {
        if (phase == Phase.SERVING) {
            server.state.touched(learner.serverId, sessionId, timeoutMillis);
        }
    }

    void revalidated(long learner, long sessionId, boolean valid, boolean back) {
        LearnerLink from = learners.of(learner);
        if (learner == server.id()) {
            broadcast.revalidated(Broadcast.SELF, sessionId, valid, back);
        } else if (from != null) {
            broadcast.revalidated(from.link.id, sessionId, valid, back);
        }
    }

    @Override
    public void answerRevalidation(long link, long sessionId, boolean valid) {
        LearnerLink to = learners.on(link);
        if (to != null && to.phase == LearnerLink.Phase.ACTIVE) {
            data.clear();
            Revalidation.writeAnswer(data, sessionId, valid);
            to.link.write(PacketType.REVALIDATE, -1, written());
        }
    }

    void syncFor(long learner) {
        LearnerLink from = learners.of(learner);
        if (from != null) {
            broadcast.syncFor(from.link.id);
        }
    }

    /** Only on the link it came in on: the learner counts the answers. */
    @Override
    public void answerSync(long link) {
        LearnerLink to = learners.on(link);
        if (to != null) {
            to.link.write(PacketType.SYNC, 0);
        }
    }

    // ---- links and time

    @Override
    public void received(long link, byte[] bytes, int from, int to) {
        LearnerLink learner = learners.on(link);
        if (learner != null && phase != Phase.LEAVING) {
            learner.lastHeardNanos = server.nowNanos;
            learner.received(bytes, from, to);
        }
    }

    @Override
    public void linkClosed(long link) {
        LearnerLink learner = learners.on(link);
        if (learner != null) {
            learners.remove(learner);
            lost();
        }
    }

    /** A learner may be gone: without a quorum this server does not lead, from that moment on. */
    @Override
    public void lost() {
        if (!server.stands(this) || !isCommitting()) {
            return;
        }
        if (isSynced(broadcast.quorum())) {
            inSyncNanos = server.nowNanos;
        }
        if (!hasQuorum()) {
            giveUp("no quorum of voters is connected");
        } else if (server.nowNanos - inSyncNanos
                > server.initLimitNanos() + server.syncLimitNanos()) {
            giveUp("no quorum of voters comes into sync");
        }
    }

    private boolean hasQuorum() {
        return broadcast.quorum().isQuorum(this::isConnected);
    }

    boolean isConnected(long serverId) {
        return serverId == server.id() || learners.of(serverId) != null;
    }

    int syncedObservers() {
        return learners.syncedObservers();
    }

    /** Is a quorum of a configuration connected and in sync? */
    boolean hasSyncedQuorum(EnsembleConfig next) {
        return isSynced(QuorumRule.of(next));
    }

    @Override
    public void time() {
        if (alone) {
            return;
        }
        learners.dropSilent();
        lost();
        if (!server.stands(this)) {
            return;
        }
        switch (phase) {
            case HEIR, EPOCH, PROMISES, HISTORY -> {
                if (server.nowNanos >= deadlineNanos) {
                    giveUp("no quorum in time");
                }
            }
            case SERVING -> pingIfDue();
            case HANDING_OVER -> {
                pingIfDue();
                if (server.nowNanos >= deadlineNanos) {
                    resign();
                }
            }
            case LEAVING -> {
                if (learners.count() == 0 || server.nowNanos >= deadlineNanos) {
                    follow();
                }
            }
        }
    }

    private void pingIfDue() {
        if (server.nowNanos < nextPingNanos) {
            return;
        }
        nextPingNanos = server.nowNanos + server.tickNanos() / 2;
        for (LearnerLink learner : learners.copy()) {
            if (learner.isSlow(server.nowNanos, server.syncLimitNanos())) {
                learners.drop(learner, "it acknowledges nothing of what it is sent");
            } else if (broadcast.isProofUnderWay()) {
                proofs.ask(learner);
            } else if (learner.is(LearnerLink.Phase.SYNCING)) {
                learner.ping(broadcast.lastProposed(), server.nowNanos);
            }
        }
    }

    // ---- another leader

    /** Goes on until the heir is ready, lets what is proposed be committed, and then leaves. */
    void handOver() {
        if (phase != Phase.SERVING || alone || succession.isNamed()) {
            return;
        }
        if (rollOver.isUnderWay() || !succession.name()) {
            stopServing();
        }
    }

    /** Lets what is proposed be committed, and then another server lead. */
    void handOverAtOnce() {
        if (phase == Phase.SERVING && !alone) {
            stopServing();
        }
    }

    private void stopServingIfReady() {
        if (succession.isReady()
                || server.nowNanos >= succession.deadlineNanos()
                || rollOver.isDue(broadcast.lastDrawn())) {
            stopServing();
        }
    }

    private void stopServing() {
        begin(Phase.HANDING_OVER, server.tickNanos());
        broadcast.forgetSyncs();
        server.become(Role.LOOKING);
    }

    /** Is another server to lead instead of this one? */
    boolean isHandingOver() {
        return succession.isNamed() || phase.compareTo(Phase.HANDING_OVER) >= 0;
    }

    private void handOverIfReady() {
        if (ledger.nextToApply() >= 0) {
            return;
        }
        if (!succession.canHandOver()) {
            resign();
            return;
        }
        long heir = succession.heir();
        if (heir >= 0) {
            server.state.notice(
                    "hands epoch %d over to server %d".formatted(discovery.epoch(), heir));
            succession.tell(heir, broadcast.lastProposed());
            leaveTo(heir);
        }
    }

    /** Lets the others elect, without a candidate's vote of this server for a while. */
    private void resign() {
        server.state.notice("resigns from epoch " + discovery.epoch());
        server.enter(Looking.quiet(server, server.tickNanos()));
    }

    private void leaveTo(long next) {
        successor = next;
        broadcast.stop();
        begin(Phase.LEAVING, server.tickNanos());
        if (server.role.isServing()) {
            server.become(Role.LOOKING);
        }
    }

    private void follow() {
        if (successor < 0) {
            server.look(-1);
        } else {
            server.elections.designate(successor);
            server.enter(new Learning(server, successor));
        }
    }

    /** The same leader goes on in the next epoch, which a quorum has promised it. */
    void goOnIn(long next) {
        broadcast.beginEpoch(Zxid.of(next, 0));
        discovery.goOnIn(next);
    }

    private Slice written() {
        return packetData.set(data.array(), 0, data.size());
    }

    // ---- what a leader does not care about

    @Override
    public void linkOpened(long attempt, long link) {
        server.peers.close(link);
    }

    @Override
    public void dialFailed(long attempt, String why) {}
}

package org.quorate.zab;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.PeerState;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;

/**
 * This server learns from a leader, as follower or observer (peer protocol §5.1, §5.5, §6): it
 * dials, promises the epoch, takes over the history and then acknowledges and applies what the
 * leader proposes and commits. Whatever the leader does that the protocol forbids ends it.
 */
final class Learning implements Standing, PacketStream.Reader {
    /** How long a leader that refuses connections is dialled again; it may still be electing. */
    static final long REDIAL_NANOS_MAX = 1_000 * Server.NANOS_PER_MILLI;

    private static final long REDIAL_PAUSE_NANOS_MIN = 5 * Server.NANOS_PER_MILLI;
    private static final long REDIAL_PAUSE_NANOS_MAX = 100 * Server.NANOS_PER_MILLI;

    /** How much of what a master says goes into the log. */
    private static final int REASON_CHARS_MAX = 500;

    /** How far this server has come; each step is taken once, in this order. */
    private enum Phase {
        DIALLING,
        /** FOLLOWERINFO or OBSERVERINFO was sent, LEADERINFO is to come. */
        INTRODUCED,
        /** The promise is on its way to disk. */
        PROMISING,
        /** ACKEPOCH was sent; DIFF, TRUNC or SNAP is to come. */
        PROMISED,
        /** The history comes, up to NEWLEADER. */
        SYNCING,
        /** History and epoch are on their way to disk. */
        STORING,
        /** NEWLEADER was acknowledged, UPTODATE is to come. */
        SYNCED,
        /** Serving. */
        ACTIVE
    }

    private final Server server;
    private final Ledger ledger;
    private final long leader;
    private final boolean isObserver;
    private final Txns txns;
    private final CatchUp catchUp;
    private final PacketStream stream;
    private final JuteIn in = new JuteIn();
    private final JuteOut data = new JuteOut();
    private final Slice slice = new Slice();
    private final Revalidation revalidation = new Revalidation();

    private Phase phase = Phase.DIALLING;
    private long beginNanos;
    private long attempt;
    private long redialAtNanos = Long.MAX_VALUE;
    private long redialPauseNanos = REDIAL_PAUSE_NANOS_MIN;
    private @Nullable Link link;
    private long lastHeardNanos;
    private long epoch;
    private Capabilities capabilities = Capabilities.NONE;

    /** Behind the last place acknowledged to the leader. */
    private long ackedTo;

    private final Questions questions = new Questions();

    /** Who asked whether a session lives, in order: links of observers, or this server itself. */
    private final ArrayDeque<Long> revalidations = new ArrayDeque<>();

    /** Serves observers while this server follows; null if it is not to. */
    private final @Nullable ObserverMaster master;

    /** What is ready to lead next; null unless the leader has named this server its heir. */
    private @Nullable Heirship heirship;

    /** The way to another server that the leader has named its heir; null if there is none. */
    private @Nullable Approach approach;

    /**
     * The epoch that is entered without waiting for the disk, see {@link
     * Server#enterEpochBehindAll}; −1 for none.
     */
    private final long epochBehindAll;

    /** Whom to dial: the leader, or as an observer voters in turn that may serve it. */
    private final LearnerMasters masters;

    Learning(Server server, long leader) {
        this(server, leader, null, -1);
    }

    private Learning(Server server, long leader, @Nullable Approach approach, long epochBehindAll) {
        this.server = server;
        this.ledger = server.ledger;
        this.leader = leader;
        this.isObserver = server.isObserver();
        this.txns = new Txns(server.options.fieldBytesMax());
        this.catchUp = new CatchUp(server, txns);
        this.stream = new PacketStream(server.options.fieldBytesMax(), this);
        boolean withMasters = server.options.observers().masters();
        this.master = withMasters && !isObserver ? new ObserverMaster(server, this) : null;
        this.masters = new LearnerMasters(server, leader, withMasters && isObserver);
        this.approach = approach;
        this.epochBehindAll = epochBehindAll;
    }

    // ---- beginning and end

    @Override
    public void enter() {
        beginNanos = server.nowNanos;
        Approach made = approach;
        approach = null;
        if (made == null) {
            dial();
        } else {
            goOn(made);
        }
    }

    private void goOn(Approach made) {
        attempt = made.attempt();
        link = made.link();
        if (link != null) {
            phase = Phase.INTRODUCED;
            lastHeardNanos = server.nowNanos;
            received(link.id, made.said().array(), 0, made.said().size());
        }
    }

    @Override
    public void leave() {
        if (master != null && phase == Phase.ACTIVE) {
            master.end();
        }
        if (link != null) {
            link.flush();
            server.peers.close(link.id);
        }
        if (phase.compareTo(Phase.PROMISED) >= 0) {
            catchUp.breakOff();
        }
        if (heirship != null) {
            heirship.end();
        }
        if (approach != null) {
            approach.end();
        }
    }

    @Override
    public PeerState peerState() {
        return isObserver ? PeerState.OBSERVING : PeerState.FOLLOWING;
    }

    @Override
    public long contactNanos() {
        return questions.contactNanos();
    }

    /** Has the leader this capability, and is it the leader that this server learns from? */
    boolean leaderCan(long capability) {
        return masters.current() == leader && capabilities.has(capability);
    }

    private void giveUp(String why) {
        server.state.notice(
                "leaves leader %d of epoch %d while %s: %s".formatted(leader, epoch, phase, why));
        server.look(phase == Phase.ACTIVE ? leader : -1);
    }

    // ---- the connection

    private void dial() {
        attempt = server.nextAttempt();
        redialAtNanos = Long.MAX_VALUE;
        masters.dialNext(attempt);
    }

    @Override
    public void dialFailed(long failed, String why) {
        if (failed == attempt && phase == Phase.DIALLING) {
            redial(why);
        } else if (approach != null) {
            approach.failed(failed);
        }
    }

    private void redial(String why) {
        if (server.nowNanos - beginNanos > masters.redialNanosMax()) {
            giveUp("it cannot be reached: " + why);
            return;
        }
        phase = Phase.DIALLING;
        redialAtNanos = server.nowNanos + redialPauseNanos;
        redialPauseNanos = Math.min(2 * redialPauseNanos, REDIAL_PAUSE_NANOS_MAX);
    }

    @Override
    public void linkOpened(long opened, long linkId) {
        Link toHeir = approach == null ? null : approach.opened(opened, linkId);
        if (toHeir != null) {
            introduceTo(toHeir);
        } else if (opened != attempt || phase != Phase.DIALLING) {
            server.peers.close(linkId);
        } else {
            phase = Phase.INTRODUCED;
            lastHeardNanos = server.nowNanos;
            link = new Link(linkId, server.peers);
            introduceTo(link);
        }
    }

    private void introduceTo(Link to) {
        data.clear();
        new LearnerInfo(
                        server.id(),
                        LeaderInfo.PROTOCOL_VERSION,
                        server.config().version(),
                        new Capabilities(server.options.extras()))
                .write(data);
        to.write(
                isObserver ? PacketType.OBSERVER_INFO : PacketType.FOLLOWER_INFO,
                Zxid.of(server.acceptedEpoch, 0),
                written());
    }

    @Override
    public void linkClosed(long closed) {
        if (link == null || link.id != closed) {
            if (heirship != null) {
                heirship.closed(closed);
            }
            if (approach != null) {
                approach.closed(closed);
            }
            if (master != null) {
                master.closed(closed);
            }
            return;
        }
        link = null;
        if (phase == Phase.INTRODUCED) {
            redial("it closed the connection");
        } else {
            giveUp("the connection is lost");
        }
    }

    @Override
    public void received(long on, byte[] bytes, int from, int to) {
        if (link == null || link.id != on) {
            if (heirship != null) {
                heirship.received(on, bytes, from, to);
            }
            if (approach != null) {
                approach.received(on, bytes, from, to);
            }
            if (master != null) {
                master.received(on, bytes, from, to);
            }
            return;
        }
        lastHeardNanos = server.nowNanos;
        try {
            stream.feed(bytes, from, to);
        } catch (PeerFault | ConfigSyntaxException e) {
            giveUp(String.valueOf(e.getMessage()));
        } catch (JuteException e) {
            giveUp("what it sends is not the protocol: " + e.getMessage());
        }
    }

    @Override
    public void time() {
        long now = server.nowNanos;
        if (phase == Phase.DIALLING) {
            if (now - beginNanos > server.initLimitNanos()) {
                giveUp("it does not answer");
            } else if (now >= redialAtNanos) {
                dial();
            }
            return;
        }
        long limit =
                phase.compareTo(Phase.SYNCED) >= 0
                        ? server.syncLimitNanos()
                        : server.initLimitNanos();
        if (now - lastHeardNanos > limit) {
            giveUp("nothing was heard of it for too long");
        } else if (phase == Phase.ACTIVE && questions.isTimeToAsk(now, server.tickNanos())) {
            ask();
        }
        if (master != null && phase == Phase.ACTIVE) {
            master.time();
        }
    }

    @Override
    public void endTurn() {
        if (link != null) {
            link.flush();
        }
        if (heirship != null) {
            heirship.endTurn();
        }
        if (approach != null) {
            approach.endTurn();
        }
        if (master != null) {
            master.endTurn();
        }
    }

    private Link link() {
        if (link == null) {
            throw new IllegalStateException("no link while " + phase);
        }
        return link;
    }

    private Slice written() {
        return slice.set(data.array(), 0, data.size());
    }

    // ---- what comes in

    @Override
    public boolean packet(QuorumPacket packet) {
        if (packet.type == PacketType.SENT_AWAY) {
            return sentAway(packet.data.text());
        }
        switch (phase) {
            case INTRODUCED -> leaderInfo(packet);
            case PROMISED -> begin(packet);
            case SYNCING, STORING, SYNCED -> catchUp(packet);
            case ACTIVE -> active(packet);
            case DIALLING, PROMISING -> throw unexpected(packet);
        }
        return server.stands(this);
    }

    /** Before the history is told the leader may be a while behind: it is asked again. */
    private boolean sentAway(String why) {
        if (!why.equals(server.sentAwayWhy)) {
            server.sentAwayWhy = why;
            server.state.warn(
                    "is sent away by server %d while %s: %s"
                            .formatted(
                                    masters.current(),
                                    phase,
                                    why.substring(0, Math.min(why.length(), REASON_CHARS_MAX))));
        }
        if (phase == Phase.INTRODUCED) {
            return true;
        }
        server.enter(Looking.pausing(server));
        return false;
    }

    private PeerFault unexpected(QuorumPacket packet) {
        return new PeerFault("it sends %s while this server is %s".formatted(packet, phase));
    }

    private void leaderInfo(QuorumPacket packet) {
        if (packet.type != PacketType.LEADER_INFO) {
            throw unexpected(packet);
        }
        capabilities =
                LeaderInfo.read(packet.data)
                        .capabilities()
                        .and(new Capabilities(server.options.extras()));
        epoch = Zxid.epoch(packet.zxid);
        if (epoch < server.acceptedEpoch) {
            server.state.warn(
                    "does not follow leader %d of epoch %d: epoch %d was promised"
                            .formatted(leader, epoch, server.acceptedEpoch));
            server.enter(Looking.pausing(server));
            return;
        }
        if (epoch > server.acceptedEpoch + Server.EPOCHS_AHEAD_MAX) {
            throw new PeerFault(
                    "its epoch is too far from %d to be true".formatted(server.acceptedEpoch));
        }
        phase = Phase.PROMISING;
        if (epoch > server.acceptedEpoch) {
            server.accept(epoch, leader, this, () -> ackEpoch(server.currentEpoch));
        } else {
            // Promised before. To this leader, and not kept yet: the promise still counts.
            boolean counts = server.promisedTo == leader && server.currentEpoch < epoch;
            server.whenPromised(this, () -> ackEpoch(counts ? server.currentEpoch : -1));
        }
    }

    private void ackEpoch(long currentEpoch) {
        phase = Phase.PROMISED;
        data.clear().writeInt((int) currentEpoch);
        if (epoch == epochBehindAll && capabilities.has(Capabilities.NAMED_HEIR)) {
            data.writeBool(true);
        }
        link().write(PacketType.ACK_EPOCH, server.elections.zxid(), written());
    }

    private void begin(QuorumPacket packet) {
        switch (packet.type) {
            case PacketType.DIFF -> catchUp.diff();
            case PacketType.TRUNC -> catchUp.truncate(packet.zxid);
            case PacketType.SNAP -> stream.expectSnapshot(catchUp.snapshot(packet.zxid));
            default -> throw unexpected(packet);
        }
        phase = Phase.SYNCING;
    }

    @Override
    public boolean snapshot() {
        catchUp.snapshotCame();
        return true;
    }

    private void catchUp(QuorumPacket packet) {
        switch (packet.type) {
            case PacketType.PROPOSAL -> catchUp.proposal(packet.zxid, packet.data);
            case PacketType.COMMIT -> catchUp.commit(packet.zxid);
            case PacketType.COMMIT_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                activate(catchUp.commit(packet.zxid), designated);
            }
            case PacketType.INFORM -> {
                catchUp.proposal(packet.zxid, packet.data);
                catchUp.commit(packet.zxid);
            }
            case PacketType.INFORM_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                slice.set(in.array(), in.position(), in.remaining());
                catchUp.proposal(packet.zxid, slice);
                activate(catchUp.commit(packet.zxid), designated);
            }
            case PacketType.NEW_LEADER -> newLeader(packet);
            case PacketType.UP_TO_DATE -> upToDate(packet);
            default -> {
                if (packet.type < PacketType.REQUEST
                        || packet.type > PacketType.INFORM_AND_ACTIVATE) {
                    throw unexpected(packet);
                }
                // PINGs, above all: before UPTODATE they are not answered.
            }
        }
    }

    private void newLeader(QuorumPacket packet) {
        if (phase != Phase.SYNCING || packet.zxid != Zxid.of(epoch, 0)) {
            throw unexpected(packet);
        }
        phase = Phase.STORING;
        EnsembleConfig config =
                packet.data.length() > 1
                        ? server.parseConfig(packet.data.text(), "leader " + leader)
                        : null;
        if (epoch == epochBehindAll && catchUp.bringsNothing()) {
            catchUp.storeNothing(config);
            server.enterEpochBehindAll(epoch);
            stored();
        } else {
            catchUp.store(config, this, () -> server.enterEpoch(epoch, this, this::stored));
        }
    }

    /** History, then epoch, are on disk: only now may the leader count on it. */
    private void stored() {
        phase = Phase.SYNCED;
        server.mayVote = true;
        lastHeardNanos = server.nowNanos;
        link().write(PacketType.ACK, Zxid.of(epoch, 0));
    }

    private void upToDate(QuorumPacket packet) {
        if (phase != Phase.SYNCED) {
            throw unexpected(packet);
        }
        link().write(PacketType.ACK, Zxid.of(epoch, 0));
        catchUp.applyStored();
        phase = Phase.ACTIVE;
        server.sentAwayWhy = "";
        server.tally.synced(isObserver, server.nowNanos - beginNanos);
        server.elections.current = server.elections.current.withPeerEpoch(epoch);
        EnsembleConfig config = catchUp.committedConfig();
        if (config != null) {
            server.commit(config);
        }
        // What came with a snapshot is the leader's idea of it.
        server.state.config(server.config());
        ackedTo = ledger.end();
        catchUp.passOn();
        if (isObserver != server.isObserver()) {
            server.enter(new Learning(server, leader));
            return;
        }
        server.become(
                new Role(isObserver ? Role.Kind.OBSERVING : Role.Kind.FOLLOWING, leader, epoch));
        ask();
        if (master != null) {
            master.begin();
        }
    }

    // ---- serving

    private void active(QuorumPacket packet) {
        switch (packet.type) {
            case PacketType.PROPOSAL -> proposal(packet.zxid, packet.data);
            case PacketType.COMMIT -> commit(packet.zxid, -1);
            case PacketType.COMMIT_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                activate(commit(packet.zxid, designated), designated);
            }
            case PacketType.INFORM -> {
                proposal(packet.zxid, packet.data);
                commit(packet.zxid, -1);
            }
            case PacketType.INFORM_AND_ACTIVATE -> {
                long designated = in.wrap(packet.data).readLong();
                slice.set(in.array(), in.position(), in.remaining());
                proposal(packet.zxid, slice);
                activate(commit(packet.zxid, designated), designated);
            }
            case PacketType.PING -> pong(packet.zxid);
            case PacketType.REVALIDATE -> {
                revalidated(packet);
            }
            case PacketType.SYNC -> synced(packet);
            case PacketType.UP_TO_DATE -> {}
            case PacketType.HAND_OVER -> handOver(packet);
            case PacketType.ROLL_OVER -> rollOver(packet);
            case PacketType.HEIR -> heir(packet);
            default -> throw unexpected(packet);
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

    /** A reconfig is committed: perhaps another leader, perhaps another part for this server. */
    private void activate(@Nullable EnsembleConfig config, long designated) {
        if (config == null || !server.options.reconfigEnabled()) {
            return;
        }
        server.commit(config);
        if (designated != leader) {
            followInstead(designated);
        } else if (isObserver != server.isObserver()) {
            server.enter(new Learning(server, leader));
        }
    }

    private void followInstead(long designated) {
        server.elections.designate(designated);
        server.enter(
                designated == server.id() ? new Leading(server) : new Learning(server, designated));
    }

    /** The leader will hand over to this server, or another one, in an epoch of its own. */
    private void heir(QuorumPacket packet) {
        long next = Zxid.epoch(packet.zxid);
        if (!capabilities.has(Capabilities.NAMED_HEIR)
                || heirship != null
                || approach != null
                || !isPromisable(next)) {
            throw unexpected(packet);
        }
        long heir = in.wrap(packet.data).readLong();
        Heirship own = heir == server.id() ? new Heirship(server, next) : null;
        heirship = own;
        approach = own == null ? new Approach(server, heir) : null;
        server.accept(
                next,
                heir,
                this,
                () -> {
                    if (own != null) {
                        own.promised();
                    }
                    link().write(PacketType.ACK, Zxid.of(next, 0));
                });
    }

    @Override
    public void journaled() {
        if (phase != Phase.ACTIVE || isObserver || ackedTo >= ledger.durable()) {
            return;
        }
        if (capabilities.has(Capabilities.CUMULATIVE_ACKS)) {
            ackedTo = ledger.durable() - 1;
        }
        while (ackedTo < ledger.durable()) {
            link().write(PacketType.ACK, ledger.window().zxid(ackedTo));
            ackedTo++;
        }
    }

    private void pong(long zxid) {
        data.clear();
        server.state.touchTable(data);
        if (master != null) {
            master.touchTable(data);
        }
        link().write(PacketType.PING, zxid, written());
    }

    // ---- questions

    /** Asks whether the leader still leads, and has read what was sent to it before. */
    private void ask() {
        questions.asks(server.nowNanos);
        data.clear();
        Questions.write(data);
        link().writeRaw(data.array(), 0, data.size());
        server.state.touchesAsked();
    }

    private void synced(QuorumPacket packet) {
        long asker = questions.answered();
        if (asker == Questions.NOBODY) {
            throw unexpected(packet);
        } else if (asker == Questions.CLIENT) {
            server.state.synced();
        } else if (asker == Questions.SELF) {
            server.state.touchesRead(masters.isLeader());
        } else if (master != null) {
            master.synced(asker);
        }
    }

    private void handOver(QuorumPacket packet) {
        if (!capabilities.has(Capabilities.LEADERSHIP_HANDOVER)) {
            throw unexpected(packet);
        }
        long next = in.wrap(packet.data).readLong();
        long promisedEpoch = in.remaining() > 0 ? in.readLong() : -1;
        // Behind all commits: then nobody has more of this epoch, or ever will.
        boolean hasAll = ledger.nextToApply() < 0 && ledger.lastZxid() == packet.zxid;
        Heirship own = heirship;
        Approach way = approach;
        if (!server.config().isVoter(next)) {
            giveUp("it hands over to %d, which is no voter".formatted(next));
        } else if (next == server.id() && own != null && own.isFor(promisedEpoch)) {
            heirship = null;
            server.elections.designate(next);
            own.lead(hasAll);
        } else if (way != null && way.leadsTo(next)) {
            approach = null;
            server.elections.designate(next);
            server.enter(new Learning(server, next, way, hasAll ? promisedEpoch : -1));
        } else {
            followInstead(next);
        }
    }

    /** The leader goes on in another epoch: first it asks for the promise, then it has begun. */
    private void rollOver(QuorumPacket packet) {
        long next = Zxid.epoch(packet.zxid);
        boolean asks = packet.data.isNull();
        if (!capabilities.has(Capabilities.EPOCH_ROLL_OVER)
                || (asks ? !isPromisable(next) : next <= epoch)
                || !asks && next > server.acceptedEpoch) {
            throw unexpected(packet);
        }
        if (asks) {
            if (master != null) {
                master.askPromise(next);
            }
            server.accept(next, leader, this, () -> link().write(PacketType.ACK, Zxid.of(next, 0)));
        } else {
            epoch = next;
            server.rollTo(next);
        }
    }

    private boolean isPromisable(long next) {
        return next > server.acceptedEpoch
                && next <= server.acceptedEpoch + Server.EPOCHS_AHEAD_MAX;
    }

    // ---- for the replica and for observers

    void forward(byte[] packet, int from, int length) {
        if (phase == Phase.ACTIVE) {
            questions.forwards(packet, from);
            link().writeRaw(packet, from, length);
        }
    }

    void revalidate(long sessionId, int timeoutMillis) {
        if (phase == Phase.ACTIVE) {
            revalidateFor(Questions.SELF, sessionId, timeoutMillis);
        }
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
        link().writeRaw(packet, 0, length);
    }

    /** Asks for an observer, or for this server itself. */
    void revalidateFor(long asker, long sessionId, int timeoutMillis) {
        revalidations.add(asker);
        data.clear();
        Revalidation.writeQuestion(data, sessionId, timeoutMillis);
        link().write(PacketType.REVALIDATE, -1, written());
    }

    private void revalidated(QuorumPacket packet) {
        Long asker = revalidations.poll();
        if (asker == null) {
            throw unexpected(packet);
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

    /** Whom this server learns from. */
    long learnerMaster() {
        return masters.current();
    }

    @Override
    public void learnerConnected(long learner, String remoteAddress) {
        if (heirship != null) {
            heirship.connected(learner, remoteAddress);
        } else if (master != null && phase == Phase.ACTIVE) {
            master.connected(learner, remoteAddress);
        } else {
            server.peers.close(learner);
        }
    }
}

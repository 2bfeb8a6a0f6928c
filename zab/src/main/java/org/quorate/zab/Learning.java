package org.quorate.zab;

import org.jspecify.annotations.Nullable;
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

/**
 * This server learns from a leader, as follower or observer (peer protocol §5.1, §5.5): it dials,
 * promises the epoch, takes over the history, and is then in service ({@link Following}). Whatever
 * the leader does that the protocol forbids ends it.
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

    private Phase phase = Phase.DIALLING;
    private long beginNanos;
    private long attempt;
    private long redialAtNanos = Long.MAX_VALUE;
    private long redialPauseNanos = REDIAL_PAUSE_NANOS_MIN;
    private @Nullable Link link;
    private long lastHeardNanos;
    private long epoch;
    private Capabilities capabilities = Capabilities.NONE;

    /** What is done in {@link Phase#ACTIVE}; null before. */
    private @Nullable Following following;

    /** The way to this leader, made while the one before still led; null if there is none. */
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

    /**
     * @param approach a way to this leader that was made while another led; null if there is none
     * @param epochBehindAll the epoch that is entered without waiting for the disk; −1 for none
     */
    Learning(Server server, long leader, @Nullable Approach approach, long epochBehindAll) {
        this.server = server;
        this.ledger = server.ledger;
        this.leader = leader;
        this.isObserver = server.isObserver();
        this.txns = new Txns(server.options.fieldBytesMax());
        this.catchUp = new CatchUp(server, txns);
        this.stream = new PacketStream(server.options.fieldBytesMax(), this);
        this.masters =
                new LearnerMasters(
                        server, leader, server.options.observers().masters() && isObserver);
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
        if (following != null) {
            following.end();
        }
        if (link != null) {
            link.flush();
            server.peers.close(link.id);
        }
        if (phase.compareTo(Phase.PROMISED) >= 0) {
            catchUp.breakOff();
        }
    }

    @Override
    public PeerState peerState() {
        return isObserver ? PeerState.OBSERVING : PeerState.FOLLOWING;
    }

    @Override
    public long contactNanos() {
        return following == null ? 0 : following.contactNanos();
    }

    /** Has the leader this capability, and is it the leader that this server learns from? */
    boolean leaderCan(long capability) {
        return masters.current() == leader && capabilities.has(capability);
    }

    /** Leaves this leader and looks for one. */
    void giveUp(String why) {
        long in = following == null ? epoch : following.epoch();
        server.state.notice(
                "leaves leader %d of epoch %d while %s: %s".formatted(leader, in, phase, why));
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
        } else if (following != null) {
            following.dialFailed(failed);
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
        Link toHeir = following == null ? null : following.opened(opened, linkId);
        if (toHeir != null) {
            introduceTo(toHeir);
        } else if (opened != attempt || phase != Phase.DIALLING) {
            server.peers.close(linkId);
        } else {
            phase = Phase.INTRODUCED;
            lastHeardNanos = server.nowNanos;
            link = new Link(linkId, server.peers, server.chunks);
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
            if (following != null) {
                following.closed(closed);
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
            if (following != null) {
                following.received(on, bytes, from, to);
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
        } else if (following != null) {
            following.time();
        }
    }

    @Override
    public void endTurn() {
        if (link != null) {
            link.flush();
        }
        if (following != null) {
            following.endTurn();
        }
    }

    @Override
    public void journaled() {
        if (following != null) {
            following.journaled();
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
            case ACTIVE -> following().packet(packet);
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

    PeerFault unexpected(QuorumPacket packet) {
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
        long ackedTo = ledger.end();
        catchUp.passOn();
        if (isObserver != server.isObserver()) {
            server.enter(new Learning(server, leader));
            return;
        }
        server.become(
                new Role(isObserver ? Role.Kind.OBSERVING : Role.Kind.FOLLOWING, leader, epoch));
        following =
                new Following(
                        server,
                        this,
                        leader,
                        link(),
                        isObserver,
                        capabilities,
                        txns,
                        epoch,
                        ackedTo);
        following.begin();
    }

    // ---- another leader

    /** A reconfig is committed: perhaps another leader, perhaps another part for this server. */
    void activate(@Nullable EnsembleConfig config, long designated) {
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

    /** Follows another leader, or leads, without an election. */
    void followInstead(long designated) {
        server.elections.designate(designated);
        server.enter(
                designated == server.id() ? new Leading(server) : new Learning(server, designated));
    }

    // ---- for the replica

    /** What this server does while it is in service; null before. */
    @Nullable Following service() {
        return following;
    }

    private Following following() {
        if (following == null) {
            throw new IllegalStateException("not in service while " + phase);
        }
        return following;
    }

    int syncedObservers() {
        return following == null ? 0 : following.syncedObservers();
    }

    /** Whom this server learns from. */
    long learnerMaster() {
        return masters.current();
    }

    /** Does the leader itself serve this server? */
    boolean isServedByLeader() {
        return masters.isLeader();
    }

    @Override
    public void learnerConnected(long learner, String remoteAddress) {
        if (following == null || !following.connected(learner, remoteAddress)) {
            server.peers.close(learner);
        }
    }
}

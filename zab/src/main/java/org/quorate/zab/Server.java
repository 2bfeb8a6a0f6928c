package org.quorate.zab;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * What this server is and has through all its roles: epochs, history, configurations, the ways to
 * disk, network and state, and the time; and the ways from role to role. Owned by the core thread.
 */
final class Server {
    static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * How far an epoch may be ahead of what this server has accepted. Epochs rise by one for each
     * leader that a quorum has agreed to follow; more than this is a lie or another ensemble.
     */
    static final long EPOCHS_AHEAD_MAX = 1 << 20;

    final ZabOptions options;
    final Journal journal;
    final Peers peers;
    final StateMachine state;
    final Marks marks;
    final Chunks chunks = new Chunks();
    final Ledger ledger;

    /** What comes while this server catches up; {@link CatchUp}'s, one after the other. */
    final TxnWindow pending = new TxnWindow(chunks);

    final Elections elections;
    final Tally tally = new Tally();
    final UnledEpochs unled = new UnledEpochs();

    /** As on disk, or on its way there. */
    long acceptedEpoch;

    /** As {@link #acceptedEpoch} is on disk for certain. */
    private long promisedEpoch;

    /** As on disk, or on its way there. */
    long currentEpoch;

    /**
     * The leader that {@link #acceptedEpoch} was promised to in this process's life; −1 unknown.
     */
    long promisedTo = -1;

    /** False while the own history is not to be trusted: it counts nowhere. */
    boolean mayVote;

    /** What it has promised was on a disk that was damaged. */
    boolean promisesLost;

    /** Why a master has sent this server away, since it last served; it is said once. */
    String sentAwayWhy = "";

    long nowNanos;
    Role role = Role.LOOKING;

    private EnsembleConfig config;
    private EnsembleConfig lastSeen;

    /** A configuration without this server was committed in this process's life. */
    private boolean takenOut;

    private QuorumRule quorum;
    private @Nullable Standing standing;
    private long lastAttempt;
    private long lastContactNanos;
    private long chance;

    Server(
            ZabOptions options,
            EnsembleConfig config,
            long acceptedEpoch,
            long currentEpoch,
            long lastLoggedZxid,
            boolean mayVote,
            long seed,
            Journal journal,
            Peers peers,
            StateMachine state) {
        this.options = options;
        this.config = config;
        this.lastSeen = config;
        this.quorum = QuorumRule.of(config);
        this.acceptedEpoch = acceptedEpoch;
        this.promisedEpoch = acceptedEpoch;
        this.currentEpoch = currentEpoch;
        this.mayVote = mayVote;
        this.chance = seed;
        this.journal = journal;
        this.peers = peers;
        this.state = state;
        this.marks = new Marks(journal);
        this.ledger = new Ledger(this, lastLoggedZxid);
        this.elections = new Elections(this);
    }

    // ---- who and how long

    long id() {
        return options.serverId();
    }

    /**
     * Is this server an observer, by the configuration or, if it is not in it, by its options?
     * Whoever is taken out while it runs follows without a vote, as in ZooKeeper, so that it can
     * acknowledge what it needs to come back as a voter.
     */
    boolean isObserver() {
        Member self = config.member(id());
        return self == null ? options.observer() && !takenOut : !self.isVoter();
    }

    long tickNanos() {
        return options.tickMillis() * NANOS_PER_MILLI;
    }

    long initLimitNanos() {
        return options.initLimitTicks() * tickNanos();
    }

    long syncLimitNanos() {
        return options.syncLimitTicks() * tickNanos();
    }

    /** A number from 0 to {@code bound} − 1, the same in each run with the same seed. */
    long draw(long bound) {
        chance += 0x9e3779b97f4a7c15L;
        long mixed = (chance ^ chance >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return Long.remainderUnsigned(mixed ^ mixed >>> 31, bound);
    }

    long nextAttempt() {
        return ++lastAttempt;
    }

    // ---- configurations

    /** The committed configuration. */
    EnsembleConfig config() {
        return config;
    }

    /** The newest configuration proposed; the committed one if none is under way. */
    EnsembleConfig lastSeen() {
        return lastSeen;
    }

    /** What is a quorum now: of the committed configuration and of a newer one under way. */
    QuorumRule quorum() {
        return quorum;
    }

    /** Does this server's vote count in the committed configuration or the one under way? */
    boolean isVoterSoon(long serverId) {
        return config.isVoter(serverId) || lastSeen.isVoter(serverId);
    }

    /** In an ensemble of groups, who has no weight is not to lead. */
    boolean hasWeight(long serverId) {
        return !config.isHierarchical() || config.weights().getOrDefault(serverId, 0L) > 0;
    }

    /** A configuration was proposed. */
    void propose(EnsembleConfig next) {
        if (options.reconfigEnabled() && next.version() > lastSeen.version()) {
            configs(config, next);
        }
    }

    /** What was proposed and not committed is not going to be. */
    void forgetProposedConfig() {
        if (lastSeen.version() > config.version()) {
            configs(config, config);
        }
    }

    /** A configuration is committed; an older one than the present one is not news. */
    void commit(EnsembleConfig next) {
        if (options.reconfigEnabled() && next.version() > config.version()) {
            takenOut |= next.member(id()) == null;
            configs(next, next.version() > lastSeen.version() ? next : lastSeen);
            state.config(next);
        }
    }

    /** Shows the configurations to those who begin to care. */
    void showConfigs() {
        peers.members(config, lastSeen);
        state.config(config);
    }

    private void configs(EnsembleConfig committed, EnsembleConfig proposed) {
        config = committed;
        lastSeen = proposed;
        quorum = QuorumRule.of(committed, proposed);
        peers.members(committed, proposed);
    }

    /** Does a configuration leave this server at the same quorum addresses? */
    boolean keepsQuorumAddress(EnsembleConfig next) {
        Member now = config.member(id());
        Member then = next.member(id());
        return now == null || then == null || quorumAddresses(now).equals(quorumAddresses(then));
    }

    private static List<Endpoint> quorumAddresses(Member member) {
        return member.addresses().stream().map(Member.Address::quorum).toList();
    }

    /** Reads a configuration that a peer sent; null, with a notice, if it cannot be read. */
    @Nullable EnsembleConfig parseConfig(String text, String from) {
        try {
            return EnsembleConfig.parse(text);
        } catch (ConfigSyntaxException e) {
            state.warn(
                    "%s sent a configuration that cannot be read: %s"
                            .formatted(from, e.getMessage()));
            return null;
        }
    }

    // ---- epochs

    /**
     * Promises an epoch to a leader, or to itself; {@code then} runs when the promise is on disk.
     */
    void accept(long epoch, long leader, Standing by, Runnable then) {
        acceptedEpoch = epoch;
        promisedTo = leader;
        journal.acceptedEpoch(epoch);
        marks.mark(
                ledger.end(),
                () -> {
                    promisedEpoch = epoch;
                    if (standing == by) {
                        then.run();
                    }
                });
    }

    /** Runs {@code then} when what was promised last is on disk, at once if it is. */
    void whenPromised(Standing by, Runnable then) {
        if (promisedEpoch == acceptedEpoch) {
            then.run();
        } else {
            whenDurable(by, then);
        }
    }

    /** Enters an epoch; {@code then} runs when this, and the log up to here, is on disk. */
    void enterEpoch(long epoch, Standing by, Runnable then) {
        currentEpoch = epoch;
        journal.currentEpoch(epoch);
        whenDurable(by, then);
    }

    /**
     * Enters an epoch behind all of the one before, without waiting for the disk: what its leader
     * proposed is committed, and it proposes no more, so nobody has a longer history of that one.
     * Once a transaction of the new one is on disk, that says the epoch, too.
     */
    void enterEpochBehindAll(long epoch) {
        currentEpoch = epoch;
        journal.currentEpochSoon(epoch);
    }

    /** Goes on in a later epoch with the leader there is, without waiting for the disk. */
    void rollTo(long epoch) {
        unled.skip(role.epoch(), epoch);
        enterEpochBehindAll(epoch);
        elections.current = elections.current.withPeerEpoch(epoch);
        role = new Role(role.kind(), role.leader(), epoch);
    }

    /** Runs {@code then} when all asked of the journal is on disk, if {@code by} still stands. */
    void whenDurable(Standing by, Runnable then) {
        marks.mark(
                ledger.end(),
                () -> {
                    if (standing == by) {
                        then.run();
                    }
                });
    }

    // ---- roles

    Standing standing() {
        if (standing == null) {
            throw new IllegalStateException("not started");
        }
        return standing;
    }

    boolean isStarted() {
        return standing != null;
    }

    /** Monotonic time of the last proof that a quorum follows the leader; 0 for never. */
    long lastContactNanos() {
        if (standing != null) {
            // Kept: what proved it may be gone in the next moment, and that it was proved stays.
            lastContactNanos = Math.max(lastContactNanos, standing.contactNanos());
        }
        return lastContactNanos;
    }

    boolean stands(Standing one) {
        return standing == one;
    }

    /** Goes looking for a leader; {@code lostLeader} is not waited for, −1 if there was none. */
    void look(long lostLeader) {
        enter(new Looking(this, lostLeader));
    }

    void enter(Standing next) {
        lastContactNanos();
        if (standing != null) {
            standing.leave();
        }
        if (role.isServing()) {
            become(Role.LOOKING);
        }
        if (next instanceof Looking) {
            tally.looks(nowNanos);
        } else if (standing instanceof Looking) {
            tally.found(nowNanos);
        }
        standing = next;
        next.enter();
    }

    /** Takes a role and tells the state machine. */
    void become(Role next) {
        role = next;
        state.role(next);
    }
}

package org.quorate.zab;

import org.quorate.protocol.peer.EnsembleConfig;

/**
 * What this server is and has through all its roles: epochs, history, configurations, the ways to
 * disk, network and state, and the time. Owned by the core thread.
 */
final class Server {
    static final long NANOS_PER_MILLI = 1_000_000;

    final ZabOptions options;
    final Journal journal;
    final Peers peers;
    final StateMachine state;
    final Marks marks;
    final Ledger ledger;

    /** As on disk, or on its way there. */
    long acceptedEpoch;

    /** As on disk, or on its way there. */
    long currentEpoch;

    /** The committed configuration. */
    EnsembleConfig config;

    /** The newest configuration proposed; the committed one if none is under way. */
    EnsembleConfig lastSeen;

    long nowNanos;
    Role role = Role.LOOKING;

    Server(
            ZabOptions options,
            EnsembleConfig config,
            long acceptedEpoch,
            long currentEpoch,
            long lastLoggedZxid,
            Journal journal,
            Peers peers,
            StateMachine state) {
        this.options = options;
        this.config = config;
        this.lastSeen = config;
        this.acceptedEpoch = acceptedEpoch;
        this.currentEpoch = currentEpoch;
        this.journal = journal;
        this.peers = peers;
        this.state = state;
        this.marks = new Marks(journal);
        this.ledger =
                new Ledger(
                        journal,
                        state,
                        marks,
                        options.standalone() ? 0 : options.committedCountMin(),
                        options.standalone() ? 0 : options.committedBytesMax(),
                        lastLoggedZxid);
    }

    /** Takes a role and tells the state machine. */
    void become(Role next) {
        role = next;
        state.role(next);
    }
}

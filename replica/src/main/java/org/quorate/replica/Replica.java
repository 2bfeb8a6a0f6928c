package org.quorate.replica;

import java.util.List;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.zab.Zab;

/**
 * One server's mind: requests become transactions, transactions are agreed on and applied, replies
 * and events go out. A function of its inputs; owned by the core thread.
 *
 * <p>A host's turn: {@link #time}, then any number of inputs, then {@link #endTurn}. Everything
 * that changes the tree happens inside {@link #apply} calls of Zab and inside {@link #endTurn}; the
 * host takes the gate around a whole turn's commits through {@link Gate}.
 */
public final class Replica {
    /** The exclusive side of what lets readers in beside the core. Implemented by the host. */
    public interface Gate {
        /** Waits until no reader is in, and keeps them out. Not reentrant. */
        void close();

        void open();

        /** For hosts without other threads. */
        Gate NONE =
                new Gate() {
                    @Override
                    public void close() {}

                    @Override
                    public void open() {}
                };
    }

    /** Makes the consensus part once the replica is there to be its state machine. */
    public interface ZabFactory {
        Zab create(org.quorate.zab.StateMachine state);
    }

    /**
     * @param tree recovered, at the last logged transaction
     * @param seed for session ids and passwords' own needs; the same seed gives the same run
     */
    public Replica(
            ReplicaOptions options,
            DataTree tree,
            ZabFactory zab,
            Effects effects,
            Gate gate,
            long seed) {
        throw new IllegalStateException("not built yet");
    }

    public Zab zab() {
        throw new IllegalStateException("not built yet");
    }

    /** Begins a turn. Both never go back (the host sees to it for the wall clock's use here). */
    public void time(long nowNanos, long wallMillis) {
        throw new IllegalStateException("not built yet");
    }

    /** First election, or serving at once when standalone. */
    public void start() {
        throw new IllegalStateException("not built yet");
    }

    /** A client has connected. Nothing is allocated for it elsewhere until its handshake. */
    public Connection open(long id, String address, List<Id> ids) {
        throw new IllegalStateException("not built yet");
    }

    /** The first frame. {@link Effects#established} or {@link Effects#close} answers. */
    public void connect(Connection connection, ConnectRequest request) {
        throw new IllegalStateException("not built yet");
    }

    /**
     * A frame behind the handshake: header and body, without the length. Exactly one {@link
     * Effects#reply}, or a {@link Effects#close}, answers each, in order; auth and SASL packets are
     * answered by {@link Effects#push} at once.
     */
    public void request(Connection connection, byte[] frame, int from, int to) {
        throw new IllegalStateException("not built yet");
    }

    /** The socket is gone. The session lives on. */
    public void closed(Connection connection) {
        throw new IllegalStateException("not built yet");
    }

    /** Ends a turn: sessions expire, sweeps run, what was proposed goes to journal and peers. */
    public void endTurn() {
        throw new IllegalStateException("not built yet");
    }

    /** For the host's snapshots. */
    public SnapshotSource freeze() {
        throw new IllegalStateException("not built yet");
    }

    /** How many requests are under way: handed in and not answered. */
    public int outstanding() {
        throw new IllegalStateException("not built yet");
    }

    /** Applies a transaction during recovery, before {@link #start}. */
    public void replay(long zxid, Slice txn) {
        throw new IllegalStateException("not built yet");
    }
}

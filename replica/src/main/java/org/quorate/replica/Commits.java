package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;
import org.quorate.tree.TreeListener;

/**
 * Applies committed transactions: changes the tree, has watches fire, answers the connection that
 * asked. Owned by the core thread; the gate is closed meanwhile, over as many transactions in a row
 * as {@link #RUN_TXNS_MAX} and {@link #RUN_BYTES_MAX} allow, so that readers wait seldom and never
 * long.
 */
final class Commits implements TreeListener {
    /** Transactions applied before readers are let in. */
    static final int RUN_TXNS_MAX = 256;

    /** Bytes of them. */
    static final int RUN_BYTES_MAX = 1 << 20;

    private final DataTree tree;
    private final Replica.Gate gate;
    private final Events events;
    private final Sessions sessions;
    private final Connections connections;
    private final Requests requests;
    private final Handshake handshake;
    private final Effects effects;

    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final TxnRecord record = new TxnRecord();
    private final Stat stat = new Stat();
    private final NodeState state = new NodeState();
    private final JuteOut out = new JuteOut(4096);

    private boolean closed;
    private boolean applying;
    private int runTxns;
    private int runBytes;

    // The request that the transaction being applied answers, if it is one of ours.
    private @Nullable Pending asked;
    private int reply;
    private int err;

    Commits(
            DataTree tree,
            Replica.Gate gate,
            Events events,
            Sessions sessions,
            Connections connections,
            Requests requests,
            Handshake handshake,
            Effects effects) {
        this.tree = tree;
        this.gate = gate;
        this.events = events;
        this.sessions = sessions;
        this.connections = connections;
        this.requests = requests;
        this.handshake = handshake;
        this.effects = effects;
    }

    /** Keeps readers out until {@link #openGate}. */
    void closeGate() {
        if (!closed) {
            gate.close();
            closed = true;
            runTxns = 0;
            runBytes = 0;
        }
    }

    /** Lets readers in. */
    void openGate() {
        if (applying) {
            throw new IllegalStateException("an input came in the middle of an effect");
        }
        if (closed) {
            closed = false;
            gate.open();
        }
    }

    /** Applies a transaction that nobody waits for and no watch hears of. */
    void replay(Slice txn) {
        tree.apply(record.read(in.wrap(txn)), null);
    }

    /** Applies a committed transaction. */
    void apply(Slice txn) {
        closeGate();
        applying = true;
        TxnHeader header = record.read(in.wrap(txn)).header;
        Session session = header.sessionId == 0 ? null : sessions.find(header.sessionId);
        Connection connection = session == null ? null : session.connection;
        if (session != null) {
            match(header, session, connection);
        }
        err = ErrorCode.OK;
        events.begin(header.zxid);
        if (asked != null) {
            reply = ReplyFrame.begin(out.clear(), asked.xid);
        }
        tree.apply(record, this);
        if (asked != null && header.type == OpCode.MULTI) {
            MultiFrame.end(out);
        }
        if (session != null) {
            settle(header, session);
        }
        applying = false;
        runTxns++;
        runBytes += txn.length();
        if (runTxns >= RUN_TXNS_MAX || runBytes >= RUN_BYTES_MAX) {
            openGate();
        }
    }

    /** Is the tree what the transaction applied last, if it says so, foretold? */
    boolean digestAgrees() {
        return !record.hasDigest()
                || record.digest.version != TxnDigest.VERSION
                || !tree.keepsDigest()
                || record.digest.treeDigest == tree.digest();
    }

    /** Finds the request that this transaction answers, and answers everything before it. */
    private void match(TxnHeader header, Session session, @Nullable Connection connection) {
        asked = null;
        Pending.Queue orphans = session.orphans;
        if (orphans != null && orphans.head != null && isOf(orphans.head, header)) {
            Connection gone = orphans.head.orphanOf;
            if (gone != null) {
                connections.updated(gone, session, orphans.head, record.txn());
            }
            sessions.removeOrphan(session);
            return;
        }
        Pending first = connection == null ? null : connection.queue.firstSubmitted();
        if (connection == null || first == null || !isOf(first, header)) {
            return;
        }
        requests.drainAhead(connection);
        if (!connection.ended) {
            asked = first;
        }
    }

    /**
     * By zxid if this server proposed it, else by session and cxid (peer protocol §6.1). The type
     * keeps apart what servers do for a session under cxid 0 and clients that count from 0.
     */
    private static boolean isOf(Pending pending, TxnHeader header) {
        if (pending.zxid != 0) {
            return pending.zxid == header.zxid;
        }
        return pending.xid == header.cxid
                && (pending.type == header.type || header.type == OpCode.ERROR);
    }

    private void settle(TxnHeader header, Session session) {
        Pending answered = asked;
        Connection connection = session.connection;
        asked = null;
        if (answered != null && connection != null) {
            connections.remove(connection);
            answer(header, session, connection, answered);
            connections.give(answered);
        }
        switch (header.type) {
            case OpCode.CREATE_SESSION -> sessions.becomeGlobal(session);
            case OpCode.CLOSE_SESSION -> endSession(session);
            default -> {
                if (connection != null && !connection.ended) {
                    requests.drain(connection);
                }
            }
        }
        sessions.forgetIfIdle(session);
    }

    private void answer(
            TxnHeader header, Session session, Connection connection, Pending answered) {
        if (answered.type == OpCode.CREATE_SESSION) {
            handshake.created(connection, session);
        } else if (err == ErrorCode.SESSION_MOVED) {
            connections.end(connection); // the client has gone elsewhere
        } else {
            ReplyFrame.end(out, reply, header.zxid, err);
            connections.updated(connection, session, answered, record.txn());
            connections.answers(connection, answered.frame, 0, answered.length);
            if (header.type == OpCode.CLOSE_SESSION) {
                connections.replyLast(connection, out);
            } else {
                connections.reply(connection, out);
            }
        }
    }

    private void endSession(Session session) {
        Connection connection = session.connection;
        if (connection != null) {
            connections.end(connection);
        }
        sessions.remove(session);
    }

    // ---- what the tree tells while it applies

    @Override
    public void created(Slice path, int node, int parent) {
        events.created(path, node, parent);
    }

    @Override
    public void deleted(Slice path, int node, int parent) {
        if (record.header.type == OpCode.CLOSE_SESSION) {
            connections.ephemeralEnded(record.header.sessionId, path);
        }
        effects.written(path, 0);
        events.deleted(path, node, parent);
    }

    @Override
    public void dataChanged(Slice path, int node) {
        events.dataChanged(path, node);
    }

    @Override
    public void done(int index, Txn op, int opErr, int node) {
        if (opErr == ErrorCode.OK) {
            tellWritten(op);
        }
        if (asked == null) {
            return;
        }
        int failure = op instanceof ErrorTxn error ? error.err : opErr;
        if (!(record.txn() instanceof MultiTxn multi)) {
            err = failure;
            writeResult(op, node);
            return;
        }
        if (multi.failed()) {
            MultiFrame.error(out, failure);
        } else {
            MultiFrame.beginResult(out, MultiFrame.resultType(op.type()));
            writeResult(op, node);
        }
    }

    /** Deletions are told when they are heard of: those of a session are no operations. */
    private void tellWritten(Txn op) {
        switch (op) {
            case CreateTxn create -> effects.written(create.path, create.data.length());
            case SetDataTxn setData -> effects.written(setData.path, setData.data.length());
            default -> {}
        }
    }

    private void writeResult(Txn op, int node) {
        switch (op) {
            case CreateTxn create -> {
                out.writeSlice(create.path);
                if (create.type != OpCode.CREATE) {
                    writeStat(node);
                }
            }
            case SetDataTxn setData -> {
                if (setData.type == OpCode.RECONFIG) {
                    out.writeSlice(setData.data);
                }
                writeStat(node);
            }
            case SetAclTxn _ -> writeStat(node);
            default -> {} // the header says it all
        }
    }

    private void writeStat(int node) {
        if (node != DataTree.NONE) {
            tree.load(node, state);
            tree.stat(state, stat);
            stat.write(out);
        }
    }
}

package org.quorate.replica;

import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.tree.DataTree;
import org.quorate.zab.Zab;

/**
 * Turns one request into one transaction and proposes it: draws the zxid, prepares, encodes header,
 * record and digest once. What is refused takes a zxid too, as an error transaction, for the server
 * of the client waits for exactly one transaction. Owned by the core thread, used while this server
 * leads.
 */
final class Proposer {
    private static final int SESSION_AT = 0;
    private static final int CXID_AT = 8;
    private static final int ZXID_AT = 12;
    private static final int TIME_AT = 20;
    private static final int TYPE_AT = 28;
    private static final int EXTRA_BYTES_MIN = 1024;

    private final int txnBytesMax;
    private final boolean digesting;
    private final Changes changes;
    private final Quotas quotas;
    private final Preparer preparer;
    private final JuteOut out = new JuteOut(4096);

    private Author author = new Author();
    private long timeMillis;

    /**
     * @param frameBytesMax {@code jute.maxbuffer}: with its default extra size it bounds what peers
     *     and logs can read
     */
    Proposer(int frameBytesMax, DataTree tree, Changes changes, Quotas quotas, Preparer preparer) {
        this.txnBytesMax = frameBytesMax + Math.max(frameBytesMax, EXTRA_BYTES_MIN);
        this.digesting = tree.keepsDigest();
        this.changes = changes;
        this.quotas = quotas;
        this.preparer = preparer;
    }

    /** The wall clock that transactions are stamped with. */
    void time(long wallMillis) {
        timeMillis = wallMillis;
    }

    long timeMillis() {
        return timeMillis;
    }

    /** Where the record is written, behind {@link #begin}. */
    JuteOut out() {
        return out;
    }

    /** Draws a zxid. {@link #end} must follow. */
    long begin(Zab zab, Author newAuthor) {
        author = newAuthor;
        long zxid = zab.nextZxid();
        changes.begin(zxid);
        quotas.begin(zxid);
        preparer.begin(author, zxid, timeMillis);
        out.clear().reserve(TxnHeader.BYTES);
        return zxid;
    }

    /**
     * Completes the transaction whose record was written, or makes it an error, and proposes it.
     *
     * @param err {@link ErrorCode#OK} or what the request is refused with
     * @return its zxid
     */
    long end(Zab zab, int type, int err) {
        int refused =
                err == ErrorCode.OK && out.size() > txnBytesMax ? ErrorCode.MARSHALLING_ERROR : err;
        if (refused != ErrorCode.OK) {
            rollBack();
            out.truncate(TxnHeader.BYTES);
            out.writeInt(refused);
        }
        long zxid = changes.zxid();
        out.setLong(SESSION_AT, author.sessionId);
        out.setInt(CXID_AT, author.cxid);
        out.setLong(ZXID_AT, zxid);
        out.setLong(TIME_AT, timeMillis);
        out.setInt(TYPE_AT, refused == ErrorCode.OK ? type : OpCode.ERROR);
        if (digesting) {
            TxnDigest.write(out, TxnDigest.VERSION, changes.digest());
        }
        zab.propose(zxid, out.array(), 0, out.size());
        return zxid;
    }

    /** Prepares and proposes an operation on znodes, or a multi of them. */
    long propose(Zab zab, Author newAuthor, Request request) {
        begin(zab, newAuthor);
        int err = request instanceof MultiRequest multi ? multi(multi) : operation(request);
        return end(zab, request.type(), err);
    }

    /** Proposes a refusal. */
    long refuse(Zab zab, Author newAuthor, int err) {
        begin(zab, newAuthor);
        return end(zab, OpCode.ERROR, err);
    }

    /** Proposes a new session. */
    long createSession(Zab zab, Author newAuthor, int timeoutMillis) {
        begin(zab, newAuthor);
        out.writeInt(timeoutMillis);
        return end(zab, OpCode.CREATE_SESSION, ErrorCode.OK);
    }

    /**
     * Proposes the deletion of a container or TTL node; takes no zxid if it may not go any more.
     */
    void sweep(Zab zab, Author newAuthor, Slice path) {
        if (preparer.isSweepable(path)) {
            begin(zab, newAuthor);
            end(zab, OpCode.DELETE_CONTAINER, preparer.deleteContainer(path, out));
        }
    }

    private int operation(Request request) {
        return switch (request) {
            case CreateRequest create -> preparer.create(create, out);
            case DeleteRequest delete -> preparer.delete(delete, out);
            case SetDataRequest setData -> preparer.setData(setData, out);
            case SetAclRequest setAcl -> preparer.setAcl(setAcl, out);
            case CheckRequest check -> preparer.check(check, out);
            default ->
                    throw new IllegalStateException(
                            "request " + request.type() + " is no operation");
        };
    }

    /**
     * All or nothing. If one fails the transaction says why, operation by operation, and changes
     * nothing: those before keep their records, those behind are not looked at.
     */
    private int multi(MultiRequest request) {
        int multi = MultiTxn.begin(out);
        int count = 0;
        boolean failed = false;
        for (request.rewind(); request.next(); count++) {
            Request op = request.op();
            int err = ErrorCode.RUNTIME_INCONSISTENCY;
            if (!failed) {
                int at = out.size();
                int record = MultiTxn.beginOp(out, op.type());
                err = operation(op);
                if (err == ErrorCode.OK) {
                    MultiTxn.endOp(out, record);
                    continue;
                }
                if (err == ErrorCode.MARSHALLING_ERROR) {
                    return err;
                }
                out.truncate(at);
                failed = true;
            }
            int record = MultiTxn.beginOp(out, OpCode.ERROR);
            out.writeInt(err);
            MultiTxn.endOp(out, record);
        }
        MultiTxn.end(out, multi, count);
        if (failed) {
            rollBack();
        }
        return ErrorCode.OK;
    }

    private void rollBack() {
        changes.rollBack();
        quotas.rollBack();
    }
}

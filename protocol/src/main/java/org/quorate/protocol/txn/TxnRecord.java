package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * One whole transaction, as a proposal and a log record carry it: header, record, digest (disk
 * formats §3). A reusable decoder without allocation; what it shows is valid until the next read or
 * until the bytes are reused. Owned by one thread.
 */
public final class TxnRecord {
    public final TxnHeader header = new TxnHeader();

    /** Means something only if {@link #hasDigest()}. */
    public final TxnDigest digest = new TxnDigest();

    private final CreateTxn create = new CreateTxn();
    private final DeleteTxn delete = new DeleteTxn();
    private final SetDataTxn setData = new SetDataTxn();
    private final SetAclTxn setAcl = new SetAclTxn();
    private final ErrorTxn error = new ErrorTxn();
    private final CreateSessionTxn createSession = new CreateSessionTxn();
    private final CloseSessionTxn closeSession = new CloseSessionTxn();
    private final MultiTxn multi = new MultiTxn();
    private Txn txn = error;
    private boolean hasDigest;

    /**
     * Reads everything up to the limit of {@code in}.
     *
     * @throws JuteException if it is malformed or of a type that no reader accepts
     */
    public TxnRecord read(JuteIn in) {
        header.read(in);
        txn = readTxn(header.type, in);
        hasDigest = in.remaining() >= TxnDigest.BYTES;
        if (hasDigest) {
            digest.read(in);
        }
        return this;
    }

    /** The record behind the header. */
    public Txn txn() {
        return txn;
    }

    /** A leader may leave the digest out. */
    public boolean hasDigest() {
        return hasDigest;
    }

    /** Writes header, record and, if there is one, the digest. */
    public void write(JuteOut out) {
        header.write(out);
        txn.write(out);
        if (hasDigest) {
            digest.write(out);
        }
    }

    private Txn readTxn(int type, JuteIn in) {
        return switch (type) {
            case OpCode.CREATE -> readCreate(in);
            case OpCode.CREATE2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL ->
                    create.read(type, in);
            case OpCode.DELETE, OpCode.DELETE_CONTAINER -> delete.read(type, in);
            case OpCode.SET_DATA, OpCode.RECONFIG -> setData.read(type, in);
            case OpCode.SET_ACL -> setAcl.read(in);
            case OpCode.ERROR -> error.read(in);
            case OpCode.CREATE_SESSION -> createSession.read(in);
            case OpCode.CLOSE_SESSION -> readCloseSession(in);
            case OpCode.MULTI -> multi.read(in);
            default -> throw new JuteException("transaction type " + type);
        };
    }

    private Txn readCreate(JuteIn in) {
        int from = in.position();
        try {
            return create.read(OpCode.CREATE, in);
        } catch (JuteException e) {
            if (!e.endsEarly()) {
                throw e;
            }
            in.position(from);
            return create.readOldForm(in);
        }
    }

    /** Before 3.6 there were no paths; a digest behind such a transaction counts as none. */
    private Txn readCloseSession(JuteIn in) {
        int bytes = in.remaining();
        try {
            return closeSession.read(in);
        } catch (JuteException e) {
            if (bytes != 0 && bytes != TxnDigest.BYTES) {
                throw e;
            }
            in.position(in.limit());
            return closeSession.withoutPaths();
        }
    }
}

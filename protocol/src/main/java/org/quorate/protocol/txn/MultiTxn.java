package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * multi: a cursor over the operations in place. Reading checks all of them, so that the walk cannot
 * fail. To write one without collecting it first, use {@link #begin} and the methods below it.
 */
public final class MultiTxn implements Txn {
    private static final int OP_BYTES_MIN = 8;

    private final Slice encoded = new Slice();
    private final Slice body = new Slice();
    private final JuteIn walk = new JuteIn(Integer.MAX_VALUE);
    private final JuteIn bodyIn = new JuteIn(Integer.MAX_VALUE);
    private final CreateTxn create = new CreateTxn();
    private final DeleteTxn delete = new DeleteTxn();
    private final SetDataTxn setData = new SetDataTxn();
    private final CheckTxn check = new CheckTxn();
    private final ErrorTxn error = new ErrorTxn();
    private Txn op = check;
    private int count;
    private int left;
    private boolean failed;

    /**
     * Reads and checks all operations.
     *
     * @throws JuteException if one is malformed or of a type that multi cannot hold
     */
    public MultiTxn read(JuteIn in) {
        count = Math.max(in.readCount(OP_BYTES_MIN), 0);
        failed = false;
        int from = in.position();
        for (int i = 0; i < count; i++) {
            readOp(in);
            failed |= op.type() == OpCode.ERROR;
        }
        encoded.set(in.array(), from, in.position() - from);
        return rewind();
    }

    @Override
    public int type() {
        return OpCode.MULTI;
    }

    /** Number of operations. */
    public int count() {
        return count;
    }

    /** True if any operation is an error: then nothing of the multi may be applied. */
    public boolean failed() {
        return failed;
    }

    /** Goes back in front of the first operation. */
    public MultiTxn rewind() {
        walk.wrap(encoded);
        left = count;
        return this;
    }

    /** Steps to the next operation. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        readOp(walk);
        return true;
    }

    /** The current operation; valid until {@link #next}. */
    public Txn op() {
        return op;
    }

    @Override
    public void write(JuteOut out) {
        out.writeInt(count).writeRaw(encoded);
    }

    /**
     * Begins a multi of which the number of operations comes last.
     *
     * @return where it begins, for {@link #end}
     */
    public static int begin(JuteOut out) {
        return out.reserve(4);
    }

    /**
     * Begins an operation; its record is written next.
     *
     * @return where it begins, for {@link #endOp}
     */
    public static int beginOp(JuteOut out, int type) {
        out.writeInt(type);
        return out.reserve(4);
    }

    /** Completes an operation. */
    public static void endOp(JuteOut out, int op) {
        out.setInt(op, out.size() - op - 4);
    }

    /** Completes a multi. */
    public static void end(JuteOut out, int multi, int count) {
        out.setInt(multi, count);
    }

    private void readOp(JuteIn in) {
        int type = in.readInt();
        in.readSlice(body);
        if (body.isNull()) {
            throw new JuteException("operation %d in multi without a record".formatted(type));
        }
        bodyIn.wrap(body);
        op =
                switch (type) {
                    case OpCode.CREATE,
                            OpCode.CREATE2,
                            OpCode.CREATE_CONTAINER,
                            OpCode.CREATE_TTL ->
                            create.read(type, bodyIn);
                    case OpCode.DELETE, OpCode.DELETE_CONTAINER -> delete.read(type, bodyIn);
                    case OpCode.SET_DATA -> setData.read(type, bodyIn);
                    case OpCode.CHECK -> check.read(bodyIn);
                    case OpCode.ERROR -> error.read(bodyIn);
                    default -> throw new JuteException("transaction type " + type + " in multi");
                };
    }
}

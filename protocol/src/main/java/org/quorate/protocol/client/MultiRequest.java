package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * multi and multiRead (client protocol §11): a cursor over the operations in place. Reading checks
 * all of it, so that the walk cannot fail.
 */
public final class MultiRequest implements Request {
    public int type = OpCode.MULTI;

    private final Slice encoded = new Slice();
    private final JuteIn walk = new JuteIn(Integer.MAX_VALUE);
    private final CreateRequest create = new CreateRequest();
    private final DeleteRequest delete = new DeleteRequest();
    private final SetDataRequest setData = new SetDataRequest();
    private final CheckRequest check = new CheckRequest();
    private final ReadRequest read = new ReadRequest();
    private Request op = check;
    private int count;

    /**
     * Reads and checks all operations.
     *
     * @throws JuteException if anything is malformed, an operation is not allowed here, reads and
     *     writes are mixed, or a create's flags are unknown: −5 for the whole request
     */
    public MultiRequest read(int type, JuteIn in) {
        this.type = type;
        int from = in.position();
        count = 0;
        while (readOp(in)) {
            count++;
        }
        encoded.set(in.array(), from, in.position() - from);
        return rewind();
    }

    @Override
    public int type() {
        return type;
    }

    /** Number of operations. */
    public int count() {
        return count;
    }

    /** Goes back in front of the first operation. */
    public MultiRequest rewind() {
        walk.wrap(encoded);
        return this;
    }

    /** Steps to the next operation. */
    public boolean next() {
        return readOp(walk);
    }

    /**
     * The current operation: a create, delete, setData or check, or in a multiRead a read. Inside
     * multi the flags of a create do count: with the container flag the operation is a
     * createContainer, whatever its type said, and a createTTL without a TTL flag is a create.
     * Valid until {@link #next}.
     */
    public Request op() {
        return op;
    }

    @Override
    public void write(JuteOut out) {
        out.writeRaw(encoded);
    }

    private boolean readOp(JuteIn in) {
        int opType = in.readInt();
        boolean done = in.readBool();
        in.readInt();
        if (done) {
            return false;
        }
        boolean isRead = opType == OpCode.GET_DATA || opType == OpCode.GET_CHILDREN;
        if (isRead != (type == OpCode.MULTI_READ)) {
            throw new JuteException("operation %d in request %d".formatted(opType, type));
        }
        op =
                switch (opType) {
                    case OpCode.CREATE,
                            OpCode.CREATE2,
                            OpCode.CREATE_CONTAINER,
                            OpCode.CREATE_TTL ->
                            readCreate(opType, in);
                    case OpCode.DELETE -> delete.read(in);
                    case OpCode.SET_DATA -> setData.read(in);
                    case OpCode.CHECK -> check.read(in);
                    case OpCode.GET_DATA, OpCode.GET_CHILDREN -> read.read(opType, in);
                    default -> throw new JuteException("operation " + opType + " in multi");
                };
        return true;
    }

    private CreateRequest readCreate(int opType, JuteIn in) {
        create.read(opType, in);
        if (create.acl.isNull()) {
            throw new JuteException("a create without access control list in multi");
        }
        if (opType != OpCode.CREATE_TTL) {
            if (!CreateRequest.flagsAreKnown(create.flags) || create.isTtl()) {
                throw new JuteException("create flags %d in multi".formatted(create.flags));
            }
        } else if (!create.isTtl()) {
            create.type = OpCode.CREATE;
            create.ttlMillis = CreateRequest.TTL_NONE;
        }
        if (create.flags == CreateRequest.FLAG_CONTAINER) {
            create.type = OpCode.CREATE_CONTAINER;
        }
        return create;
    }
}

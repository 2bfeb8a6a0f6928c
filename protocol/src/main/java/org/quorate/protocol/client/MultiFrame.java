package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;

/**
 * Writes what stands between the operations of a multi or its reply (client protocol §11).
 * Stateless.
 */
public final class MultiFrame {
    private static final int NO_ERROR_YET = -1;

    private MultiFrame() {}

    /** Before an operation's request record. */
    public static void beginRequest(JuteOut out, int type) {
        header(out, type, false, NO_ERROR_YET);
    }

    /** Before a successful operation's result. */
    public static void beginResult(JuteOut out, int type) {
        header(out, type, false, 0);
    }

    /** The whole result of an operation that failed or was rolled back. */
    public static void error(JuteOut out, int err) {
        header(out, OpCode.ERROR, false, err);
        out.writeInt(err);
    }

    /** Behind the last operation. */
    public static void end(JuteOut out) {
        header(out, -1, true, -1);
    }

    /**
     * The type of the result of an operation: all creates but the plain one answer as create2.
     *
     * @param type what {@link MultiRequest#op()} says
     */
    public static int resultType(int type) {
        return switch (type) {
            case OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL -> OpCode.CREATE2;
            default -> type;
        };
    }

    private static void header(JuteOut out, int type, boolean done, int err) {
        out.writeInt(type).writeBool(done).writeInt(err);
    }
}

package org.quorate.node.insight;

import java.nio.charset.StandardCharsets;
import org.quorate.protocol.OpCode;

/** Finds what a request is about in its bytes, without decoding it all. Stateless. */
public final class RequestPath {
    private static final int HEADER_BYTES = 8;
    private static final int MULTI_HEADER_BYTES = 9;

    /** A longer path is shown without its end. */
    static final int BYTES_MAX = 1024;

    private RequestPath() {}

    /** The request's type; 0 if it has none. */
    public static int type(byte[] frame, int from, int to) {
        return to - from < HEADER_BYTES ? 0 : intAt(frame, from + 4);
    }

    /** The request's xid; 0 if it has none. */
    public static int xid(byte[] frame, int from, int to) {
        return to - from < HEADER_BYTES ? 0 : intAt(frame, from);
    }

    /**
     * The path of a request, of a multi that of its first operation; empty if it has none.
     *
     * @param frame header and body, without the length
     */
    public static String of(byte[] frame, int from, int to) {
        int type = type(frame, from, to);
        int at =
                hasPath(type)
                        ? from + HEADER_BYTES
                        : type == OpCode.MULTI || type == OpCode.MULTI_READ
                                ? from + HEADER_BYTES + MULTI_HEADER_BYTES
                                : to;
        if (to - at < 4) {
            return "";
        }
        int length = intAt(frame, at);
        if (length <= 0 || length > to - at - 4) {
            return "";
        }
        return new String(frame, at + 4, Math.min(length, BYTES_MAX), StandardCharsets.UTF_8);
    }

    /** Does a path stand first in the body of such a request? */
    public static boolean hasPath(int type) {
        return switch (type) {
            case OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.EXISTS,
                    OpCode.GET_DATA,
                    OpCode.SET_DATA,
                    OpCode.GET_ACL,
                    OpCode.SET_ACL,
                    OpCode.GET_CHILDREN,
                    OpCode.GET_CHILDREN2,
                    OpCode.GET_ALL_CHILDREN_NUMBER,
                    OpCode.GET_EPHEMERALS,
                    OpCode.SYNC,
                    OpCode.ADD_WATCH,
                    OpCode.CHECK_WATCHES,
                    OpCode.REMOVE_WATCHES ->
                    true;
            default -> false;
        };
    }

    private static int intAt(byte[] bytes, int at) {
        return bytes[at] << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    /** The operation in ZooKeeper's words. */
    public static String operation(int type) {
        return switch (type) {
            case OpCode.CREATE_SESSION -> "createSession";
            case OpCode.CREATE -> "create";
            case OpCode.CREATE2 -> "create2";
            case OpCode.CREATE_CONTAINER -> "createContainer";
            case OpCode.CREATE_TTL -> "createTTL";
            case OpCode.DELETE -> "delete";
            case OpCode.EXISTS -> "exists";
            case OpCode.GET_DATA -> "getData";
            case OpCode.SET_DATA -> "setData";
            case OpCode.GET_ACL -> "getACL";
            case OpCode.SET_ACL -> "setACL";
            case OpCode.GET_CHILDREN -> "getChildren";
            case OpCode.GET_CHILDREN2 -> "getChildren2";
            case OpCode.GET_ALL_CHILDREN_NUMBER -> "getAllChildrenNumber";
            case OpCode.GET_EPHEMERALS -> "getEphemerals";
            case OpCode.SYNC -> "sync";
            case OpCode.PING -> "ping";
            case OpCode.MULTI -> "multi";
            case OpCode.MULTI_READ -> "multiRead";
            case OpCode.RECONFIG -> "reconfig";
            case OpCode.CLOSE_SESSION -> "closeSession";
            case OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> "setWatches";
            case OpCode.ADD_WATCH -> "addWatch";
            case OpCode.CHECK_WATCHES -> "checkWatches";
            case OpCode.REMOVE_WATCHES -> "removeWatches";
            case OpCode.WHO_AM_I -> "whoAmI";
            default -> "type " + type;
        };
    }
}

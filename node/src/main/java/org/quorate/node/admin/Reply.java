package org.quorate.node.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an admin command answers: fields for the JSON text, in order, and an HTTP status. Owned by
 * the thread that runs the command.
 */
final class Reply {
    private static final String COMMAND = "command";
    private static final String ERROR = "error";

    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private int status = 200;

    /** An error without fields. */
    static Reply error(String command, String error, int status) {
        Reply reply = new Reply();
        reply.status = status;
        reply.finish(command, error);
        return reply;
    }

    Reply put(String name, @Nullable Object value) {
        fields.put(name, value);
        return this;
    }

    /** An error that a command finds itself: ZooKeeper puts it before the command's name. */
    Reply fail(String error) {
        return put(ERROR, error);
    }

    Reply status(int other) {
        status = other;
        return this;
    }

    /** 503 unless all is well. */
    Reply statusUnless(boolean well) {
        return status(well ? 200 : 503);
    }

    int status() {
        return status;
    }

    /** The fields with the two that end each answer. */
    Map<String, @Nullable Object> finish(String command, @Nullable String error) {
        fields.put(COMMAND, command);
        fields.putIfAbsent(ERROR, error);
        return fields;
    }

    /** All fields. */
    Map<String, @Nullable Object> fields() {
        return fields;
    }
}

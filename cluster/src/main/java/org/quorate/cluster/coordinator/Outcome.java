package org.quorate.cluster.coordinator;

import java.util.List;

/** What became of a {@link Transaction}. */
public sealed interface Outcome {
    /** Whether it happened. */
    default boolean done() {
        return this instanceof Done;
    }

    /** Whether it was refused for {@code reason}. */
    default boolean refusedFor(Reason reason) {
        return this instanceof Refused refused && refused.reason() == reason;
    }

    /**
     * It happened, all of it, once.
     *
     * @param written for each change in order, what it left behind
     */
    record Done(List<Written> written) implements Outcome {
        /** Copies the list. */
        public Done {
            written = List.copyOf(written);
        }
    }

    /**
     * Nothing of it happened, because of one change.
     *
     * @param index of that change
     * @param reason what stood against it
     * @param path of that change
     */
    record Refused(int index, Reason reason, String path) implements Outcome {}

    /**
     * What one change left behind.
     *
     * @param path where; with the number, for a sequential znode
     * @param version of the data now; 0 for a created znode, {@link #UNKNOWN} after a delete or
     *     check, or when it was found out later and others have written since
     * @param zxid of the transaction, if the service told it (it does when the transaction contains
     *     a put); otherwise {@link #UNKNOWN}
     */
    record Written(String path, int version, long zxid) {
        /** The service did not say. */
        public static final int UNKNOWN = -1;
    }

    /** Why a change cannot be made. */
    enum Reason {
        /** To create: there is one already. */
        EXISTS,
        /** The znode, or the parent of the one to create, is not there. */
        MISSING,
        /** It has another version. */
        CHANGED,
        /** To delete: it has children. */
        NOT_EMPTY
    }
}

package org.quorate.replica;

import java.util.List;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.tree.DataTree;

/**
 * Answers requests that only look at the tree and set no watch: the same code for the core thread
 * and for event loops beside it, one instance for each thread, used while the host's gate is held
 * for reading.
 */
public final class Reads {
    public Reads(DataTree tree, ReplicaOptions options) {
        throw new IllegalStateException("not built yet: " + tree + options);
    }

    /**
     * Is this a request that {@link #answer} can serve: a read without a watch, a ping, whoAmI, a
     * multiRead?
     *
     * @param frame header and body, without the length
     */
    public static boolean isPlain(byte[] frame, int from, int to) {
        throw new IllegalStateException("not built yet");
    }

    /** Appends the whole reply frame. Malformed bodies are answered with MarshallingError. */
    public void answer(byte[] frame, int from, int to, Connection connection, JuteOut out) {
        throw new IllegalStateException("not built yet");
    }

    /** Appends the body and says the error code: what {@link #answer} does behind the header. */
    int body(Request request, List<Id> ids, long sessionId, JuteOut out) {
        throw new IllegalStateException("not built yet");
    }
}

package org.quorate.node.console;

import java.io.IOException;
import org.quorate.protocol.client.Request;

/**
 * Carries out what an operator wants changed: through the ensemble's leader like any client's
 * request, with all rights. Any thread that may wait.
 */
public interface Changes {
    /**
     * Sends a request in a session of its own.
     *
     * @param operator his address, for the access lists' and the log's sake
     * @return the protocol's error code, 0 for success
     * @throws IOException if there is no answer: whether it was done is not known
     */
    int submit(String operator, Request request) throws IOException;

    /**
     * Ends a session wherever its client is connected; its ephemerals go with it.
     *
     * @return false if there is no such session
     * @throws IOException if there is no answer: whether it was done is not known
     */
    boolean endSession(String operator, long sessionId) throws IOException;
}

package org.quorate.node.http;

import java.io.IOException;

/** Answers requests. Called on a virtual thread of the request's own; may wait. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers by {@link HttpExchange#send} or {@link HttpExchange#stream}, once.
     *
     * @throws IOException if the client is gone
     */
    void handle(HttpExchange exchange) throws IOException;
}

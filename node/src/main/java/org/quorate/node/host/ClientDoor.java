package org.quorate.node.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientEdge;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where plain clients come in: one address, which a reconfig may move. Connections that are open
 * stay. Any thread; binding is done by whoever opens, or by a thread of its own.
 */
final class ClientDoor {
    private static final Logger LOG = LoggerFactory.getLogger(ClientDoor.class);

    private enum State {
        NOT_YET,
        OPEN,
        CLOSED
    }

    private final ClientEdge edge;

    // Guarded by this.
    private State state = State.NOT_YET;
    private @Nullable Endpoint wanted;
    private @Nullable Endpoint bound;

    private volatile int port = -1;

    /**
     * @param first null for none
     */
    ClientDoor(ClientEdge edge, @Nullable Endpoint first) {
        this.edge = edge;
        this.wanted = first;
    }

    /** Where it is, or was last, open; −1 if it never was. */
    int port() {
        return port;
    }

    /**
     * @throws IOException with a line for the operator if the address cannot be had
     */
    synchronized void open() throws IOException {
        if (state == State.NOT_YET) {
            state = State.OPEN;
            bind();
        }
    }

    /** Moves it soon, if it is to be elsewhere; quick, for the core thread. */
    synchronized void move(Endpoint to) {
        if (!to.equals(wanted)) {
            wanted = to;
            Thread.ofVirtual().name("quorate-moves-port").start(this::rebind);
        }
    }

    synchronized void close() {
        state = State.CLOSED;
        edge.stopListening();
    }

    private synchronized void rebind() {
        if (state != State.OPEN) {
            return;
        }
        try {
            bind();
        } catch (IOException e) {
            LOG.error("clients cannot come in any more: {}", e.getMessage());
        }
    }

    private void bind() throws IOException {
        Endpoint to = wanted;
        if (to == null || to.equals(bound)) {
            return;
        }
        edge.stopListening();
        bound = null;
        port = -1;
        port = edge.listen(new InetSocketAddress(to.host(), to.port()), null);
        bound = to;
        LOG.info("clients are served on {}:{}", to.host(), port);
    }
}

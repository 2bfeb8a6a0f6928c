package org.quorate.node.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientEdge;
import org.quorate.net.tls.HandshakeLimit;
import org.quorate.net.tls.TlsContext;
import org.quorate.net.tls.TlsException;
import org.quorate.net.tls.TlsFront;
import org.quorate.net.tls.TlsOptions;
import org.quorate.node.config.ServerConfig;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where clients come in: a plain address, which a reconfig may move and which may take TLS too, and
 * one for TLS alone. Connections that are open stay. Any thread; binding is done by whoever opens,
 * or by a thread of its own.
 */
final class ClientDoor {
    private static final Logger LOG = LoggerFactory.getLogger(ClientDoor.class);

    private enum State {
        NOT_YET,
        OPEN,
        CLOSED
    }

    private final ClientEdge edge;
    private final @Nullable TlsContext tls;
    private final HandshakeLimit handshakes;
    private final boolean unified;
    private final @Nullable Endpoint secure;

    // Guarded by this.
    private State state = State.NOT_YET;
    private @Nullable Endpoint wanted;
    private @Nullable Endpoint bound;
    private ClientEdge.@Nullable Listener plainListener;
    private ClientEdge.@Nullable Listener secureListener;

    private volatile int port = -1;
    private volatile int securePort = -1;

    /**
     * @throws TlsException if the stores cannot be read
     */
    ClientDoor(ClientEdge edge, ServerConfig.Ports ports, ServerConfig.Tls options)
            throws TlsException {
        TlsOptions forClients = options.clients();
        this.edge = edge;
        this.tls = forClients == null ? null : TlsContext.open(forClients);
        this.handshakes = new HandshakeLimit(options.handshakesMax());
        this.unified = ports.unified();
        this.secure = ports.secure();
        this.wanted = ports.plain();
    }

    /** Where it is, or was last, open; −1 if it never was. */
    int port() {
        return port;
    }

    /** Where TLS clients come in; −1 if they do not, or not there. */
    int securePort() {
        return securePort;
    }

    /** TLS handshakes of clients. */
    HandshakeLimit handshakes() {
        return handshakes;
    }

    /**
     * @throws IOException with a line for the operator if an address cannot be had
     */
    synchronized void open() throws IOException {
        if (state == State.NOT_YET) {
            state = State.OPEN;
            bind();
            Endpoint to = secure;
            if (to != null) {
                ClientEdge.Listener listener = edge.listen(address(to), front(false));
                secureListener = listener;
                securePort = listener.port();
                LOG.info("TLS clients are served on {}:{}", to.host(), securePort);
            }
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
        closePlain();
        ClientEdge.Listener listener = secureListener;
        secureListener = null;
        if (listener != null) {
            listener.close();
        }
        if (tls != null) {
            tls.close();
        }
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
        closePlain();
        bound = null;
        port = -1;
        ClientEdge.Listener listener = edge.listen(address(to), unified ? front(true) : null);
        plainListener = listener;
        port = listener.port();
        bound = to;
        LOG.info("clients are served on {}:{}", to.host(), port);
    }

    private void closePlain() {
        ClientEdge.Listener listener = plainListener;
        plainListener = null;
        if (listener != null) {
            listener.close();
        }
    }

    private Supplier<TlsFront> front(boolean plainToo) {
        TlsContext context = tls;
        if (context == null) {
            throw new IllegalStateException("a TLS port without TLS");
        }
        return () -> new TlsFront(context, handshakes, plainToo);
    }

    private static InetSocketAddress address(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.host(), endpoint.port());
    }
}

package org.quorate.net.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * TLS between servers (peer protocol §9): on accepted connections, and on those that this server
 * opens. Any thread.
 */
public final class PeerTls implements AutoCloseable {
    /** Handshakes of accepted connections at once: far more than an ensemble has servers. */
    public static final int HANDSHAKES_MAX = 100;

    private final TlsContext context;
    private final boolean dials;
    private final boolean plainToo;
    private final HandshakeLimit limit = new HandshakeLimit(HANDSHAKES_MAX);

    private PeerTls(TlsContext context, boolean dials, boolean plainToo) {
        this.context = context;
        this.dials = dials;
        this.plainToo = plainToo;
    }

    /**
     * Reads the stores.
     *
     * @param dials connections that this server opens speak TLS: {@code sslQuorum}
     * @param plainToo accepted connections may be plain: {@code portUnification}
     */
    public static PeerTls open(TlsOptions options, boolean dials, boolean plainToo)
            throws TlsException {
        return new PeerTls(TlsContext.open(options), dials, plainToo);
    }

    /** Puts what is needed in front of an accepted connection. Its event loop. */
    public void accepted(Channel channel) {
        channel.pipeline().addFirst(new TlsFront(context, limit, plainToo), new LastWords());
    }

    /**
     * A connection that this server has opened. On its event loop, with reading on.
     *
     * @param host what the other server's certificate is compared with
     * @param then hears, on the loop, why there is no TLS, or null as soon as there is
     */
    public void dialled(
            Channel channel, String host, int port, Consumer<@Nullable Throwable> then) {
        if (!dials) {
            then.accept(null);
            return;
        }
        SslHandler handler = context.dial(channel, host, port);
        // Not from within the handler, which has its last message of the handshake to send: what is
        // written and closed there would overtake it.
        handler.handshakeFuture()
                .addListener(done -> channel.eventLoop().execute(() -> then.accept(done.cause())));
        channel.pipeline().addFirst(handler);
    }

    @Override
    public void close() {
        context.close();
    }
}

package org.quorate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.tls.PeerTls;
import org.quorate.protocol.peer.Endpoint;

/**
 * The event loop for the other servers of an ensemble: apart from the clients', so that a flood of
 * requests does not delay a vote.
 */
public final class PeerGroup implements AutoCloseable {
    private static final long CLOSE_SECONDS_MAX = 5;

    private final EventLoopGroup group;
    private final EdgeLoop loop;
    private final boolean keepAlive;
    private final @Nullable PeerTls tls;
    private final @Nullable PeerSasl sasl;

    /**
     * Starts it.
     *
     * @param keepAlive TCP keep-alive on the sockets: {@code tcpKeepAlive}
     */
    public PeerGroup(String threadName, boolean keepAlive) {
        this(threadName, keepAlive, null, null);
    }

    /**
     * Starts it.
     *
     * @param keepAlive TCP keep-alive on the sockets: {@code tcpKeepAlive}
     * @param tls closed with this; null for plain connections
     * @param sasl closed with this; null if nobody proves who it is
     */
    public PeerGroup(
            String threadName, boolean keepAlive, @Nullable PeerTls tls, @Nullable PeerSasl sasl) {
        this.keepAlive = keepAlive;
        this.tls = tls;
        this.sasl = sasl;
        this.group = Transport.group(1, threadName);
        this.loop = new EdgeLoop(group.next());
    }

    public EdgeLoop loop() {
        return loop;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    EventLoopGroup group() {
        return group;
    }

    /** May a pipeline of these connections begin with TLS? */
    boolean maySpeakTls() {
        return tls != null;
    }

    /** The first thing to be done with an accepted connection. The loop. */
    void accepted(Channel channel) {
        if (tls != null) {
            tls.accepted(channel);
        }
    }

    /**
     * The first thing to be done with a connection that was opened. The loop.
     *
     * @param then hears why it cannot be used, or null as soon as it can
     */
    void dialled(Channel channel, Endpoint to, Consumer<@Nullable Throwable> then) {
        if (tls == null) {
            then.accept(null);
        } else {
            tls.dialled(channel, to.host(), to.port(), then);
        }
    }

    /** May a connection begin with a proof of who dials? */
    boolean mayProve() {
        return sasl != null;
    }

    /**
     * What follows on an accepted connection, where it may begin with a proof: lets the other side
     * prove who it is. The loop.
     *
     * @param before the handler that hears the rest; null if {@code then} is to add it
     * @param read what has come of it already
     * @param then hears why the connection is to be closed, or null as soon as it can be used
     */
    void prove(
            Channel channel,
            @Nullable ChannelHandler before,
            byte[] read,
            Consumer<@Nullable Throwable> then) {
        if (sasl == null) {
            then.accept(null);
        } else {
            sasl.accepted(channel, before, then).hear(read, 0, read.length);
        }
    }

    /**
     * What follows on a connection that was opened: proves to the other side who this server is, if
     * it is to. The loop, with reading on.
     *
     * @param host of the server that was dialled, as it is configured
     * @param before the handler that hears the rest; null if {@code then} is to add it
     * @param then hears why the connection cannot be used, or null as soon as it can
     */
    void proveTo(
            Channel channel,
            String host,
            @Nullable ChannelHandler before,
            Consumer<@Nullable Throwable> then) {
        if (sasl == null || !sasl.dials()) {
            then.accept(null);
        } else {
            sasl.dialled(channel, host, before, then);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        if (tls != null) {
            tls.close();
        }
        if (sasl != null) {
            sasl.close();
        }
    }
}

package org.quorate.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

    /**
     * Starts it.
     *
     * @param keepAlive TCP keep-alive on the sockets: {@code tcpKeepAlive}
     */
    public PeerGroup(String threadName, boolean keepAlive) {
        this(threadName, keepAlive, null);
    }

    /**
     * Starts it.
     *
     * @param keepAlive TCP keep-alive on the sockets: {@code tcpKeepAlive}
     * @param tls closed with this; null for plain connections
     */
    public PeerGroup(String threadName, boolean keepAlive, @Nullable PeerTls tls) {
        this.keepAlive = keepAlive;
        this.tls = tls;
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

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        if (tls != null) {
            tls.close();
        }
    }
}

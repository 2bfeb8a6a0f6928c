package org.quorate.net;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;

/**
 * The event loop for the other servers of an ensemble: apart from the clients', so that a flood of
 * requests does not delay a vote.
 */
public final class PeerGroup implements AutoCloseable {
    private static final long CLOSE_SECONDS_MAX = 5;

    private final EventLoopGroup group;
    private final EdgeLoop loop;
    private final boolean keepAlive;

    /**
     * Starts it.
     *
     * @param keepAlive TCP keep-alive on the sockets: {@code tcpKeepAlive}
     */
    public PeerGroup(String threadName, boolean keepAlive) {
        this.keepAlive = keepAlive;
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

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}

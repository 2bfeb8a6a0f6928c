package org.quorate.node.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.tls.TlsFront;

/** A listening HTTP server with one event loop. Any thread. */
public final class HttpServer implements AutoCloseable {
    /** Connections at a time; more are closed at once. */
    public static final int CONNECTIONS_MAX = 200;

    private static final long CLOSE_SECONDS_MAX = 5;

    private final EventLoopGroup group;
    private final Channel listener;
    private final AtomicInteger connections = new AtomicInteger();

    private HttpServer(EventLoopGroup group, InetSocketAddress address, Handlers handlers)
            throws IOException {
        this.group = group;
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        accept(channel, handlers);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen on %s:%d: %s"
                            .formatted(address.getHostString(), address.getPort(), reason(bound)));
        }
        this.listener = bound.channel();
    }

    private record Handlers(
            HttpHandler handler, int idleMillisMax, @Nullable Supplier<TlsFront> tls) {}

    /**
     * Begins to listen.
     *
     * @param name of its thread
     * @param address port 0 for any free one
     * @param idleMillisMax a connection is closed that is silent, does not send or does not read
     *     for so long
     * @throws IOException with one line if the address cannot be had
     */
    public static HttpServer start(
            String name, InetSocketAddress address, int idleMillisMax, HttpHandler handler)
            throws IOException {
        return start(name, address, idleMillisMax, handler, null);
    }

    /**
     * The same with TLS.
     *
     * @param tls what stands in front of each connection; null for plain ones
     */
    public static HttpServer start(
            String name,
            InetSocketAddress address,
            int idleMillisMax,
            HttpHandler handler,
            @Nullable Supplier<TlsFront> tls)
            throws IOException {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        return new HttpServer(group, address, new Handlers(handler, idleMillisMax, tls));
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Stops listening and cuts what is open. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void accept(SocketChannel channel, Handlers handlers) {
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > CONNECTIONS_MAX) {
            var _ = channel.close();
            return;
        }
        Supplier<TlsFront> tls = handlers.tls();
        if (tls != null) {
            channel.pipeline().addLast(tls.get());
        }
        channel.pipeline()
                .addLast(
                        new IdleStateHandler(0, 0, handlers.idleMillisMax(), TimeUnit.MILLISECONDS),
                        new HttpServerCodec(),
                        new FlowControlHandler(),
                        new ReadOn(),
                        new HttpConnection(handlers.handler(), handlers.idleMillisMax()));
    }

    private static String reason(ChannelFuture bound) {
        Throwable cause = bound.cause();
        String why = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        return why.contains("in use") ? "the port is in use" : String.valueOf(cause);
    }
}

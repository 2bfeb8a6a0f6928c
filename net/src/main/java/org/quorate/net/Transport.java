package org.quorate.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Which of Netty's transports this machine has. Stateless. */
final class Transport {
    private static final boolean EPOLL = Epoll.isAvailable();

    static {
        // Looking for leaks costs some per cent. Who looks for them asks for it.
        if (System.getProperty("io.netty.leakDetection.level") == null
                && System.getProperty("io.netty.leakDetectionLevel") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    private Transport() {}

    /** Event loops on daemon threads. */
    static MultiThreadIoEventLoopGroup group(int loops, String name) {
        return new MultiThreadIoEventLoopGroup(
                loops,
                new DefaultThreadFactory(name, true),
                EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    static ServerBootstrap server() {
        return new ServerBootstrap()
                .channel(EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    static Bootstrap client() {
        return new Bootstrap().channel(EPOLL ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    /** Closes at once; whoever cares has the channel's close future. */
    static void close(Channel channel) {
        ChannelFuture _ = channel.close();
    }

    /** Writes and flushes; a failure comes to the pipeline as an exception. */
    static void write(Channel channel, ByteBuf bytes) {
        ChannelFuture _ = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    /** An exception whose message is a line for the operator. */
    static IOException cannotListen(InetSocketAddress address, Throwable cause) {
        String where = address.getHostString() + ":" + address.getPort();
        String why =
                address.isUnresolved()
                        ? "its name has no address"
                        : cause.getMessage() == null ? cause.toString() : cause.getMessage();
        boolean inUse = why.contains("in use");
        return new IOException(
                inUse
                        ? "cannot listen on %s: the port is in use".formatted(where)
                        : "cannot listen on %s: %s".formatted(where, why),
                cause);
    }
}

package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections on quorum ports (peer protocol §4): byte streams both ways. Methods may be called by
 * any one thread; they act on the loop of the {@link PeerGroup}, in order.
 */
public final class QuorumLinks {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumLinks.class);
    private static final int READ_BYTES = 64 << 10;

    /** What becomes of links. Called on the peers' event loop; must not block. */
    public interface Handler {
        /** A learner has connected. */
        void accepted(QuorumLink link);

        /** A dial has succeeded. */
        void opened(long attempt, QuorumLink link);

        void dialFailed(long attempt, String why);

        /** Bytes as they came, valid during the call. */
        void received(QuorumLink link, byte[] bytes, int from, int to);

        /** The other side has closed, or the connection broke. Not after a close from this side. */
        void closed(QuorumLink link);
    }

    /**
     * Limits of links and dials.
     *
     * @param dialMillisMax for all tries of one dial: {@code tickTime × initLimit}
     * @param dialTriesMax tries of one dial
     * @param dialPauseMillisMin between the first two, then twice as long each time: who is dialled
     *     behind an election may be a few milliseconds late with its port
     * @param dialPauseMillisMax the longest
     * @param linksMax learners at once; further ones are closed at once
     * @param unidentifiedMax accepted connections at once of which it is not known with whom; for a
     *     further one the oldest of them is closed
     * @param outboundBytesMax unsent bytes of a link past which it is closed
     */
    public record Options(
            int dialMillisMax,
            int dialTriesMax,
            int dialPauseMillisMin,
            int dialPauseMillisMax,
            int linksMax,
            int unidentifiedMax,
            long outboundBytesMax) {
        public static Options of(int dialMillisMax, int unidentifiedMax) {
            return new Options(dialMillisMax, 10, 2, 100, 1_000, unidentifiedMax, 256L << 20);
        }
    }

    private final PeerGroup group;
    private final Options options;
    private final Handler handler;
    private final ReceiveBuffer receiveBuffer = new ReceiveBuffer(READ_BYTES);
    private final byte[] scratch = new byte[READ_BYTES];

    // Of the loop.
    private final List<Channel> listeners = new ArrayList<>();
    private final List<InetSocketAddress> listenOn = new ArrayList<>();
    private final LogLimit unproven = new LogLimit();
    private final Unidentified unidentified;
    private boolean accepting;
    private long lastId;
    private int links;

    public QuorumLinks(PeerGroup group, Options options, Handler handler) {
        this(group, options, handler, 0);
    }

    /**
     * @param linksFrom ids of links are greater, for a host with several of these
     */
    public QuorumLinks(PeerGroup group, Options options, Handler handler, long linksFrom) {
        this.group = group;
        this.options = options;
        this.handler = handler;
        this.lastId = linksFrom;
        this.unidentified = new Unidentified("quorum", options.unidentifiedMax());
    }

    /** Where learners are accepted, when they are. */
    public void listenOn(List<InetSocketAddress> addresses) {
        List<InetSocketAddress> copy = List.copyOf(addresses);
        group.loop()
                .execute(() -> {
                    if (!listenOn.equals(copy)) {
                        listenOn.clear();
                        listenOn.addAll(copy);
                        if (accepting) {
                            unbind();
                            bind();
                        }
                    }
                });
    }

    /** From now on, or no longer, learners are accepted. Open links stay. */
    public void accept(boolean accept) {
        group.loop()
                .execute(() -> {
                    if (accepting != accept) {
                        accepting = accept;
                        if (accept) {
                            bind();
                        } else {
                            unbind();
                        }
                    }
                });
    }

    /** Dials one of several addresses of one server; the handler hears how it went. */
    public void dial(long attempt, List<Endpoint> addresses) {
        List<Endpoint> copy = List.copyOf(addresses);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.dialMillisMax());
        if (copy.isEmpty()) {
            group.loop().execute(() -> handler.dialFailed(attempt, "no address is known"));
        } else {
            group.loop().execute(() -> new Dial(attempt, copy, deadline).tryNext());
        }
    }

    /** It is known with whom an accepted link is. */
    public void introduced(QuorumLink link) {
        group.loop().execute(() -> unidentified.remove(link.channel()));
    }

    /** Sends a state behind all that was sent before; closes the view. The outbox's writer. */
    public void sendSnapshot(QuorumLink link, SnapshotSource view) {
        group.loop().outbox().tell(link, new QuorumLink.Snapshot(view));
    }

    /**
     * Measures how long what is sent now waits: until the socket has taken all that the outbox was
     * given for this link before. The outbox's writer.
     *
     * @param waitedNanos hears it, on the loop; not if the link is closed before
     */
    public void measure(QuorumLink link, LongConsumer waitedNanos) {
        group.loop().outbox().tell(link, new QuorumLink.Measured(System.nanoTime(), waitedNanos));
    }

    /** Closes at once, in order with what the outbox was given. The outbox's writer. */
    public void close(QuorumLink link) {
        group.loop().outbox().tell(link, QuorumLink.Cut.NOW);
    }

    private void bind() {
        for (InetSocketAddress address : listenOn) {
            Transport.server()
                    .group(group.group())
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_KEEPALIVE, group.keepAlive())
                    .childHandler(
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    admit(channel);
                                }
                            })
                    .bind(address)
                    .addListener((ChannelFuture bound) -> bound(address, bound));
        }
    }

    private void bound(InetSocketAddress address, ChannelFuture bound) {
        Throwable cause = bound.cause();
        if (cause != null) {
            LOG.error("{}", Transport.cannotListen(address, cause).getMessage());
        } else if (accepting) {
            listeners.add(bound.channel());
        } else {
            Transport.close(bound.channel());
        }
    }

    private void unbind() {
        listeners.forEach(Transport::close);
        listeners.clear();
    }

    private void admit(Channel channel) {
        if (!accepting || links >= options.linksMax()) {
            Transport.close(channel);
            return;
        }
        count(channel);
        unidentified.add(channel);
        if (!group.mayProve()) {
            QuorumLink link = adopt(channel);
            group.accepted(channel);
            handler.accepted(link);
            return;
        }
        group.accepted(channel);
        group.prove(channel, null, new byte[0], failure -> proved(channel, failure));
    }

    private void proved(Channel channel, @Nullable Throwable failure) {
        if (failure != null || !accepting) {
            if (failure != null && unproven.admits()) {
                LOG.warn(
                        "closing {}: {}{}",
                        channel.remoteAddress(),
                        failure.toString(),
                        unproven.untold());
            }
            Transport.close(channel);
        } else {
            handler.accepted(adopt(channel));
        }
    }

    private void count(Channel channel) {
        links++;
        channel.closeFuture().addListener(closed -> links--);
    }

    private QuorumLink adopt(Channel channel) {
        QuorumLink link =
                new QuorumLink(channel, group.loop(), ++lastId, options.outboundBytesMax());
        if (!group.maySpeakTls()) {
            channel.config().setRecvByteBufAllocator(receiveBuffer);
        }
        channel.pipeline().addLast(new Socket(link));
        return link;
    }

    /** The end of a link's pipeline. */
    private final class Socket extends ChannelInboundHandlerAdapter {
        private final QuorumLink link;

        Socket(QuorumLink link) {
            this.link = link;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            while (bytes.isReadable()) {
                int length = Math.min(bytes.readableBytes(), READ_BYTES);
                bytes.readBytes(scratch, 0, length);
                if (!link.isClosing()) {
                    handler.received(link, scratch, 0, length);
                }
            }
            bytes.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!link.wasClosedByHost()) {
                handler.closed(link);
            }
            link.dropPending();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException || cause instanceof DecoderException) {
                LOG.debug("link to {} broke: {}", link.remote(), cause.toString());
            } else {
                LOG.error("closing the link to {}", link.remote(), cause);
            }
            Transport.close(context.channel());
        }
    }

    /** The tries of one dial, on the loop. */
    private final class Dial {
        private final long attempt;
        private final List<Endpoint> addresses;
        private final long deadlineNanos;
        private int tries;
        private int pauseMillis = options.dialPauseMillisMin();
        private int waitingFor;
        private boolean done;
        private String why = "not tried";

        Dial(long attempt, List<Endpoint> addresses, long deadlineNanos) {
            this.attempt = attempt;
            this.addresses = addresses;
            this.deadlineNanos = deadlineNanos;
        }

        /** All addresses at once; the first that answers wins. */
        void tryNext() {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (tries == options.dialTriesMax() || leftMillis <= 0) {
                handler.dialFailed(attempt, why);
                return;
            }
            tries++;
            waitingFor = addresses.size();
            for (Endpoint address : addresses) {
                Names.resolve(
                        group.loop(),
                        address,
                        (resolved, failure) -> connect(address, resolved, failure, leftMillis));
            }
        }

        private void connect(
                Endpoint address,
                @Nullable InetAddress resolved,
                @Nullable UnknownHostException failure,
                long leftMillis) {
            if (resolved == null) {
                failed("%s: unknown host (%s)".formatted(address, failure));
                return;
            }
            Transport.client()
                    .group(group.group())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, group.keepAlive())
                    .option(
                            ChannelOption.CONNECT_TIMEOUT_MILLIS,
                            (int) Math.min(leftMillis, Integer.MAX_VALUE))
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new InetSocketAddress(resolved, address.port()))
                    .addListener((ChannelFuture future) -> connected(address, future));
        }

        private void connected(Endpoint address, ChannelFuture future) {
            Throwable cause = future.cause();
            if (cause != null) {
                failed("%s: %s".formatted(address, cause.getMessage()));
            } else if (done) {
                Transport.close(future.channel());
            } else {
                Channel channel = future.channel();
                channel.config().setAutoRead(group.maySpeakTls() || group.mayProve());
                group.dialled(channel, address, failure -> secured(address, channel, failure));
            }
        }

        private void secured(Endpoint address, Channel channel, @Nullable Throwable failure) {
            if (failure != null) {
                Transport.close(channel);
                failed("%s: no TLS: %s".formatted(address, failure));
            } else {
                group.proveTo(
                        channel,
                        address.host(),
                        null,
                        refusal -> proved(address, channel, refusal));
            }
        }

        private void proved(Endpoint address, Channel channel, @Nullable Throwable failure) {
            if (failure != null) {
                Transport.close(channel);
                failed("%s: no SASL: %s".formatted(address, failure));
            } else if (done) {
                Transport.close(channel);
            } else {
                done = true;
                count(channel);
                QuorumLink link = adopt(channel);
                handler.opened(attempt, link);
                channel.config().setAutoRead(true);
            }
        }

        private void failed(String reason) {
            why = reason;
            waitingFor--;
            if (waitingFor == 0 && !done) {
                group.loop().later(this::tryNext, pauseMillis);
                pauseMillis = Math.min(2 * pauseMillis, options.dialPauseMillisMax());
            }
        }
    }
}

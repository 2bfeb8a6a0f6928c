package org.quorate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.tls.TlsFront;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients' side of a server: listeners, event loops, and the limits of {@link
 * ClientEdgeOptions}. Methods may be called by any thread unless they say otherwise.
 */
public final class ClientEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEdge.class);
    private static final long CLOSE_SECONDS_MAX = 10;

    private final ClientEdgeOptions options;
    private final EventLoopGroup group;
    private final Map<EventExecutor, ClientLoop> loops = new ConcurrentHashMap<>();
    private final List<ClientLoop> loopList = new ArrayList<>();
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    private final AcceptLimits limits;
    private final UnderWay underWay;
    private final LongAdder rejected = new LongAdder();

    /**
     * Starts the loops. Nothing listens yet.
     *
     * @param name of the threads
     * @param handlers makes the handler of each loop
     */
    public ClientEdge(
            String name,
            ClientEdgeOptions options,
            Function<EdgeLoop, ClientHandler> handlers,
            FourLetterWords words,
            RequestMeter meter) {
        this.options = options;
        this.underWay = new UnderWay(options.requests(), options.loops());
        Unsent unsent = new Unsent(options.outbound().bytesAllMax());
        this.group = Transport.group(options.loops(), name);
        this.limits =
                new AcceptLimits(
                        options.connections().perAddressMax(), options.connections().max());
        for (EventExecutor executor : group) {
            ClientLoop loop =
                    new ClientLoop(
                            (EventLoop) executor,
                            loopList.size(),
                            options,
                            underWay,
                            unsent,
                            handlers,
                            words,
                            meter);
            loops.put(executor, loop);
            loopList.add(loop);
        }
    }

    /**
     * Begins to accept clients.
     *
     * @param address port 0 for any free one
     * @param first a new one for the front of each connection's pipeline; null for plain sockets
     * @throws IOException with a message for the operator if the address cannot be had
     */
    public Listener listen(InetSocketAddress address, @Nullable Supplier<TlsFront> first)
            throws IOException {
        ChannelFuture bound =
                Transport.server()
                        .group(group)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.SO_BACKLOG, options.sockets().backlog())
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, options.sockets().keepAlive())
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        options.outbound().bytesPause() / 2,
                                        options.outbound().bytesPause()))
                        .childHandler(new Accepted(first))
                        .bind(address)
                        .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw Transport.cannotListen(address, failure);
        }
        Channel listener = bound.channel();
        listeners.add(listener);
        return new Listener(listener);
    }

    /** One address that clients come in by. */
    public final class Listener implements AutoCloseable {
        private final Channel channel;

        private Listener(Channel channel) {
            this.channel = channel;
        }

        /** The port, also where any free one was asked for. */
        public int port() {
            return ((InetSocketAddress) channel.localAddress()).getPort();
        }

        /** Accepts no further clients here; those that are open stay. */
        @Override
        public void close() {
            channel.close().awaitUninterruptibly();
            listeners.remove(channel);
        }
    }

    /** All loops, in an order that does not change. */
    public List<EdgeLoop> edgeLoops() {
        return loopList.stream().map(ClientLoop::edgeLoop).toList();
    }

    /** Connections that are open. */
    public int connections() {
        return limits.all();
    }

    /** Requests handed on and not answered. */
    public int underWay() {
        return underWay.requests();
    }

    /** Frames received since the start or the last reset. */
    public long received() {
        return loopList.stream().mapToLong(loop -> loop.totals().received()).sum();
    }

    /** Frames sent since the start or the last reset. */
    public long sent() {
        return loopList.stream().mapToLong(loop -> loop.totals().sent()).sum();
    }

    /**
     * What went over clients' connections since the start; nothing sets it back.
     *
     * @param received bytes of requests, with their lengths
     * @param replied bytes of replies
     * @param events bytes of events
     * @param dropped connections whose client went away without closing its session
     * @param sessionless connections closed because no handshake came in time
     * @param rejected connections past a limit
     * @param largeRejected large requests for which there was no room
     */
    public record Volume(
            long received,
            long replied,
            long events,
            long dropped,
            long sessionless,
            long rejected,
            long largeRejected) {
        private Volume plus(Volume other) {
            return new Volume(
                    received + other.received,
                    replied + other.replied,
                    events + other.events,
                    dropped + other.dropped,
                    sessionless + other.sessionless,
                    rejected + other.rejected,
                    largeRejected + other.largeRejected);
        }
    }

    /** What went over clients' connections until now. */
    public Volume volume() {
        return loopList.stream()
                .map(loop -> loop.totals().volume())
                .reduce(
                        new Volume(0, 0, 0, 0, 0, rejected.sum(), underWay.rejected()),
                        Volume::plus);
    }

    /** Times from request to reply since the start or the last reset. */
    public CompletableFuture<LinkStats.Latency> latency() {
        return onEachLoop(loop -> loop.totals().latency())
                .thenApply(each ->
                        each.stream().reduce(LinkStats.Latency.NONE, LinkStats.Latency::plus));
    }

    /**
     * Lengths of replies.
     *
     * @param count how many were measured
     */
    public record Sizes(long count, int last, int min, int max) {}

    /** Lengths of replies since the start or the last reset, roughly. */
    public Sizes replySizes() {
        Sizes all = new Sizes(0, 0, Integer.MAX_VALUE, 0);
        for (ClientLoop loop : loopList) {
            Sizes sizes = loop.totals().sizes();
            if (sizes.count() > 0) {
                all =
                        new Sizes(
                                all.count() + sizes.count(),
                                sizes.last(),
                                Math.min(all.min(), sizes.min()),
                                Math.max(all.max(), sizes.max()));
            }
        }
        return all;
    }

    /** How long reads, or updates, took since the start, from receipt to reply. */
    public LatencyHistogram.Counts latencies(boolean update) {
        LatencyHistogram.Counts all = LatencyHistogram.Counts.NONE;
        for (ClientLoop loop : loopList) {
            all = all.plus(loop.totals().latencies(update));
        }
        return all;
    }

    /** How long what the core said has waited for the event loops since the start. */
    public LatencyHistogram.Counts deliveries() {
        LatencyHistogram.Counts all = LatencyHistogram.Counts.NONE;
        for (ClientLoop loop : loopList) {
            all = all.plus(loop.edgeLoop().outbox().deliveries());
        }
        return all;
    }

    /**
     * What each connection has done.
     *
     * @param secure those with TLS; else those without
     */
    public CompletableFuture<List<LinkStats>> stats(boolean secure) {
        return onEachLoop(loop -> loop.stats(secure))
                .thenApply(each -> each.stream().flatMap(List::stream).toList());
    }

    /** Sets the sums to nothing. */
    public CompletableFuture<Void> resetStats() {
        return onEachLoop(
                        loop -> {
                            loop.resetStats();
                            return true;
                        })
                .thenAccept(each -> {});
    }

    /** Sets each connection's counters to nothing. */
    public CompletableFuture<Void> resetLinkStats() {
        return onEachLoop(
                        loop -> {
                            loop.resetLinkStats();
                            return true;
                        })
                .thenAccept(each -> {});
    }

    /** Closes the connection of a session; says how many there were. */
    public CompletableFuture<Integer> closeSession(long sessionId) {
        return onEachLoop(loop -> loop.close(sessionId, false))
                .thenApply(each -> each.stream().mapToInt(Integer::intValue).sum());
    }

    /** Accepts no further clients anywhere. */
    private void stopListening() {
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        listeners.clear();
    }

    /** Closes all connections, what was written to them first. */
    public CompletableFuture<Void> closeConnections() {
        return onEachLoop(loop -> loop.close(0, true)).thenAccept(each -> {});
    }

    /** Stops listening, closes what is open, ends the loops. Not to be called on one of them. */
    @Override
    public void close() {
        stopListening();
        try {
            closeConnections().get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            LOG.warn("some connections were cut: {}", e.toString());
        }
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        for (ClientLoop loop : loopList) {
            loop.buffers().release();
            loop.edgeLoop().release();
        }
    }

    private <T> CompletableFuture<List<T>> onEachLoop(Function<ClientLoop, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (ClientLoop loop : loopList) {
            answers.add(on(loop, () -> question.apply(loop)));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static <T> CompletableFuture<T> on(ClientLoop loop, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable ask =
                () -> {
                    try {
                        answer.complete(question.call());
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                };
        try {
            loop.edgeLoop().eventLoop().execute(ask);
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** What happens to an accepted socket, on its own loop. */
    private final class Accepted extends ChannelInitializer<Channel> {
        private final @Nullable Supplier<TlsFront> first;

        Accepted(@Nullable Supplier<TlsFront> first) {
            this.first = first;
        }

        @Override
        protected void initChannel(Channel channel) {
            ClientLoop loop = loops.get(channel.eventLoop());
            if (loop == null) {
                throw new IllegalStateException("no such loop: " + channel.eventLoop());
            }
            if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
                Transport.close(channel); // gone already
                return;
            }
            InetAddress address = remote.getAddress();
            if (!limits.admit(address)) {
                rejected.increment();
                LOG.warn("refusing {}: too many connections", remote);
                Transport.close(channel);
                return;
            }
            channel.closeFuture().addListener(closed -> limits.release(address));
            ClientLink link = new ClientLink(channel, loop, first == null);
            if (first == null) {
                channel.config().setRecvByteBufAllocator(loop.buffers().of(link));
            } else {
                channel.config().setRecvByteBufAllocator(TurnBuffers.ofTls());
                channel.pipeline().addLast(first.get());
            }
            channel.pipeline().addLast(new ClientSocket(link, loop));
        }
    }
}

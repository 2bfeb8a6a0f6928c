package org.quorate.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Many sessions of a client that costs next to nothing: one thread reads for all of them, one keeps
 * time for all, and what they do runs on virtual threads. For benches in which a thousand processes
 * are one. It does not reconnect: a connection that ends is the end of the bench. Safe for many
 * threads.
 */
final class LeanSessions implements AutoCloseable {
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(30);

    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final Queue<LeanSession> toRegister = new ConcurrentLinkedQueue<>();
    private final List<LeanSession> sessions = new CopyOnWriteArrayList<>();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("lean-timer").factory());
    private final Thread reader;
    private volatile boolean closed;

    LeanSessions(InetSocketAddress server) throws IOException {
        this.server = server;
        this.reader = Thread.ofPlatform().daemon().name("lean-reader").start(this::read);
        long third = SESSION_TIMEOUT.toMillis() / 3;
        var _ =
                timer.scheduleAtFixedRate(
                        () -> sessions.forEach(LeanSession::ping),
                        third,
                        third,
                        TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a session of its own on a connection of its own.
     *
     * @param changed called whenever something that somebody waits for may have become true; must
     *     not block
     */
    LeanSession open(Runnable changed) throws IOException {
        LeanSession session = LeanSession.open(this, server, SESSION_TIMEOUT, changed);
        sessions.add(session);
        toRegister.add(session);
        selector.wakeup();
        return session;
    }

    /** Frames that all sessions have sent, pings left out. */
    long requests() {
        return sessions.stream().mapToLong(LeanSession::requests).sum();
    }

    void forget(LeanSession session) {
        sessions.remove(session);
    }

    void execute(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException closing) {
            // Nobody waits for it any more.
        }
    }

    Future<?> schedule(long delayNanos, Runnable task) {
        return timer.schedule(() -> execute(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void read() {
        try {
            while (!closed) {
                selector.select();
                for (LeanSession news = toRegister.poll(); news != null; news = toRegister.poll()) {
                    news.channel().register(selector, SelectionKey.OP_READ, news);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    LeanSession session = (LeanSession) key.attachment();
                    try {
                        session.readWhatIsThere();
                    } catch (EOFException | ClosedChannelException ended) {
                        key.cancel();
                        session.ended();
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        timer.shutdownNow();
        workers.shutdownNow();
        try {
            reader.join();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        selector.close();
    }
}

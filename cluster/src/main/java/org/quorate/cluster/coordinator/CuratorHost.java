package org.quorate.cluster.coordinator;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Life on Apache Curator: its client keeps the connection, this host the threads. One timer thread
 * that only hands over, and workers that live while there is work; all are daemons.
 */
final class CuratorHost implements Host {
    private static final Logger LOG = LoggerFactory.getLogger(CuratorHost.class);

    private final CuratorFramework client;
    private final boolean owned;
    private final CuratorLink link;
    private final ExecutorService workers = Executors.newCachedThreadPool(named("quorate-worker-"));
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, named("quorate-timer-"));
    private final RandomGenerator random = new SecureRandom();
    // Guards nothing but the waiting itself: conditions are read from volatile or locked state.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ConnectionStateListener registered;

    private CuratorHost(CuratorFramework client, boolean owned) {
        this.client = client;
        this.owned = owned;
        this.link = new CuratorLink(client);
        timers.setRemoveOnCancelPolicy(true);
    }

    static CuratorHost owning(String connectString, Duration sessionTimeout) {
        int timeoutMillis = Math.toIntExact(sessionTimeout.toMillis());
        CuratorFramework client =
                CuratorFrameworkFactory.builder()
                        .connectString(connectString)
                        .sessionTimeoutMs(timeoutMillis)
                        .connectionTimeoutMs(timeoutMillis)
                        .retryPolicy(new ExponentialBackoffRetry(50, 5))
                        .build();
        return new CuratorHost(client, true);
    }

    static CuratorHost sharing(CuratorFramework client) {
        return new CuratorHost(client, false);
    }

    @Override
    public Link link() {
        return link;
    }

    @Override
    public void start(SessionEvents listener) {
        ConnectionStateListener events = (c, state) -> tell(state, listener);
        registered = events;
        client.getConnectionStateListenable().addListener(events);
        if (owned) {
            client.start();
        } else if (client.getZookeeperClient().isConnected()) {
            tell(ConnectionState.RECONNECTED, listener);
        }
    }

    private synchronized void tell(ConnectionState state, SessionEvents listener) {
        if (state == ConnectionState.SUSPENDED) {
            listener.interrupted();
        } else if (state == ConnectionState.LOST) {
            listener.expired();
        } else if (state.isConnected()) {
            try {
                ZooKeeper handle = client.getZookeeperClient().getZooKeeper();
                if (handle.getSessionId() != 0) {
                    listener.connected(
                            handle.getSessionId(), Duration.ofMillis(handle.getSessionTimeout()));
                }
            } catch (Exception failed) {
                // Lost again before we could ask; the next state will tell.
                LOG.debug("connection lost while it was announced", failed);
            }
        }
    }

    @Override
    public void close() {
        if (registered != null) {
            client.getConnectionStateListenable().removeListener(registered);
        }
        timers.shutdownNow();
        workers.shutdownNow();
        if (owned) {
            client.close();
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void execute(Runnable task) {
        try {
            workers.execute(() -> guarded(task));
        } catch (RejectedExecutionException closing) {
            LOG.debug("closed: a task was dropped");
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failed) {
            LOG.error("a task failed", failed);
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        try {
            Future<?> due = timers.schedule(() -> execute(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        } catch (RejectedExecutionException closing) {
            return () -> {};
        }
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}

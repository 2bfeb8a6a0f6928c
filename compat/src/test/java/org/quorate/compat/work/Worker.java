package org.quorate.compat.work;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * A client with a session of its own that does one kind of work again and again, on a thread of its
 * own, while something is done to the servers. Whatever it finds wrong is kept and thrown by {@link
 * #check}.
 */
public abstract class Worker implements AutoCloseable {
    static final int SESSION_MILLIS = 20_000;

    private static final int RETRY_MILLIS = 50;

    private final ReadWriteLock gate;
    private final Thread thread;
    private final AtomicBoolean expired = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;
    private volatile long done;

    final CuratorFramework curator;
    final ZooKeeper client;

    /**
     * @param gate a worker works under its shared side, so that checks can hold all work up
     */
    Worker(String connect, ReadWriteLock gate) throws Exception {
        this.gate = gate;
        curator =
                CuratorFrameworkFactory.builder()
                        .connectString(connect)
                        .sessionTimeoutMs(SESSION_MILLIS)
                        .connectionTimeoutMs(SESSION_MILLIS)
                        .retryPolicy(new RetryForever(RETRY_MILLIS))
                        .build();
        curator.getCuratorListenable()
                .addListener((same, event) -> {
                    if (event.getWatchedEvent() != null
                            && event.getWatchedEvent().getState()
                                    == Watcher.Event.KeeperState.Expired) {
                        expired.set(true);
                    }
                });
        curator.start();
        curator.blockUntilConnected();
        client = curator.getZookeeperClient().getZooKeeper();
        thread = Thread.ofPlatform().daemon().name(getClass().getSimpleName()).unstarted(this::run);
    }

    public final void start() {
        thread.start();
    }

    /** One piece of work. */
    abstract void work() throws Exception;

    /** Looks, while all work is held up, whether what was acknowledged is there. */
    abstract void checkWork() throws Exception;

    /** The work so far is right, and the session of the beginning lives. */
    public final void check() throws Exception {
        checkFailure();
        if (expired.get() || curator.getZookeeperClient().getZooKeeper() != client) {
            throw new AssertionError("the session of " + getClass().getSimpleName() + " was lost");
        }
        checkWork();
    }

    /** The worker has not given up. Unlike {@link #check} it may be called while it works. */
    public final void checkFailure() {
        Throwable why = failure;
        if (why != null) {
            throw new AssertionError(getClass().getSimpleName() + " has failed", why);
        }
    }

    /** Its session, and the stack of its thread. */
    public final String where() {
        StringBuilder text =
                new StringBuilder(
                        "%s, session 0x%x, %d done%n"
                                .formatted(thread.getName(), client.getSessionId(), done));
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("    at ").append(frame).append('\n');
        }
        return text.toString();
    }

    /** Pieces of work done. */
    public final long done() {
        return done;
    }

    private void run() {
        try {
            while (!stopping) {
                gate.readLock().lock();
                try {
                    work();
                    done++;
                } finally {
                    gate.readLock().unlock();
                }
            }
        } catch (Exception | AssertionError e) {
            failure = e; // Thrown by check(), on the test's thread.
        }
    }

    /** Does a call again until its connection lasts; the call must bear being done twice. */
    final <T> T insist(Call<T> call) throws Exception {
        while (true) {
            try {
                return call.once();
            } catch (KeeperException.ConnectionLossException e) {
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** Something asked of the servers. */
    interface Call<T> {
        T once() throws KeeperException, InterruptedException, IOException;
    }

    /** Makes znodes that may be there already. */
    final void make(CreateMode mode, String... paths) throws Exception {
        for (String path : List.of(paths)) {
            insist(() -> {
                try {
                    return client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
                } catch (KeeperException.NodeExistsException e) {
                    return path;
                }
            });
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        thread.join(SESSION_MILLIS);
        curator.close();
    }
}

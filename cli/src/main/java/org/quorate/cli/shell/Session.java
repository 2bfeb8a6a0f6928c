package org.quorate.cli.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * The shell's client, its credentials and what it was told before. Owned by the thread that runs
 * the commands; events come on the client's thread and go to the printer.
 */
final class Session implements AutoCloseable {
    /** Lines that {@code history} shows. */
    private static final int HISTORY_SHOWN = 11;

    private final Printer printer;
    private final int timeoutMillis;
    private final boolean canBeReadOnly;
    private final ZKClientConfig clientConfig;
    private final List<String> history = new ArrayList<>();
    private String connectString;
    private @Nullable ZooKeeperAdmin client;
    private volatile CountDownLatch connected = new CountDownLatch(1);
    private volatile boolean printsWatches = true;
    private boolean quitting;

    Session(
            Printer printer,
            String connectString,
            int timeoutMillis,
            boolean canBeReadOnly,
            ZKClientConfig clientConfig) {
        this.printer = printer;
        this.connectString = connectString;
        this.timeoutMillis = timeoutMillis;
        this.canBeReadOnly = canBeReadOnly;
        this.clientConfig = clientConfig;
    }

    /** Leaves the old server, if any, and begins to connect to another. */
    void connect(String newConnectString) throws Failure, InterruptedException {
        disconnect();
        connectString = newConnectString;
        CountDownLatch latch = new CountDownLatch(1);
        connected = latch;
        try {
            client =
                    new ZooKeeperAdmin(
                            newConnectString,
                            timeoutMillis,
                            event -> event(event, latch),
                            canBeReadOnly,
                            clientConfig);
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.wrongUse(
                    "cannot connect to '%s': %s".formatted(newConnectString, e.getMessage()));
        }
    }

    /** Waits until the client is connected, its session's timeout at most. */
    void awaitConnected() throws Failure, InterruptedException {
        if (!connected.await(timeoutMillis, TimeUnit.MILLISECONDS)) {
            throw Failure.notConnected(
                    "cannot connect to %s within %d ms".formatted(connectString, timeoutMillis));
        }
    }

    void disconnect() throws InterruptedException {
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void close() {
        try {
            disconnect();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The client. Only if {@link #isConnected}. */
    ZooKeeperAdmin client() {
        if (client == null) {
            throw new IllegalStateException("never connected");
        }
        return client;
    }

    /** May commands be sent? The client may still be connecting. */
    boolean isConnected() {
        return client != null && client.getState().isAlive();
    }

    /** The client's state for the prompt. */
    String state() {
        return client == null
                ? ZooKeeper.States.NOT_CONNECTED.toString()
                : client.getState().toString();
    }

    String connectString() {
        return connectString;
    }

    boolean printsWatches() {
        return printsWatches;
    }

    void printWatches(boolean prints) {
        printsWatches = prints;
    }

    boolean isQuitting() {
        return quitting;
    }

    void quit() {
        quitting = true;
    }

    // ---- history

    /** Remembers a line; its number is its place, from 0. */
    void remember(String line) {
        history.add(line);
    }

    int historySize() {
        return history.size();
    }

    /** A line by its number; null if there is none. */
    @Nullable String remembered(int number) {
        return number >= 0 && number < history.size() ? history.get(number) : null;
    }

    /** Number of the first of the lines to show. */
    int historyShownFrom() {
        return Math.max(0, history.size() - HISTORY_SHOWN);
    }

    private void event(WatchedEvent event, CountDownLatch latch) {
        if (printsWatches) {
            printer.event(event);
        }
        switch (event.getState()) {
            case SyncConnected, ConnectedReadOnly -> latch.countDown();
            default -> {}
        }
    }
}

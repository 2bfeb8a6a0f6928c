package org.quorate.cluster.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and the server and can cut, silence or lose what passes. */
public final class Proxy implements AutoCloseable {
    private final int target;
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile boolean silent;
    private final AtomicInteger answersToLose = new AtomicInteger();

    /** A proxy in front of {@link Service}. */
    public Proxy() throws IOException {
        this.target = Service.port();
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** How to reach the server through this proxy. */
    public String connectString() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** Closes all connections and takes no new ones until {@link #heal}. */
    public void cut() {
        refusing = true;
        closeAll();
    }

    /** Closes all connections; new ones are taken. */
    public void blink() {
        closeAll();
    }

    /** Holds back all bytes without closing anything, until {@link #heal}. */
    public void silence() {
        silent = true;
    }

    /** The next {@code count} chunks from the server are dropped, each with its connection. */
    public void loseAnswers(int count) {
        answersToLose.set(count);
    }

    /** Lets everything pass again. Connections that were silent are closed. */
    public void heal() {
        if (silent) {
            silent = false;
            closeAll();
        }
        refusing = false;
    }

    @Override
    public void close() throws IOException {
        cut();
        listening.close();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Socket server = new Socket();
                server.connect(new InetSocketAddress("127.0.0.1", target), 2_000);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                open.add(client);
                open.add(server);
                daemon(() -> copy(client, server, false));
                daemon(() -> copy(server, client, true));
            } catch (IOException closed) {
                // The loop's condition decides.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                while (silent && open.contains(from)) {
                    Thread.sleep(5);
                }
                if (answers && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    break;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException cut) {
            // Fall through to closing both.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        closeQuietly(from);
        closeQuietly(to);
    }

    private void closeAll() {
        open.forEach(this::closeQuietly);
    }

    private void closeQuietly(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "test-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}

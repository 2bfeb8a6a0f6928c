package org.quorate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Listens on a free loopback port and dials another port for each connection that comes; what the
 * two say to each other is another's business. Any thread.
 */
final class Relay implements AutoCloseable {
    /** Both ends of a relayed connection. Called on a thread of its own, which may be kept. */
    interface Carrier {
        void carry(Socket near, Socket far) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final int toPort;
    private final Carrier carrier;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Relay(int toPort, Carrier carrier) throws IOException {
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        this.toPort = toPort;
        this.carrier = carrier;
        Thread.ofVirtual().name("relay-" + port()).start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Cuts what is connected. */
    void cut() {
        open.forEach(Relay::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                Thread.ofVirtual().start(() -> relay(near));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void relay(Socket near) {
        open.add(near);
        try (near;
                Socket far = new Socket(InetAddress.getLoopbackAddress(), toPort)) {
            open.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            try {
                carrier.carry(near, far);
            } finally {
                open.remove(far);
            }
        } catch (IOException e) {
            // One of them is gone; the other sees its connection closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(near);
        }
    }

    /** Closes a socket; whoever reads or writes it hears of it. */
    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no more use either way.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // Nobody can connect any more either way.
        }
        cut();
    }
}

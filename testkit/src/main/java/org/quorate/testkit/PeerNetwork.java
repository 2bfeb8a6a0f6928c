package org.quorate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The network between the servers: a relay for each ordered pair of servers and each of a server's
 * two peer ports, and a gate for each direction. A shut gate loses nothing, as a partition does not
 * lose what TCP will send again. Servers are numbered from 1. Any thread.
 */
final class PeerNetwork implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 << 10;

    private final int servers;
    private final boolean[][] shut; // [from][to]; guarded by this
    private final List<Relay> relays = new ArrayList<>();
    private final int[][] quorumPorts; // [from][to]
    private final int[][] electionPorts;

    /**
     * @param quorum each server's own quorum port, by its number less 1
     * @param election the same for election ports
     */
    PeerNetwork(List<Integer> quorum, List<Integer> election) throws IOException {
        servers = quorum.size();
        shut = new boolean[servers + 1][servers + 1];
        quorumPorts = new int[servers + 1][servers + 1];
        electionPorts = new int[servers + 1][servers + 1];
        for (int from = 1; from <= servers; from++) {
            for (int to = 1; to <= servers; to++) {
                boolean itself = from == to;
                quorumPorts[from][to] =
                        itself ? quorum.get(to - 1) : relay(from, to, quorum.get(to - 1));
                electionPorts[from][to] =
                        itself ? election.get(to - 1) : relay(from, to, election.get(to - 1));
            }
        }
    }

    private int relay(int from, int to, int port) throws IOException {
        Relay relay =
                new Relay(
                        port,
                        (near, far) -> {
                            Thread.ofVirtual().start(() -> pump(far, near, to, from));
                            pump(near, far, from, to);
                        });
        relays.add(relay);
        return relay.port();
    }

    /** Where one server finds the quorum port of another. */
    int quorumPort(int from, int to) {
        return quorumPorts[from][to];
    }

    int electionPort(int from, int to) {
        return electionPorts[from][to];
    }

    /** From now on nothing passes from one server to the other, or everything does. */
    synchronized void shut(int from, int to, boolean isShut) {
        shut[from][to] = isShut;
        notifyAll();
    }

    synchronized void heal() {
        for (boolean[] row : shut) {
            Arrays.fill(row, false);
        }
        notifyAll();
    }

    private void pump(Socket source, Socket sink, int from, int to) {
        byte[] bytes = new byte[CHUNK_BYTES];
        try {
            InputStream in = source.getInputStream();
            OutputStream out = sink.getOutputStream();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                awaitOpen(from, to);
                out.write(bytes, 0, n);
            }
        } catch (IOException e) {
            // Closed by one of them.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Relay.close(source);
            Relay.close(sink);
        }
    }

    private synchronized void awaitOpen(int from, int to) throws InterruptedException {
        while (shut[from][to]) {
            wait();
        }
    }

    @Override
    public void close() {
        heal();
        relays.forEach(Relay::close);
    }
}

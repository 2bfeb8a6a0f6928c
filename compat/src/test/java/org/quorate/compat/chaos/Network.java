package org.quorate.compat.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.ServerProcess.Place;

/**
 * A network namespace for each server, joined by a bridge, to which this process has an address
 * too. Packets of one server to another are dropped by a wrong hardware address for it, in each
 * direction by itself: neither end is told. Linux, as root. Servers are numbered from 1.
 */
final class Network implements AutoCloseable {
    private static final int SUBNETS = 250;
    private static final String NOBODYS_ADDRESS = "02:00:00:00:00:01";

    private final int servers;
    private final int subnet = (int) (ProcessHandle.current().pid() % SUBNETS);
    private final boolean[][] dropped; // [from][to]; guarded by this

    /**
     * Builds it.
     *
     * @throws IOException if this system does not let; nothing is left behind
     */
    Network(int servers) throws IOException, InterruptedException {
        this.servers = servers;
        this.dropped = new boolean[servers + 1][servers + 1];
        try {
            ip("link add %s type bridge".formatted(bridge()));
            ip("addr add 10.213.%d.254/24 dev %s".formatted(subnet, bridge()));
            ip("link set %s up".formatted(bridge()));
            for (int id = 1; id <= servers; id++) {
                String end = end(id);
                ip("netns add " + namespace(id));
                ip("link add %s type veth peer name eth0 netns %s".formatted(end, namespace(id)));
                ip("link set %s master %s up".formatted(end, bridge()));
                ip("-n %s addr add %s/24 dev eth0".formatted(namespace(id), host(id)));
                ip("-n %s link set eth0 up".formatted(namespace(id)));
                ip("-n %s link set lo up".formatted(namespace(id)));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** One where that is allowed; else null, and a line that says why. */
    static @Nullable Network ifAllowed(int servers) throws InterruptedException {
        try {
            return new Network(servers);
        } catch (IOException e) {
            System.out.println("no partitions and no loss: " + e.getMessage());
            return null;
        }
    }

    /** Where each server is to run. */
    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int id = 1; id <= servers; id++) {
            places.add(new Place(host(id), List.of("ip", "netns", "exec", namespace(id))));
        }
        return places;
    }

    /** From now on nothing comes from one server to the other, or everything does. */
    synchronized void drop(int from, int to, boolean isDropped)
            throws IOException, InterruptedException {
        if (dropped[from][to] != isDropped) {
            dropped[from][to] = isDropped;
            ip(
                    isDropped
                            ? "-n %s neigh replace %s lladdr %s dev eth0 nud permanent"
                                    .formatted(namespace(from), host(to), NOBODYS_ADDRESS)
                            : "-n %s neigh del %s dev eth0".formatted(namespace(from), host(to)));
        }
    }

    void heal() throws IOException, InterruptedException {
        for (int from = 1; from <= servers; from++) {
            for (int to = 1; to <= servers; to++) {
                drop(from, to, false);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int id = 1; id <= servers; id++) {
            // The namespace may linger while a socket does; its cable must not.
            run("link del " + end(id));
            run("netns del " + namespace(id));
        }
        run("link del " + bridge());
    }

    private String bridge() {
        return "qb" + subnet;
    }

    private String end(int id) {
        return "qv%d-%d".formatted(subnet, id);
    }

    private String namespace(int id) {
        return "quorate-%d-%d".formatted(subnet, id);
    }

    private String host(int id) {
        return "10.213.%d.%d".formatted(subnet, id);
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        String said = run(arguments);
        if (!said.isEmpty()) {
            throw new IOException("ip %s: %s".formatted(arguments, said));
        }
    }

    /** What it said, empty if it did what it was told. */
    private static String run(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? "" : "failed: " + said;
    }
}

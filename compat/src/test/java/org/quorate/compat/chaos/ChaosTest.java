package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;
import org.quorate.bench.ServerProcess.Place;

/**
 * Ensembles of real processes are killed, frozen, cut apart and robbed of packets while clients
 * read and write; what the clients saw must be linearizable. {@code -Dchaos.seconds=1200} makes the
 * long run, {@code -Dchaos.seed=S} draws the same faults again, {@code -Dchaos.sizes=1,3,5} takes
 * ensembles of each size, {@code -Dchaos.server=ZOOKEEPER} tries the test itself.
 */
class ChaosTest {
    private static final int[] SIZES =
            Arrays.stream(System.getProperty("chaos.sizes", "3").split(","))
                    .mapToInt(Integer::parseInt)
                    .toArray();
    private static final long SECONDS = Long.getLong("chaos.seconds", 8) / SIZES.length;
    private static final Kind SERVER = Kind.valueOf(System.getProperty("chaos.server", "QUORATE"));
    private static final int CLIENTS = 6;
    private static final long QUIET_MILLIS = 1_500;

    @ParameterizedTest
    @MethodSource("sizes")
    void whatClientsSeeIsLinearizableWhateverHappensToTheServers(int size) throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextLong());
        System.out.printf("chaos: %d servers, seed %d%n", size, seed);
        @Nullable Network network = size == 1 ? null : Network.ifAllowed(size);
        try {
            List<Place> places =
                    network == null ? Collections.nCopies(size, Place.HERE) : network.places();
            try (EnsembleProcesses ensemble =
                    EnsembleProcesses.start(
                            Collections.nCopies(size, SERVER),
                            List.of("maxClientCnxns=0"),
                            0,
                            places)) {
                run(ensemble, network, seed);
            }
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    static IntStream sizes() {
        return Arrays.stream(SIZES);
    }

    private static void run(EnsembleProcesses ensemble, @Nullable Network network, long seed)
            throws Exception {
        Registers registers = new Registers(SECONDS);
        registers.make(ensemble.servers().getFirst());
        RegisterClients clients =
                RegisterClients.start(ensemble.servers(), registers, CLIENTS, seed);
        Nemesis nemesis = new Nemesis(ensemble.servers(), ensemble.servers(), network, seed);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            nemesis.once();
        }
        ensemble.awaitServing();
        Thread.sleep(QUIET_MILLIS);
        RegisterClients.Verdict verdict = clients.judge();
        System.out.printf("chaos: %s; faults %s%n", verdict, nemesis.done());
        assertThat(verdict.answered()).isPositive();
        for (ServerProcess server : ensemble.servers()) {
            assertThat(server.ask("mntr")).containsPattern("zk_digest_mismatches_count\\s+0");
        }
    }
}

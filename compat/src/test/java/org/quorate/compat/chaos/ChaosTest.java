package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import org.quorate.bench.WireClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;

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
        @Nullable Network network = size == 1 ? null : networkIfAllowed(size);
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

    private static @Nullable Network networkIfAllowed(int size) throws InterruptedException {
        try {
            return new Network(size);
        } catch (IOException e) {
            System.out.println("chaos: no partitions and no loss: " + e.getMessage());
            return null;
        }
    }

    private static void run(EnsembleProcesses ensemble, @Nullable Network network, long seed)
            throws Exception {
        Registers registers = new Registers(SECONDS);
        makeAll(ensemble.servers().getFirst(), registers);
        List<RegisterClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RegisterClient client =
                    new RegisterClient(
                            ensemble.servers().stream().map(ServerProcess::address).toList(),
                            registers,
                            i,
                            seed);
            clients.add(client);
            threads.add(Thread.ofPlatform().daemon().start(client));
        }
        Nemesis nemesis = new Nemesis(ensemble.servers(), network, seed);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            nemesis.once();
        }
        ensemble.awaitServing();
        Thread.sleep(QUIET_MILLIS);
        clients.forEach(RegisterClient::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        check(clients, registers, nemesis);
        for (ServerProcess server : ensemble.servers()) {
            assertThat(server.ask("mntr")).containsPattern("zk_digest_mismatches_count\\s+0");
        }
    }

    private static void check(List<RegisterClient> clients, Registers registers, Nemesis nemesis) {
        long answered = 0;
        long lost = 0;
        for (RegisterClient client : clients) {
            assertThat(client.failure()).isNull();
        }
        for (int register = 0; register < registers.count(); register++) {
            List<Operation> history = new ArrayList<>();
            for (RegisterClient client : clients) {
                history.addAll(client.notes(register));
            }
            long unanswered = history.stream().filter(each -> !each.isAnswered()).count();
            lost += unanswered;
            answered += history.size() - unanswered;
            assertThat(Linearizability.violation(history))
                    .as("%s: %s", registers.path(register), history)
                    .isNull();
        }
        System.out.printf(
                "chaos: %d operations answered, %d writes not, linearizable; faults %s%n",
                answered, lost, nemesis.done());
        assertThat(answered).isPositive();
    }

    private static void makeAll(ServerProcess server, Registers registers) throws IOException {
        try (WireClient client = new WireClient(server.address(), 10_000)) {
            assertThat(client.connect(0, new byte[16], 10_000, 0)).isNotNull();
            for (int register = 0; register < registers.count(); register++) {
                CreateRequest create = new CreateRequest();
                create.path.set(Slice.of(registers.path(register)));
                byte[] data = "0".getBytes(StandardCharsets.US_ASCII);
                create.data.set(data, 0, data.length);
                create.acl.set(AclList.OPEN);
                client.put(register + 1, create);
                client.flush();
                byte[] frame = client.readFrame();
                assertThat(frame).isNotNull();
                JuteIn in = new JuteIn().wrap(frame);
                in.readInt();
                in.readLong();
                assertThat(in.readInt()).isEqualTo(ErrorCode.OK);
            }
            client.put(0, OpCode.CLOSE_SESSION, new byte[0]);
            client.flush();
        }
    }
}

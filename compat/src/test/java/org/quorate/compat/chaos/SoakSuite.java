package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;
import org.quorate.bench.ServerProcess.Place;
import org.quorate.compat.work.Worker;
import org.quorate.compat.work.Workers;

/**
 * Three servers for long under mixed load, with a fault every few seconds: stock clients count by
 * multis, take locks in turn, own ephemerals and watch, and none may lose its session; others read
 * and write registers, and what they saw must be linearizable. Only the last server is killed, so
 * that the others grow old: their memory and descriptors must not grow with their age. Not part of
 * the build: {@code compat/soak}.
 */
class SoakSuite {
    private static final long SECONDS = Long.getLong("soak.seconds", 60);
    private static final long ROUND_SECONDS = Math.clamp(SECONDS / 4, 1, 300);
    private static final Kind SERVER = Kind.valueOf(System.getProperty("soak.server", "QUORATE"));
    private static final int SERVERS = 3;
    private static final int REGISTER_CLIENTS = 4;
    private static final long QUIET_MILLIS = 1_500;
    private static final long STUCK_SECONDS_MAX = 120;

    /**
     * As the launcher starts a server, but with a small heap. The old generation is not collected
     * before it is full: a large one would be filling for hours with what changes of role leave
     * behind, and what is resident would tell nothing of what is held.
     */
    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xms12m",
                    "-Xmx128m",
                    "-XX:NewSize=4m",
                    "-XX:MaxNewSize=4m",
                    "-XX:TrimNativeHeapInterval=5000");

    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final List<Worker> workers = new ArrayList<>();

    @Test
    void nothingIsLostAndNothingGrowsInALongRunWithFaults() throws Exception {
        long seed = Long.getLong("soak.seed", new Random().nextLong());
        System.out.printf("soak: %,d s, seed %d%n", SECONDS, seed);
        @Nullable Network network = Network.ifAllowed(SERVERS);
        try (EnsembleProcesses ensemble =
                EnsembleProcesses.start(
                        Collections.nCopies(SERVERS, SERVER),
                        List.of("maxClientCnxns=0", "maxSessionTimeout=60000"),
                        0,
                        network == null
                                ? Collections.nCopies(SERVERS, Place.HERE)
                                : network.places(),
                        FLAGS)) {
            try {
                run(ensemble, network, seed);
            } finally {
                for (Worker worker : workers) {
                    worker.close();
                }
            }
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    private void run(EnsembleProcesses ensemble, @Nullable Network network, long seed)
            throws Exception {
        List<ServerProcess> servers = ensemble.servers();
        // The pauses for checks lengthen the run a little.
        Registers registers = new Registers(SECONDS * 5 / 4 + 60);
        registers.make(servers.getFirst());
        startWorkers(ensemble.connectString());
        RegisterClients clients = RegisterClients.start(servers, registers, REGISTER_CLIENTS, seed);
        Nemesis nemesis =
                new Nemesis(servers, servers.subList(SERVERS - 1, SERVERS), network, seed);
        try (AgeingServers ageing =
                AgeingServers.watch(servers.subList(0, SERVERS - 1), Duration.ofSeconds(SECONDS))) {
            for (long done = 0; done + ROUND_SECONDS <= SECONDS; done += ROUND_SECONDS) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ROUND_SECONDS);
                while (System.nanoTime() < end) {
                    nemesis.once();
                }
                ensemble.awaitServing();
                Thread.sleep(QUIET_MILLIS);
                checkWorkers();
                boolean inTheMiddle = done < SECONDS / 2 && done + ROUND_SECONDS >= SECONDS / 2;
                boolean inTheEnd = done + 2 * ROUND_SECONDS > SECONDS;
                if (inTheMiddle || inTheEnd) {
                    ageing.collect();
                }
                System.out.printf(
                        "soak: %,d s, %,d pieces of work, no session lost; faults %s; %s%n",
                        done + ROUND_SECONDS,
                        workers.stream().mapToLong(Worker::done).sum(),
                        nemesis.done(),
                        ageing.now());
            }
            System.out.printf("soak: %s%n", clients.judge());
            System.out.println(ageing.table());
            ageing.check();
        }
        for (ServerProcess server : servers) {
            assertThat(server.ask("mntr")).containsPattern("zk_digest_mismatches_count\\s+0");
        }
    }

    private void startWorkers(String connect) throws Exception {
        AtomicInteger holders = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            workers.add(new Workers.Counter(connect, gate, "/counter-" + i));
            workers.add(new Workers.Locking(connect, gate, holders));
        }
        workers.add(new Workers.Watching(connect, gate));
        workers.forEach(Worker::start);
    }

    private void checkWorkers() throws Exception {
        if (!gate.writeLock().tryLock(STUCK_SECONDS_MAX, TimeUnit.SECONDS)) {
            workers.forEach(Worker::checkFailure);
            workers.forEach(worker -> System.out.print(worker.where()));
            System.out.print(Workers.lineForTheLock(workers.getFirst()));
            throw new AssertionError("work stands still for " + STUCK_SECONDS_MAX + " s");
        }
        try {
            for (Worker worker : workers) {
                worker.check();
            }
        } finally {
            gate.writeLock().unlock();
        }
    }
}

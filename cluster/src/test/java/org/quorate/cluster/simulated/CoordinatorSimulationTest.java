package org.quorate.cluster.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;

/** The shared layer under faults, seed by seed. */
class CoordinatorSimulationTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 200);

    /** Three processes add to one number by compare-and-set while answers and connections break. */
    @Test
    void everyTransactionHappensAsOftenAsItsCallerWasTold() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Counter told = run(seed, true);
            assertThat(told.value)
                    .as("seed %d", seed)
                    .isBetween(told.done, told.done + told.unknown);
            assertThat(told.done).as("seed %d", seed).isPositive();
        }
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(run(11, true).trace).isEqualTo(run(11, true).trace);
        assertThat(run(11, true).trace).isNotEqualTo(run(12, true).trace);
    }

    /** Without receipts a value that two may write alike is counted wrong: the test can fail. */
    @Test
    void countingWithoutIdentityIsFoundOut() {
        int wrong = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Counter told = run(seed, false);
            wrong += told.value < told.done ? 1 : 0;
        }
        assertThat(wrong).isPositive();
    }

    private static final class Counter {
        private long done;
        private long unknown;
        private boolean stopped;
        private long value;
        private String trace = "";
    }

    private Counter run(long seed, boolean receipts) {
        try (World world = new World(seed)) {
            return run(world, seed, receipts);
        }
    }

    private Counter run(World world, long seed, boolean receipts) {
        Counter told = new Counter();
        List<SimulatedHost> hosts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SimulatedHost host = world.host("p" + i, SESSION);
            host.latency(Duration.ofMillis(30));
            hosts.add(host);
            Coordinator coordinator = Coordinator.on(host, Duration.ofSeconds(8));
            coordinator
                    .reconciler(
                            "adder",
                            () -> {
                                if (told.stopped) {
                                    return Step.Next.WHEN_WOKEN;
                                }
                                add(coordinator, told, receipts);
                                return Step.Next.after(
                                        Duration.ofMillis(20 + host.random().nextInt(1_500)));
                            })
                    .start();
        }
        Faults faults = new Faults(world, hosts, new SplittableRandom(seed));
        faults.run(Duration.ofSeconds(20));
        told.stopped = true;
        world.run(Duration.ofSeconds(20));
        SimulatedHost reader = world.host("reader", SESSION);
        Coordinator coordinator = Coordinator.on(reader, Duration.ofSeconds(8));
        try {
            told.value =
                    coordinator
                            .znodes()
                            .read("/n")
                            .map(n -> Long.parseLong(n.data().text()))
                            .orElse(0L);
        } catch (CoordinationException | InterruptedException failed) {
            throw new AssertionError("seed " + seed, failed);
        }
        told.trace =
                told.done + " " + told.value + " " + world.nowNanos() + " " + world.eventsRun();
        return told;
    }

    private void add(Coordinator coordinator, Counter told, boolean receipts)
            throws InterruptedException, CoordinationException {
        Znode n = coordinator.znodes().read("/n").orElse(null);
        if (n == null) {
            coordinator.znodes().commit(new Transaction().create("/n", Bytes.utf8("0")));
            return;
        }
        long next = Long.parseLong(n.data().text()) + 1;
        Transaction transaction =
                new Transaction().put("/n", Bytes.utf8(Long.toString(next)), n.version());
        if (receipts) {
            transaction.withReceipt();
        }
        try {
            Outcome outcome = coordinator.znodes().commit(transaction);
            told.done += outcome.done() ? 1 : 0;
        } catch (CoordinationException failed) {
            told.unknown += failed.fate() == Fate.UNKNOWN ? 1 : 0;
        }
    }

    @Test
    void aMirrorEndsUpWithWhatIsThere() throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            mirrorEndsUpWithWhatIsThere(seed);
        }
    }

    private void mirrorEndsUpWithWhatIsThere(long seed) throws Exception {
        try (World world = new World(seed)) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedHost watching = world.host("watching", SESSION);
            SimulatedHost writing = world.host("writing", SESSION);
            Mirror mirror =
                    Mirror.open(Coordinator.on(watching, SESSION), "/m", 1, (now, all) -> {});
            Coordinator writer = Coordinator.on(writing, SESSION);
            writer.reconciler(
                            "writer",
                            () -> {
                                writer.znodes().ensure("/m");
                                String path = "/m/" + random.nextInt(5);
                                Transaction change =
                                        writer.znodes().read(path).isEmpty()
                                                ? new Transaction().create(path, Bytes.NONE)
                                                : random.nextBoolean()
                                                        ? new Transaction().delete(path, -1)
                                                        : new Transaction()
                                                                .put(path, Bytes.NONE, -1);
                                writer.znodes().commit(change);
                                return Step.Next.after(Duration.ofMillis(50));
                            })
                    .start();
            new Faults(world, List.of(watching, writing), random).run(Duration.ofSeconds(15));
            writer.close();
            world.run(Duration.ofSeconds(10));
            Coordinator reader = Coordinator.on(world.host("reader", SESSION), SESSION);
            List<String> there = new ArrayList<>();
            for (String name : reader.znodes().children("/m").orElse(List.of())) {
                there.add("/m/" + name);
            }
            if (reader.znodes().read("/m").isPresent()) {
                there.add("/m"); // Its writer may have been in trouble all the time.
            }
            assertThat(mirror.now().keySet())
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(there);
            for (String path : there) {
                assertThat(mirror.get(path).orElseThrow().modifiedZxid())
                        .as("seed %d %s", seed, path)
                        .isEqualTo(reader.znodes().read(path).orElseThrow().modifiedZxid());
            }
        }
    }
}

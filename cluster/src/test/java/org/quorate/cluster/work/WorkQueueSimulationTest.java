package org.quorate.cluster.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.simulated.Faults;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Every item is done, once, by somebody, whatever befalls the workers. */
class WorkQueueSimulationTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 60);
    private static final int ITEMS = 15;

    @Test
    void everyItemIsDoneOnceAndHeldByOneAtATime() {
        int redelivered = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try (World world = new World(seed)) {
                redelivered += run(world, seed);
            }
        }
        assertThat(redelivered).as("something must have happened").isPositive();
    }

    private int run(World world, long seed) {
        world.touchLag(SESSION.dividedBy(4));
        SplittableRandom random = new SplittableRandom(~seed);
        Set<String> added = new HashSet<>();
        Map<String, Integer> done = new HashMap<>();
        List<Work> all = new ArrayList<>();
        int[] unknown = new int[2];
        List<SimulatedHost> hosts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SimulatedHost host = world.host("p" + i, SESSION);
            host.latency(Duration.ofMillis(5 + random.nextInt(40)));
            hosts.add(host);
            Coordinator coordinator = Coordinator.on(host, SESSION);
            WorkQueue queue = WorkQueue.open(coordinator, "/work", 1_000);
            producer(coordinator, queue, added, unknown);
            worker(coordinator, queue, done, all, unknown);
        }
        world.checkAlways(() -> {
            Set<String> held = new HashSet<>();
            for (Work work : all) {
                if (work.lease().valid()) {
                    assertThat(held.add(work.id())).as("seed %d twice", seed).isTrue();
                }
            }
        });
        new Faults(world, hosts, random).run(Duration.ofSeconds(25));
        world.run(Duration.ofSeconds(40));
        assertThat(done.values()).as("seed %d: done twice", seed).allMatch(times -> times == 1);
        assertThat(world.look("/work/items").orElseThrow().childCount())
                .as("seed %d: left over", seed)
                .isZero();
        assertThat(done.size())
                .as("seed %d: all done, but for those whose fate was not told", seed)
                .isBetween(added.size() - unknown[1], added.size() + unknown[0]);
        return (int) all.stream().filter(work -> work.delivery() > 1).count();
    }

    private void producer(
            Coordinator coordinator, WorkQueue queue, Set<String> added, int[] unknown) {
        coordinator
                .reconciler(
                        "producer",
                        () -> {
                            if (added.size() >= ITEMS) {
                                return Step.Next.WHEN_WOKEN;
                            }
                            try {
                                assertThat(added.add(queue.add(Bytes.utf8("x")))).isTrue();
                            } catch (CoordinationException failed) {
                                unknown[0] += failed.fate() == Fate.UNKNOWN ? 1 : 0;
                            }
                            return Step.Next.after(
                                    Duration.ofMillis(
                                            100 + coordinator.host().random().nextInt(1_500)));
                        })
                .start();
    }

    private void worker(
            Coordinator coordinator,
            WorkQueue queue,
            Map<String, Integer> done,
            List<Work> all,
            int[] unknown) {
        coordinator
                .reconciler(
                        "worker",
                        () -> {
                            Optional<Work> work = queue.take(Duration.ofSeconds(1));
                            if (work.isPresent()) {
                                all.add(work.get());
                                coordinator.host().sleep(300_000_000);
                                try {
                                    if (work.get().done()) {
                                        done.merge(work.get().id(), 1, Integer::sum);
                                    }
                                } catch (CoordinationException failed) {
                                    unknown[1] += failed.fate() == Fate.UNKNOWN ? 1 : 0;
                                }
                            }
                            return Step.Next.after(Duration.ofMillis(10));
                        })
                .start();
    }
}

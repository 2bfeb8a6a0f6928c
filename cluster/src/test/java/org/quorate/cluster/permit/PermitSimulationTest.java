package org.quorate.cluster.permit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.simulated.Faults;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Never more valid than allowed, at any moment of true time, and the proof that it would show. */
class PermitSimulationTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 50);
    private static final int LIMIT = 2;

    private record Held(Permit permit, int weight, boolean writer, boolean lock) {}

    private static final class Result {
        private int tooMany;
        private int overlaps;
        private int grants;
        private int grantsInQuiet;
    }

    @Test
    void permitsAndLocksAreNeverOverdrawn() {
        int grants = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Result result = run(seed, host -> {});
            assertThat(result.tooMany).as("seed %d: permits", seed).isZero();
            assertThat(result.overlaps).as("seed %d: locks", seed).isZero();
            assertThat(result.grantsInQuiet).as("seed %d: nobody is stuck", seed).isPositive();
            grants += result.grants;
        }
        assertThat(grants).isGreaterThan(20 * SEEDS);
    }

    @Test
    void aLeaseLongerThanTheSessionIsFoundOut() {
        int found = 0;
        for (long seed = 1; seed <= 400 && found == 0; seed++) {
            Result result = run(seed, host -> host.announceTimeout(1.7));
            found = result.tooMany + result.overlaps;
        }
        assertThat(found).isPositive();
    }

    private Result run(long seed, Consumer<SimulatedHost> fault) {
        try (World world = new World(seed)) {
            return run(world, seed, fault);
        }
    }

    private Result run(World world, long seed, Consumer<SimulatedHost> fault) {
        world.touchLag(SESSION.dividedBy(4));
        SplittableRandom random = new SplittableRandom(~seed);
        Result result = new Result();
        List<Held> held = new ArrayList<>();
        List<SimulatedHost> hosts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SimulatedHost host = world.host("p" + i, SESSION);
            host.latency(Duration.ofMillis(5 + random.nextInt(40)));
            host.clockRate(0.95 + random.nextInt(11) / 100.0);
            fault.accept(host);
            hosts.add(host);
            Coordinator coordinator = Coordinator.on(host, SESSION);
            boolean lock = i % 2 == 0;
            Permits permits = Permits.open(coordinator, "/permits", LIMIT);
            SharedLock shared = SharedLock.open(coordinator, "/lock");
            user(host, coordinator, lock ? null : permits, shared, held, result);
        }
        world.checkAlways(() -> count(held, result));
        new Faults(world, hosts, random).run(Duration.ofSeconds(25));
        world.run(Duration.ofSeconds(20));
        int before = result.grants;
        world.run(Duration.ofSeconds(30));
        result.grantsInQuiet = result.grants - before;
        return result;
    }

    private static void count(List<Held> held, Result result) {
        int weight = 0;
        int writers = 0;
        int readers = 0;
        for (Held one : held) {
            if (one.permit().lease().valid()) {
                weight += one.lock() ? 0 : one.weight();
                writers += one.lock() && one.writer() ? 1 : 0;
                readers += one.lock() && !one.writer() ? 1 : 0;
            }
        }
        result.tooMany += weight > LIMIT ? 1 : 0;
        result.overlaps += writers > 1 || writers == 1 && readers > 0 ? 1 : 0;
    }

    /** Takes in one step and gives back in the next. */
    private void user(
            SimulatedHost host,
            Coordinator coordinator,
            Permits permits,
            SharedLock shared,
            List<Held> all,
            Result result) {
        List<Held> mine = new ArrayList<>();
        coordinator
                .reconciler(
                        "user",
                        () -> {
                            if (mine.isEmpty()) {
                                take(host, permits, shared)
                                        .ifPresent(one -> {
                                            mine.add(one);
                                            all.add(one);
                                            result.grants++;
                                        });
                            } else {
                                mine.forEach(one -> one.permit().close());
                                all.removeAll(mine);
                                mine.clear();
                            }
                            return Step.Next.after(
                                    Duration.ofMillis(20 + host.random().nextInt(400)));
                        })
                .start();
    }

    private Optional<Held> take(SimulatedHost host, Permits permits, SharedLock shared)
            throws CoordinationException, InterruptedException {
        Duration patience = Duration.ofSeconds(2);
        if (permits != null) {
            int weight = 1 + host.random().nextInt(LIMIT);
            return permits.acquire(weight, patience).map(p -> new Held(p, weight, false, false));
        }
        boolean writer = host.random().nextBoolean();
        Optional<Permit> permit = writer ? shared.write(patience) : shared.read(patience);
        return permit.map(p -> new Held(p, 1, writer, true));
    }
}

package org.quorate.cluster.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.simulated.Faults;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** A rate for the whole cluster, in simulated time. */
class RateLimitTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String PATH = "/db/rate/moves";

    /** What was spent, and when in true time. */
    private static final class Spent {
        private final List<Long> atNanos = new ArrayList<>();

        long within(long fromNanos, long toNanos) {
            return atNanos.stream().filter(at -> at >= fromNanos && at < toNanos).count();
        }

        long mostWithin(Duration span) {
            long most = 0;
            int from = 0;
            for (int to = 0; to < atNanos.size(); to++) {
                while (atNanos.get(to) - atNanos.get(from) >= span.toNanos()) {
                    from++;
                }
                most = Math.max(most, to - from + 1);
            }
            return most;
        }
    }

    private static void spender(
            World world, Coordinator coordinator, RateLimit limit, Spent spent, Duration pace) {
        coordinator
                .reconciler(
                        "spender",
                        () -> {
                            if (limit.acquire(1, Duration.ofMillis(200))) {
                                spent.atNanos.add(world.nowNanos());
                            }
                            return Step.Next.after(pace);
                        })
                .start();
    }

    @Test
    void theRateIsReachedAndNeverExceededByManyGreedyProcesses() {
        for (long seed = 1; seed <= 10; seed++) {
            try (World world = new World(seed)) {
                SplittableRandom random = new SplittableRandom(seed);
                Spent spent = new Spent();
                List<SimulatedHost> hosts = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    SimulatedHost host = world.host("p" + i, SESSION);
                    host.latency(Duration.ofMillis(5));
                    host.clockRate(0.95 + random.nextInt(11) / 100.0);
                    hosts.add(host);
                    Coordinator coordinator = Coordinator.on(host, SESSION);
                    RateLimit limit = RateLimit.open(coordinator, PATH, 50, 20);
                    spender(world, coordinator, limit, spent, Duration.ofMillis(2));
                }
                world.run(Duration.ofSeconds(5));
                long fromNanos = world.nowNanos();
                world.run(Duration.ofSeconds(10));
                assertThat(spent.within(fromNanos, world.nowNanos()))
                        .as("seed %d: the rate is made use of", seed)
                        .isGreaterThan(50 * 10 * 85 / 100);
                new Faults(world, hosts, random).run(Duration.ofSeconds(20));
                for (int seconds : new int[] {1, 3, 10}) {
                    double allowed = 50 * 1.06 * (seconds + LEASE_SECONDS) + 20;
                    assertThat((double) spent.mostWithin(Duration.ofSeconds(seconds)))
                            .as("seed %d: within %d s", seed, seconds)
                            .isLessThanOrEqualTo(allowed);
                }
            }
        }
    }

    private static final double LEASE_SECONDS = RateLimit.LEASE.toMillis() / 1_000.0;

    @Test
    void aSlowSpenderNeverWaitsAndSeldomAsks() throws Exception {
        try (World world = new World(1)) {
            Coordinator coordinator = Coordinator.on(world.host("p", SESSION), SESSION);
            RateLimit limit = RateLimit.open(coordinator, PATH, 1_000, 1_000);
            assertThat(limit.acquire(1, Duration.ofSeconds(2))).isTrue();
            int refused = 0;
            for (int i = 0; i < 2_000; i++) {
                world.run(Duration.ofMillis(2));
                refused += limit.tryAcquire(1) ? 0 : 1;
            }
            assertThat(refused).isLessThan(100);
            int writes = world.look(PATH).orElseThrow().version();
            assertThat(writes).as("for 2,000 in 4 s").isLessThan(100);
        }
    }

    @Test
    void theRateCanBeChangedForEverybody() throws Exception {
        try (World world = new World(1)) {
            Coordinator a = Coordinator.on(world.host("a", SESSION), SESSION);
            Coordinator b = Coordinator.on(world.host("b", SESSION), SESSION);
            RateLimit one = RateLimit.open(a, PATH, 10, 1);
            RateLimit other = RateLimit.open(b, PATH, 10, 1);
            Spent spent = new Spent();
            spender(world, a, one, spent, Duration.ofMillis(1));
            world.run(Duration.ofSeconds(5));
            assertThat(spent.atNanos.size()).isBetween(35, 56);
            other.set(100, 10);
            long fromNanos = world.nowNanos();
            world.run(Duration.ofSeconds(5));
            assertThat(spent.within(fromNanos, world.nowNanos())).isBetween(350L, 560L);
            assertThatIllegalArgumentException().isThrownBy(() -> other.set(0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> other.tryAcquire(0));
            assertThatIllegalArgumentException().isThrownBy(() -> RateLimit.open(a, PATH, 5, 0));
        }
    }

    @Test
    void aLedgerRefillsUpToItsBurstAndIgnoresTimeThatGoesBack() {
        Ledger ledger = new Ledger(10, 5, 0, 1_000);
        assertThat(ledger.at(1_250).tokens()).isEqualTo(2.5);
        assertThat(ledger.at(9_000).tokens()).isEqualTo(5);
        assertThat(ledger.at(500)).isEqualTo(ledger);
        assertThat(ledger.at(1_250).available(9)).isEqualTo(2);
        assertThat(ledger.at(1_250).take(2).tokens()).isEqualTo(0.5);
        assertThat(ledger.nanosUntilOne()).isEqualTo(100_000_000);
    }
}

package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

class PlacesTest {
    @Test
    void whatHangsKeepsNoOthersFromRunningAndNoMoreThanAllowedRunAtOnce() {
        try (World world = new World(1)) {
            SimulatedHost host = world.host("a", Duration.ofSeconds(4));
            Places places = new Places(host, 2);
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                places.run(() -> sleep(host, Duration.ofDays(1)));
            }
            for (int i = 0; i < 6; i++) {
                places.run(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    sleep(host, Duration.ofSeconds(1));
                    running.decrementAndGet();
                    done.incrementAndGet();
                });
            }
            world.run(Duration.ofMinutes(1));
            assertThat(done.get()).isZero();
            places.lend();
            places.lend();
            world.run(Duration.ofMinutes(1));
            assertThat(done.get()).isEqualTo(6);
            assertThat(most.get()).isEqualTo(2);
        }
    }

    private static void sleep(SimulatedHost host, Duration time) {
        try {
            host.sleep(time.toNanos());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}

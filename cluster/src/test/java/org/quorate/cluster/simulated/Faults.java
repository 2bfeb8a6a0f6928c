package org.quorate.cluster.simulated;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Lets things go wrong at random for a while, and then puts everything right. */
public final class Faults {
    private final World world;
    private final List<SimulatedHost> hosts;
    private final SplittableRandom random;

    /** Troubles {@code hosts} as {@code random} says. */
    public Faults(World world, List<SimulatedHost> hosts, SplittableRandom random) {
        this.world = world;
        this.hosts = hosts;
        this.random = random;
    }

    /** Passes {@code time} in trouble; a last heal ends it. */
    public void run(Duration time) {
        long endNanos = world.nowNanos() + time.toNanos();
        while (world.nowNanos() < endNanos) {
            world.run(Duration.ofMillis(1 + random.nextInt(800)));
            SimulatedHost victim = hosts.get(random.nextInt(hosts.size()));
            switch (random.nextInt(6)) {
                case 0 -> victim.pause(Duration.ofMillis(random.nextInt(7_000)));
                case 1 -> victim.cut();
                case 2 -> victim.strand();
                case 3 -> victim.loseNextAnswer();
                default -> victim.heal();
            }
        }
        hosts.forEach(SimulatedHost::heal);
    }
}

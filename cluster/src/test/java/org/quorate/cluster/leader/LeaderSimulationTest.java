package org.quorate.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.simulated.Faults;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/**
 * Never two leases valid at one moment of true time, whatever befalls the processes, and the proof
 * that this test would notice.
 */
class LeaderSimulationTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String PATH = "/db/controller";
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 200);

    /** What one run came to. */
    private static final class Result {
        private int doubles;
        private int epochsBackward;
        private int registerBackward;
        private long registerHighest;
        private int reigns;
        private boolean leaderInTheEnd;
    }

    @Test
    void thereAreNeverTwoValidLeasesAndAlwaysALeaderInTheEnd() {
        int reigns = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Result result = run(seed, true, (host, random) -> {});
            assertThat(result.doubles).as("seed %d: double leaders", seed).isZero();
            assertThat(result.epochsBackward).as("seed %d: epochs", seed).isZero();
            assertThat(result.registerBackward).as("seed %d: register", seed).isZero();
            assertThat(result.leaderInTheEnd).as("seed %d: leader in the end", seed).isTrue();
            reigns += result.reigns;
        }
        assertThat(reigns).as("something must have happened").isGreaterThan(3 * SEEDS);
    }

    @Test
    void aLeaseLongerThanTheSessionIsFoundOut() {
        assertThat(doublesWith((host, random) -> host.announceTimeout(1.7))).isPositive();
    }

    @Test
    void readsTakenForProofOfContactAreFoundOut() {
        assertThat(doublesWith((host, random) -> host.strandedServerProves())).isPositive();
    }

    @Test
    void aClockSlowerThanTheMarginIsFoundOut() {
        assertThat(doublesWith((host, random) -> host.clockRate(0.5))).isPositive();
    }

    @Test
    void aRegisterWithoutTheGuardGoesBackward() {
        int backward = 0;
        for (long seed = 1; seed <= 600 && backward == 0; seed++) {
            backward = run(seed, false, (host, random) -> {}).registerBackward;
        }
        assertThat(backward).isPositive();
    }

    private int doublesWith(BiConsumer<SimulatedHost, SplittableRandom> fault) {
        int doubles = 0;
        for (long seed = 1; seed <= 400 && doubles == 0; seed++) {
            doubles = run(seed, true, fault).doubles;
        }
        return doubles;
    }

    private Result run(
            long seed, boolean guarded, BiConsumer<SimulatedHost, SplittableRandom> fault) {
        try (World world = new World(seed)) {
            return run(world, seed, guarded, fault);
        }
    }

    private Result run(
            World world,
            long seed,
            boolean guarded,
            BiConsumer<SimulatedHost, SplittableRandom> fault) {
        SplittableRandom random = new SplittableRandom(~seed);
        Result result = new Result();
        world.touchLag(SESSION.dividedBy(4));
        List<SimulatedHost> hosts = new ArrayList<>();
        List<Leadership> reigns = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SimulatedHost host = world.host("p" + i, SESSION);
            host.latency(Duration.ofMillis(5 + random.nextInt(60)));
            host.clockRate(0.95 + random.nextInt(11) / 100.0);
            fault.accept(host, random);
            hosts.add(host);
            stand(host, guarded, reigns, result);
        }
        world.checkAlways(() -> {
            long written =
                    world.look("/register")
                            .map(znode -> Long.parseLong(znode.data().text()))
                            .orElse(0L);
            result.registerBackward += written < result.registerHighest ? 1 : 0;
            result.registerHighest = Math.max(written, result.registerHighest);
            int valid = 0;
            for (Leadership reign : reigns) {
                valid += reign.lease().valid() ? 1 : 0;
            }
            result.doubles += valid > 1 ? 1 : 0;
        });
        new Faults(world, hosts, random).run(Duration.ofSeconds(30));
        world.run(Duration.ofSeconds(15));
        result.leaderInTheEnd =
                world.runUntil(
                        () -> reigns.stream().anyMatch(reign -> reign.lease().valid()),
                        Duration.ofSeconds(60));
        result.reigns = reigns.size();
        return result;
    }

    private void stand(
            SimulatedHost host, boolean guarded, List<Leadership> reigns, Result result) {
        Coordinator coordinator = Coordinator.on(host, SESSION.multipliedBy(2));
        Candidate candidate =
                Candidate.enter(
                        coordinator,
                        PATH,
                        host.toString(),
                        new LeaderListener() {
                            @Override
                            public void elected(Leadership leadership) {
                                for (Leadership earlier : reigns) {
                                    boolean sameOrOlder =
                                            !earlier.epoch().olderThan(leadership.epoch());
                                    result.epochsBackward += sameOrOlder ? 1 : 0;
                                }
                                reigns.add(leadership);
                            }

                            @Override
                            public void ended(Leadership leadership) {
                                assertThat(leadership.lease().valid()).isFalse();
                            }
                        });
        coordinator
                .reconciler(
                        "writer",
                        () -> {
                            Leadership reign = candidate.leadership().orElse(null);
                            if (reign != null) {
                                write(coordinator, reign, guarded);
                            }
                            return Step.Next.after(Duration.ofMillis(200));
                        })
                .start();
        coordinator
                .reconciler(
                        "restless",
                        () -> {
                            if (host.random().nextInt(10) == 0) {
                                candidate.handOver();
                            }
                            return Step.Next.after(Duration.ofSeconds(1));
                        })
                .start();
    }

    /** Writes its epoch where all write theirs, as a planner writes its decisions. */
    private void write(Coordinator coordinator, Leadership reign, boolean guarded)
            throws CoordinationException, InterruptedException {
        Znode register = coordinator.znodes().read("/register").orElse(null);
        Bytes mine = Bytes.utf8(Long.toString(reign.epoch().value()));
        if (register == null) {
            coordinator.znodes().commit(new Transaction().create("/register", mine));
            return;
        }
        if (!reign.lease().valid()) {
            return;
        }
        Transaction put = new Transaction().put("/register", mine, Transaction.ANY_VERSION);
        coordinator.znodes().commit(guarded ? reign.guard(put) : put);
    }
}

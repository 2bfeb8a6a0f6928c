package org.quorate.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;
import org.quorate.cluster.testing.Service;

/** Sessions that are bound to their connection. */
class BoundSessionTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration GRACE = Coordinator.RECONNECT_GRACE;

    private static Coordinator bound(SimulatedHost host, Duration grace) {
        return Coordinator.on(host, SESSION.multipliedBy(2)).bindToConnection(grace);
    }

    private static World offering(long seed) {
        World world = new World(seed);
        world.bindsSessions();
        return world;
    }

    @Test
    void aKilledProcessIsGoneAfterTheGraceAndNotAfterTheTimeout() throws Exception {
        try (World world = offering(1)) {
            SimulatedHost host = world.host("a", SESSION);
            bound(host, GRACE);
            world.run(Duration.ofSeconds(20));
            long session = host.link().sessionId();
            assertThat(world.alive(session)).isTrue();
            host.kill();
            world.run(GRACE.minusMillis(1));
            assertThat(world.alive(session)).isTrue();
            world.run(Duration.ofMillis(2));
            assertThat(world.alive(session)).isFalse();
        }
    }

    @Test
    void whereItIsNotOfferedNothingChanges() throws Exception {
        try (World world = new World(2)) {
            SimulatedHost host = world.host("a", SESSION);
            Coordinator coordinator = bound(host, GRACE);
            world.run(Duration.ofSeconds(1));
            LeaderLease lease = coordinator.session().lease(new Epoch(1));
            world.run(Duration.ofSeconds(20));
            assertThat(lease.valid()).isTrue();
            host.cut();
            world.run(Duration.ofMillis(800));
            assertThat(lease.valid()).as("two thirds of the session").isTrue();
            long session = host.link().sessionId();
            host.kill();
            world.run(Duration.ofMillis(1_000));
            assertThat(world.alive(session)).isTrue();
        }
    }

    @Test
    void aLeaseEndsWithTheConnectionAndHoldsAgainOnTheNext() throws Exception {
        try (World world = offering(3)) {
            SimulatedHost host = world.host("a", SESSION);
            Coordinator coordinator = bound(host, GRACE);
            world.run(Duration.ofSeconds(1));
            LeaderLease lease = coordinator.session().lease(new Epoch(1));
            world.run(Duration.ofSeconds(20));
            assertThat(lease.valid()).isTrue();
            host.cut();
            world.run(GRACE.multipliedBy(4).dividedBy(5));
            assertThat(lease.valid()).isFalse();
            host.heal();
            world.run(Duration.ofSeconds(2));
            assertThat(coordinator.session().lease(new Epoch(2)).valid()).isTrue();
        }
    }

    /** In true time; returns how often a lease held whose session was over. */
    private static int leasesWithoutSession(long seed, double graceFactor) throws Exception {
        List<Long> wrong = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        try (World world = offering(seed)) {
            SimulatedHost host = world.host("a", SESSION);
            host.announceGrace(graceFactor);
            host.latency(Duration.ofMillis(5 + random.nextInt(30)));
            Coordinator coordinator = bound(host, GRACE);
            List<LeaderLease> leases = new ArrayList<>();
            List<Long> sessions = new ArrayList<>();
            coordinator
                    .reconciler(
                            "owner",
                            () -> {
                                Session session = coordinator.session();
                                leases.add(session.lease(new Epoch(leases.size())));
                                sessions.add(session.id());
                                return Step.Next.after(Duration.ofMillis(100));
                            })
                    .start();
            world.checkAlways(() -> {
                for (int i = Math.max(0, leases.size() - 20); i < leases.size(); i++) {
                    if (!world.alive(sessions.get(i)) && leases.get(i).valid()) {
                        wrong.add(world.nowNanos());
                    }
                }
            });
            for (int i = 0; i < 60; i++) {
                world.run(Duration.ofMillis(random.nextInt(900)));
                switch (random.nextInt(7)) {
                    case 0 -> host.pause(Duration.ofMillis(random.nextInt(1_500)));
                    case 1, 2 -> host.breakConnection();
                    case 3 -> host.cut();
                    case 4 -> host.strand();
                    case 5 -> host.clockRate(0.95 + random.nextInt(100) / 1000.0);
                    default -> host.heal();
                }
                if (random.nextInt(3) == 0) {
                    host.heal();
                }
            }
            assertThat(leases).as("seed %d", seed).hasSizeGreaterThan(10);
        }
        return wrong.size();
    }

    @Test
    void noLeaseOutlivesItsSessionWhateverHappensToConnectionAndProcess() throws Exception {
        for (long seed = 1; seed <= 300; seed++) {
            assertThat(leasesWithoutSession(seed, 1)).as("seed %d", seed).isZero();
        }
    }

    @Test
    void aServerThatWaitsForLessThanItWasAskedForIsFoundOutOrThisTestIsBlind() throws Exception {
        int wrong = 0;
        for (long seed = 1; seed <= 300 && wrong == 0; seed++) {
            wrong += leasesWithoutSession(seed, 0.5);
        }
        assertThat(wrong).isPositive();
    }

    @Test
    void zooKeeperOffersNothingAndIsAskedForNothing() throws Exception {
        try (CuratorFramework client = Service.client(Service.connectString(), SESSION);
                Coordinator coordinator =
                        Coordinator.over(client).bindToConnection(Duration.ofMillis(100))) {
            LeaderLease lease = coordinator.session().lease(new Epoch(1));
            long session = coordinator.session().id();
            assertThat(coordinator.host().link().reconnectGrace(session)).isNull();
            Thread.sleep(300); // Longer than the grace: nobody keeps a bound lease alive here.
            assertThat(lease.valid()).isTrue();
        }
    }

    @Test
    void aGraceTooShortAndASecondOneAreRefused() {
        try (World world = offering(4)) {
            Coordinator coordinator = Coordinator.on(world.host("a", SESSION), SESSION);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> coordinator.bindToConnection(Duration.ofMillis(49)));
            coordinator.bindToConnection(GRACE);
            assertThatThrownBy(() -> coordinator.bindToConnection(GRACE))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}

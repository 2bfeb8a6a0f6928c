package org.quorate.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

class BalanceTest {
    private static final Map<String, Double> CAPACITY = Map.of("a", 1.0, "b", 2.0, "c", 5.0);

    /** How far the shares still move late in a run with reports that are two rounds old. */
    private static double swing(boolean damped) {
        Deque<Map<String, Double>> reports = new ArrayDeque<>();
        Shares shares = Shares.none().adjusted(new TreeMap<>(Map.of("a", 1.0, "b", 1.0, "c", 1.0)));
        Map<String, Double> now = shares.byMember();
        Map<String, Double> low = new HashMap<>();
        Map<String, Double> high = new HashMap<>();
        for (int round = 0; round < 200; round++) {
            Map<String, Double> load = new TreeMap<>();
            for (Map.Entry<String, Double> one : now.entrySet()) {
                load.put(one.getKey(), one.getValue() / CAPACITY.get(one.getKey()));
            }
            reports.add(load);
            if (reports.size() > 2) {
                Map<String, Double> old = reports.poll();
                if (damped) {
                    shares = shares.adjusted(old);
                    now = shares.byMember();
                } else {
                    now = allToTheLeastLoaded(old);
                }
            }
            if (round > 100) {
                now.forEach((member, share) -> {
                    low.merge(member, share, Math::min);
                    high.merge(member, share, Math::max);
                });
            }
        }
        return high.entrySet().stream()
                .mapToDouble(one -> one.getValue() - low.get(one.getKey()))
                .max()
                .orElseThrow();
    }

    private static Map<String, Double> allToTheLeastLoaded(Map<String, Double> load) {
        String least =
                load.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
        Map<String, Double> all = new TreeMap<>();
        load.keySet().forEach(member -> all.put(member, member.equals(least) ? 1.0 : 0.0));
        return all;
    }

    @Test
    void lateReportsDoNotMakeTheSharesSwing() {
        assertThat(swing(true)).isLessThan(0.02);
        assertThat(swing(false)).as("the test would notice").isGreaterThan(0.9);
    }

    @Test
    void sharesComeToFollowWhatMembersCanCarry() {
        Shares shares = Shares.none();
        Map<String, Double> load = new TreeMap<>(Map.of("a", 1.0, "b", 1.0, "c", 1.0));
        for (int round = 0; round < 100; round++) {
            shares = shares.adjusted(load);
            for (String member : CAPACITY.keySet()) {
                load.put(member, shares.byMember().get(member) / CAPACITY.get(member));
            }
        }
        assertThat(shares.byMember().get("c")).isBetween(0.58, 0.67);
        assertThat(shares.byMember().get("a")).isBetween(0.11, 0.14);
    }

    @Test
    void newcomersGetAnEvenShareAndTheGoneNone() {
        Shares shares = Shares.none().adjusted(Map.of("a", 1.0, "b", 1.0));
        Shares more = shares.adjusted(Map.of("a", 1.0, "b", 1.0, "c", 1.0));
        assertThat(more.byMember().get("c")).isBetween(0.2, 0.34);
        Shares fewer = more.adjusted(Map.of("c", 1.0));
        assertThat(fewer.byMember()).containsExactly(Map.entry("c", 1.0));
        assertThat(fewer.adjusted(Map.of()).byMember()).isEmpty();
        assertThat(Shares.none().draw(new Random(1))).isEmpty();
    }

    @Test
    void noMemberIsStarvedAndDrawsFollowTheShares() {
        Shares shares = Shares.none();
        for (int round = 0; round < 100; round++) {
            shares = shares.adjusted(Map.of("a", 9.0, "b", 0.1));
        }
        assertThat(shares.byMember().get("a")).isBetween(0.04, 0.06);
        Map<String, Integer> counts = new HashMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            counts.merge(shares.draw(random), 1, Integer::sum);
        }
        assertThat(counts.get("a")).isBetween(400, 600);
    }

    @Test
    void reportsReachTheBalancerAndSmallChangesAreNotWritten() {
        Duration session = Duration.ofSeconds(4);
        Duration second = Duration.ofSeconds(1);
        try (World world = new World(1)) {
            AtomicReference<Double> qps = new AtomicReference<>(0.9);
            SimulatedHost one = world.host("one", session);
            Coordinator a = Coordinator.on(one, session);
            LoadReport.start(a, "/load", "a", second, () -> Map.of("qps", qps.get(), "x", 7.0));
            Coordinator b = Coordinator.on(world.host("two", session), session);
            LoadReport.start(b, "/load", "b", second, () -> Map.of("qps", 0.3));
            Balancer balancer =
                    Balancer.start(
                            Coordinator.on(world.host("client", session), session),
                            "/load",
                            Map.of("qps", 1.0),
                            second);
            world.run(Duration.ofSeconds(10));
            Map<String, Double> shares = balancer.shares().byMember();
            assertThat(shares.get("b")).isGreaterThan(shares.get("a"));
            assertThat(balancer.choose()).isPresent();
            int version = world.look("/load/a").orElseThrow().version();
            qps.set(0.91);
            world.run(Duration.ofSeconds(5));
            assertThat(world.look("/load/a").orElseThrow().version()).isEqualTo(version);
            qps.set(0.5);
            world.run(Duration.ofSeconds(5));
            assertThat(world.look("/load/a").orElseThrow().version()).isEqualTo(version + 1);
            one.pause(Duration.ofMinutes(1));
            world.run(Duration.ofSeconds(10));
            assertThat(balancer.shares().byMember()).containsOnlyKeys("b");
        }
    }
}

package org.quorate.cluster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bars on the scenario files. Ratios are exact; CPU time has room for a machine that is busy or
 * cold.
 */
class ScenarioTest {
    private static final double SLACK = 4;

    @ParameterizedTest
    @ValueSource(strings = {"u-1k-30", "u-10k-99", "w-10k-99", "u-100k-300", "w-100k-300"})
    void aScenarioKeepsItsBars(String name) {
        Scenario scenario = Scenario.load(name);
        Demand demand = scenario.demand();
        Topology topology = scenario.topology();

        long startNanos = MillionShards.cpuNanos();
        Plan first =
                Planner.plan(topology, demand, new Placement(scenario.shards, 3), Bands.DEFAULT);
        long firstNanos = MillionShards.cpuNanos() - startNanos;
        Measure bootstrap = new Measure(first);
        print(scenario, "bootstrap", firstNanos, bootstrap);
        evenAndSound(scenario, bootstrap);
        assertThat(firstNanos / 1e9).isLessThan(SLACK * 1.0);

        Topology more = scenario.topology(Set.of(), List.of(scenario.added));
        startNanos = MillionShards.cpuNanos();
        Plan added = Planner.plan(more, demand, first.target(), Bands.DEFAULT);
        long addNanos = MillionShards.cpuNanos() - startNanos;
        newcomerIsFilled(scenario, addNanos, new Measure(added));

        Topology fewer = scenario.topology(Set.of(scenario.lost), List.of());
        startNanos = MillionShards.cpuNanos();
        Plan lost = Planner.plan(fewer, demand, first.target(), Bands.DEFAULT);
        long loseNanos = MillionShards.cpuNanos() - startNanos;
        nothingMovesButWhatWasLost(scenario, loseNanos, bootstrap, new Measure(lost));
    }

    @ParameterizedTest
    @ValueSource(strings = {"u-1k-30", "u-10k-99", "w-10k-99"})
    void whicheverNodeIsLostHardlyALeaderChangesNeedlessly(String name) {
        Scenario scenario = Scenario.load(name);
        Demand demand = scenario.demand();
        Placement empty = new Placement(scenario.shards, scenario.replicas);
        Plan first = Planner.plan(scenario.topology(), demand, empty, Bands.DEFAULT);
        Measure before = new Measure(first);
        for (int n = 0; n < scenario.nodes.size(); n++) {
            Topology fewer = scenario.topology(Set.of(scenario.nodes.get(n).name()), List.of());
            Measure after = new Measure(Planner.plan(fewer, demand, first.target(), Bands.DEFAULT));
            assertThat(after.leaderChanges)
                    .as("loss of %d", n)
                    .isLessThanOrEqualTo(most(before, n));
            assertThat(after.movedWeight).as("loss of %d", n).isEqualTo((long) before.load(n));
            evenAndSound(scenario, after);
        }
    }

    private static int most(Measure before, int lost) {
        return Math.max(2, (int) (0.02 * before.leads(lost)));
    }

    /** Where shards are equal the least that is possible is known, and it is reached. */
    @ParameterizedTest
    @ValueSource(longs = {1, 5})
    void noMoreLeadersChangeThanTheFlowNeeds(long seed) {
        Scenario scenario = Scenario.load("u-1k-30");
        Demand demand = scenario.demand();
        Bands bands = Bands.DEFAULT.withSeed(seed);
        Placement empty = new Placement(scenario.shards, scenario.replicas);
        Placement before = Planner.plan(scenario.topology(), demand, empty, bands).target();
        for (int lost = 0; lost < scenario.nodes.size(); lost += 6) {
            String name = scenario.nodes.get(lost).name();
            Topology fewer = scenario.topology(Set.of(name), List.of());
            Measure after = new Measure(Planner.plan(fewer, demand, before, bands));
            int whole = (int) Math.ceil(scenario.shards / (scenario.nodes.size() - 1.0));
            assertThat(after.leaderChanges)
                    .as("seed %d, loss of %s", seed, name)
                    .isLessThanOrEqualTo(FlowOracle.handOversNeeded(before, lost, whole));
        }
    }

    private void newcomerIsFilled(Scenario scenario, long nanos, Measure measure) {
        print(scenario, "add", nanos, measure);
        evenAndSound(scenario, measure);
        int newcomer = scenario.nodes.size();
        assertThat(measure.filled(newcomer)).isBetween(0.95, 1.001);
        double least = measure.load(newcomer) / measure.filled(newcomer);
        assertThat(measure.movedWeight).isLessThanOrEqualTo((long) (1.02 * least));
        assertThat(measure.led(newcomer)).isGreaterThanOrEqualTo(0.9 * measure.leadShare(newcomer));
        double fairShare = (double) scenario.shards / (newcomer + 1);
        double capacity = scenario.added.capacity() / scenario.meanCapacity();
        assertThat(measure.leaderChanges).isLessThanOrEqualTo((int) (1.1 * fairShare * capacity));
        assertThat(nanos / 1e9).isLessThan(SLACK * 0.25);
    }

    private void nothingMovesButWhatWasLost(
            Scenario scenario, long nanos, Measure before, Measure after) {
        print(scenario, "lose", nanos, after);
        evenAndSound(scenario, after);
        int lost = scenario.topology().indexOf(scenario.lost);
        assertThat(after.movedWeight).isEqualTo((long) before.load(lost));
        assertThat(after.leaderChanges).isLessThanOrEqualTo(most(before, lost));
        assertThat(nanos / 1e9).isLessThan(SLACK * 0.25);
    }

    private void evenAndSound(Scenario scenario, Measure measure) {
        assertThat(measure.ruleBreaks).isZero();
        assertThat(measure.missing).isZero();
        assertThat(measure.overFloor).isLessThanOrEqualTo(scenario.uniform() ? 1.005 : 1.01);
        assertThat(measure.leadersOverMean)
                .isLessThanOrEqualTo(Math.max(1.03, measure.leadersWhole));
    }

    private static void print(Scenario scenario, String event, long nanos, Measure measure) {
        System.out.printf(
                Locale.ROOT,
                "%-10s %-9s %4d ms  %s%n",
                scenario.name,
                event,
                nanos / 1_000_000,
                measure);
    }

    @Test
    void aMillionShardsFitIntoHalfAGigabyteAndTenSeconds() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp"));
        command.add(home(Planner.class) + File.pathSeparator + home(MillionShards.class));
        command.add(MillionShards.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines = out.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        lines.forEach(line -> System.out.println("1M × 3 on 1,000: " + line));
        assertThat(lines).hasSize(3);
        int[] mostMillis = {10_000, 1_000, 1_000};
        for (int i = 0; i < 3; i++) {
            String[] words = lines.get(i).split(" ");
            assertThat(Long.parseLong(words[1])).isLessThan((long) (SLACK * mostMillis[i]));
            assertThat(words[2]).as("shortfalls").isEqualTo("0");
            assertThat(Double.parseDouble(words[3])).as("evenness").isLessThan(1.005);
        }
    }

    private static String home(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}

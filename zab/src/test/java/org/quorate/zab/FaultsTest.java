package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.protocol.peer.Capabilities;

/** What was acknowledged stays, all servers apply the same, and after the storm all go on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsTest {
    private final TreeMap<String, Integer> marks = new TreeMap<>();

    static LongStream seeds() {
        long from = Long.getLong("quorate.seed", 151);
        return LongStream.range(from, from + Long.getLong("quorate.seeds", 150));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anEnsembleSurvivesCrashesPartitionsAndPauses(long seed) {
        Town town = new Town(seed);
        int voters = 2 + town.random.nextInt(4);
        int observers = town.random.nextInt(3);
        // In some ensembles followers serve the observers, one at a time.
        boolean masters = town.random.nextBoolean();
        int countMin = town.random.nextBoolean() ? 500 : 5;
        long counterMax = town.random.nextBoolean() ? Long.MAX_VALUE : 100;
        // Some servers can only what ZooKeeper can.
        int old = town.random.nextInt(3);
        town.settle(
                Town.members(voters, observers),
                id ->
                        Town.options(id, countMin, counterMax, id <= old ? 0 : Capabilities.ALL)
                                .with(new ZabOptions.Observers(masters, 1, 1)));
        Faults faults = new Faults(town);
        try {
            faults.run(5_000);
        } catch (RuntimeException | Error e) {
            System.err.println("seed " + seed);
            town.story().forEach(System.err::println);
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
        town.marks().forEach((what, count) -> marks.merge(what, count, Integer::sum));
    }

    /** A storm that never comes to the rare places says nothing about them. */
    @AfterAll
    void allThatIsRareHasHappened() {
        if (seeds().count() < 150) {
            return;
        }
        assertThat(marks.keySet())
                .contains(
                        "DIFF",
                        "TRUNC",
                        "SNAP",
                        "COMMITANDACTIVATE",
                        "INFORM",
                        "INFORMANDACTIVATE",
                        "SYNC",
                        "HAND_OVER",
                        "HEIR",
                        "ROLL_OVER",
                        "log cut",
                        "log read",
                        "observer served by follower",
                        "reload",
                        "reconfig");
    }
}

package org.quorate.zab;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was acknowledged stays, all servers apply the same, and after the storm all go on. */
class FaultsTest {
    static LongStream seeds() {
        long from = Long.getLong("quorate.seed", 1);
        return LongStream.range(from, from + Long.getLong("quorate.seeds", 300));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anEnsembleSurvivesCrashesPartitionsAndPauses(long seed) {
        int voters = 1 + (int) (seed % 3) * 2;
        Town town = Town.of(seed, voters == 1 ? 2 : voters, (int) (seed % 2));
        Faults faults = new Faults(town);
        try {
            faults.run(5_000);
        } catch (RuntimeException | Error e) {
            System.err.println("seed " + seed);
            town.story().forEach(System.err::println);
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }
}

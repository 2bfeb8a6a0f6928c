package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Known bugs are found. In each build the cheap ones are looked for, and of the others it is seen
 * that they can still be put back; with {@code -Dmutation.campaign=true} all are looked for. With
 * {@code -Dmutation.rate=N} it is counted how many of N seeds find each; {@code
 * -Dmutation.only=TEXT} chooses.
 */
class MutationTest {
    private static final int RATE_SEEDS = Integer.getInteger("mutation.rate", 0);
    private static final String ONLY = System.getProperty("mutation.only", "");

    static List<Mutation> all() {
        return Mutations.ALL.stream()
                .filter(mutation -> mutation.toString().contains(ONLY))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBugPutBackIsFoundWithinItsBound(Mutation mutation) throws Exception {
        Mutant mutant = new Mutant(mutation);
        assertThat(Simulation.runFocused(1, mutation.faults()).failure())
                .as("without the bug")
                .isNull();
        if (RATE_SEEDS > 0) {
            System.out.printf(
                    "%d of %d seeds find: %s%n", rate(mutant, RATE_SEEDS), RATE_SEEDS, mutation);
        } else if (mutation.isCheap() || Boolean.getBoolean("mutation.campaign")) {
            assertThat(firstFailure(mutant, mutation))
                    .as("%s: found in %d seeds", mutation, mutation.seedsMax())
                    .isNotNull();
        }
    }

    private static long rate(Mutant mutant, int seeds) throws ReflectiveOperationException {
        long found = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            found += mutant.failure(seed) == null ? 0 : 1;
        }
        return found;
    }

    private static @Nullable String firstFailure(Mutant mutant, Mutation mutation)
            throws ReflectiveOperationException {
        for (long seed = 1; seed <= mutation.seedsMax(); seed++) {
            String failure = mutant.failure(seed);
            if (failure != null) {
                System.out.printf("seed %d finds: %s: %s%n", seed, mutation, failure);
                return failure;
            }
        }
        return null;
    }
}

package org.quorate.cluster.shard;

import org.junit.jupiter.api.Test;

/**
 * Prints what a lost node costs, and one that joins. Not run by the build. See {@code PlannerBars}
 * for the command.
 */
class FailOverBars {
    @Test
    void printWhatALossOfOneOfTwentyCosts() throws Exception {
        FailOver.print(1_000, 20, 5, null);
        FailOver.print(20_000, 20, 3, null);
    }

    @Test
    void printWhatOneThatJoinsTwentyCosts() throws Exception {
        System.out.println(Joining.of(1_000, 20));
    }
}

package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TxnTimesTest {
    private final TxnTimes times = new TxnTimes();
    private final List<String> applied = new ArrayList<>();

    private List<String> appliedTo(long zxid) {
        applied.clear();
        times.appliedTo(zxid, (millis, count) -> applied.add(millis + "x" + count));
        return applied;
    }

    @Test
    void whatWasMadeInOneMillisecondIsToldTogetherWhenAllOfItIsApplied() {
        times.logged(1, 100);
        times.logged(2, 100);
        times.logged(3, 101);
        assertThat(appliedTo(1)).isEmpty();
        assertThat(appliedTo(2)).containsExactly("100x2");
        assertThat(appliedTo(9)).containsExactly("101x1");
        assertThat(appliedTo(9)).isEmpty();
    }

    @Test
    void itGrowsAndForgetsNothing() {
        long seed = 42;
        Random random = new Random(seed);
        long logged = 0;
        long told = 0;
        for (int round = 0; round < 2_000; round++) {
            for (int i = random.nextInt(5); i > 0; i--) {
                logged++;
                times.logged(logged, logged);
            }
            if (random.nextInt(10) == 0) {
                long to = told + random.nextLong(logged - told + 1);
                assertThat(appliedTo(to)).as("seed %d", seed).hasSize((int) (to - told));
                told = to;
            }
        }
        assertThat(appliedTo(logged)).hasSize((int) (logged - told));
    }

    @Test
    void whatWillNeverBeAppliedIsForgotten() {
        times.logged(1, 100);
        times.clear();
        assertThat(appliedTo(5)).isEmpty();
    }
}

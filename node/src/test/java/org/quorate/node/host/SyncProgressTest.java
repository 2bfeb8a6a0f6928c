package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncProgressTest {
    private final List<String> said = new ArrayList<>();
    private final SyncProgress progress = new SyncProgress(said::add);
    private long nowNanos;

    private void turn(double seconds, boolean serving, int znodes) {
        nowNanos += (long) (seconds * 1e9);
        progress.turn(serving, znodes, nowNanos);
    }

    @Test
    void whatIsTakenInQuicklyIsNotTalkedAbout() {
        turn(0, false, 10);
        turn(60, false, 10); // looks for a leader, for whatever time
        turn(0.1, false, 0);
        turn(1.8, false, 90_000);
        turn(0.1, true, 100_000);
        turn(60, true, 200_000);
        assertThat(said).isEmpty();
    }

    @Test
    void whatTakesLongIsToldEveryTwoSecondsAndItsEnd() {
        turn(0, true, 10);
        turn(1, false, 10);
        for (int i = 1; i <= 50; i++) {
            turn(0.1, false, 1000 * i);
        }
        turn(0.1, true, 51_000);
        turn(10, true, 52_000);
        assertThat(said)
                .containsExactly(
                        "taking in the leader's state: 20000 znodes so far",
                        "taking in the leader's state: 40000 znodes so far",
                        "the leader's state is here: 51000 znodes");
    }
}

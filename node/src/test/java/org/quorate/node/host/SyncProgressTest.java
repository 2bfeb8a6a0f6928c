package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SyncProgressTest {
    private final List<String> said = new ArrayList<>();
    private long everyNanos = TimeUnit.SECONDS.toNanos(2);
    private long nowNanos;

    private final SyncProgress progress =
            new SyncProgress(
                    new StartProgress() {
                        @Override
                        public long everyNanos() {
                            return everyNanos;
                        }

                        @Override
                        public void reading(String file, long bytesDone, long bytesAll) {
                            throw new IllegalStateException("nothing is read");
                        }

                        @Override
                        public void takingIn(int znodes) {
                            said.add("so far " + znodes);
                        }

                        @Override
                        public void over() {
                            said.add("over");
                        }
                    },
                    znodes -> said.add("here " + znodes));

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
    void whatTakesLongIsToldAndItsEnd() {
        turn(0, true, 10);
        turn(1, false, 10);
        for (int i = 1; i <= 50; i++) {
            turn(0.1, false, 1000 * i);
        }
        turn(0.1, true, 51_000);
        turn(10, true, 52_000);
        assertThat(said).containsExactly("so far 20000", "so far 40000", "over", "here 51000");
    }

    /** A bar decides itself when it begins to be seen. */
    @Test
    void whoWantsToHearAllHearsAll() {
        everyNanos = 0;
        turn(0, true, 10);
        turn(1, false, 10);
        turn(0.1, false, 1000);
        turn(0.1, false, 2000);
        turn(0.1, true, 2000);
        assertThat(said).containsExactly("so far 1000", "so far 2000", "over");
    }
}

package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.node.admin.ServerView;
import org.quorate.zab.Role;

class ClockSkewTest {
    private static final long LIMIT = ServerView.CLOCK_SKEW_MILLIS_MAX;

    private final ClockSkew skew = new ClockSkew();
    private long nowNanos = -1_000;

    @BeforeEach
    void following() {
        skew.role(new Role(Role.Kind.FOLLOWING, 3, 1), 0);
    }

    /** Transactions arrive, so many ms after they were made as clocks tell, over a window. */
    private void hear(long... differences) {
        for (long difference : differences) {
            skew.heard(1_000_000, nowNanos, 1_000_000 + difference);
            nowNanos += ClockSkew.WINDOW_NANOS / (differences.length - 1);
        }
    }

    @Test
    void ofAWindowTheSmallestDifferenceCountsForTransactionsAreUnderWayForAWhile() {
        hear(9_000, 4_000, 7_000);
        assertThat(skew.millis()).isEqualTo(4_000);
        hear(-4_000, -3_000, -9_000);
        assertThat(skew.millis()).isEqualTo(-9_000);
        hear(9_000, 3, 7_000);
        assertThat(skew.millis()).isEqualTo(3);
    }

    @Test
    void nothingIsSaidBeforeAWindowHasPassedNorOfTooFewTurns() {
        hear(9_000, 9_000);
        assertThat(skew.millis()).isZero();
        skew.heard(1_000_000, nowNanos - 1, 1_009_000);
        assertThat(skew.millis()).isEqualTo(9_000);
    }

    @Test
    void anotherLeaderIsMeasuredAnew() {
        hear(9_000, 9_000, 9_000);
        skew.role(new Role(Role.Kind.FOLLOWING, 2, 2), 0);
        assertThat(skew.millis()).isZero();
    }

    @Test
    void aNewLeaderComparesItselfWithTheOneBefore() {
        skew.recovered(500_000);
        skew.role(new Role(Role.Kind.LEADING, 1, 2), 500_000 - LIMIT);
        assertThat(skew.millis()).isZero();
        skew.role(Role.LOOKING, 0);
        skew.role(new Role(Role.Kind.LEADING, 1, 3), 500_000 - LIMIT - 1);
        assertThat(skew.millis()).isEqualTo(-LIMIT - 1);
    }
}

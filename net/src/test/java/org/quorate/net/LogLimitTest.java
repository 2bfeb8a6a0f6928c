package org.quorate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Complaints that anybody can cause. */
class LogLimitTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final LogLimit limit = new LogLimit(nanos::get);

    @Test
    void soManyAreToldInAMinuteAndThenHowManyWereNot() {
        for (int i = 0; i < LogLimit.LINES_PER_MINUTE_MAX; i++) {
            assertThat(limit.admits()).isTrue();
            assertThat(limit.untold()).isEmpty();
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.admits()).isFalse();
        }
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        assertThat(limit.admits()).isTrue();
        assertThat(limit.untold()).isEqualTo(" (1000 more like it were not told)");
        assertThat(limit.admits()).isTrue();
        assertThat(limit.untold()).isEmpty();
    }
}

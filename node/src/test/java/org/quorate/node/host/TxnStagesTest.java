package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.node.insight.Insight;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.StageTimes;

class TxnStagesTest {
    private final StageTimes times = Insight.of(0).stages();
    private final TxnStages stages = new TxnStages(times);

    private void turn(long firstZxid, int count, long token, long nowNanos, long applied) {
        for (int i = 0; i < count; i++) {
            stages.logged(firstZxid + i);
        }
        stages.marked(token);
        stages.endTurn(applied, nowNanos);
    }

    @Test
    void transactionsOfATurnAreOnDiskAndCommittedTogether() {
        turn(1, 3, 1, 1_000, 0);
        turn(4, 1, 2, 2_000, 0);
        stages.durable(1, 5_000);
        assertThat(stages.find(2)).isEqualTo(new TxnStages.Times(1_000, 5_000));
        assertThat(stages.find(4)).isEqualTo(new TxnStages.Times(2_000, 0));
        assertThat(stages.find(5)).isNull();
        assertThat(times.counts(Stage.SYNC).count()).isEqualTo(3);
        stages.endTurn(4, 9_000);
        assertThat(times.counts(Stage.QUORUM).count()).isEqualTo(4);
        assertThat(stages.find(2)).isNull();
        assertThat(stages.find(4)).as("not on this disk yet").isNotNull();
        stages.durable(2, 10_000);
        stages.endTurn(4, 11_000);
        assertThat(times.counts(Stage.SYNC).count()).isEqualTo(4);
        assertThat(times.counts(Stage.QUORUM).count()).isEqualTo(4);
        assertThat(stages.find(4)).isNull();
    }

    @Test
    void pastTheLimitTheOldestAreNotMeasured() {
        for (int i = 1; i <= TxnStages.TURNS_MAX + 10; i++) {
            turn(i, 1, i, i, 0);
        }
        assertThat(stages.find(TxnStages.TURNS_MAX + 10)).isNotNull();
        stages.durable(Long.MAX_VALUE, 1_000_000);
        stages.endTurn(Long.MAX_VALUE, 1_000_000);
        assertThat(times.counts(Stage.SYNC).count()).isEqualTo(TxnStages.TURNS_MAX);
        assertThat(times.counts(Stage.QUORUM).count()).isEqualTo(TxnStages.TURNS_MAX);
    }

    @Test
    void marksComeOutInTheirOrder() {
        RequestMarks marks = new RequestMarks();
        assertThat(marks.take()).isFalse();
        int out = 0;
        int in = 0;
        for (int i = 0; i < 1_000; i++) {
            marks.add(i % 3, i, i + 1, i + 2);
            in += i % 3;
            if (i % 2 == 0 && out < in) {
                assertThat(marks.take()).isTrue();
                out++;
            }
        }
        long last = -1;
        while (marks.take()) {
            assertThat(marks.receivedNanos()).isGreaterThanOrEqualTo(last);
            assertThat(marks.takenNanos()).isEqualTo(marks.receivedNanos() + 2);
            last = marks.receivedNanos();
            out++;
        }
        assertThat(out).isEqualTo(in);
    }
}

package org.quorate.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SummaryTest {
    private final Summary summary = new Summary("s", Summary.Detail.ADVANCED);

    @Test
    void withoutValuesEverythingIsZero() {
        assertThat(summary.count()).isZero();
        assertThat(summary.min()).isZero();
        assertThat(summary.max()).isZero();
        assertThat(summary.average()).isZero();
        assertThat(summary.percentile(99)).isZero();
    }

    @Test
    void valuesAreSummedUp() {
        summary.add(3);
        summary.add(1, 2);
        summary.add(-4);
        assertThat(summary.count()).isEqualTo(4);
        assertThat(summary.sum()).isEqualTo(1);
        assertThat(summary.min()).isEqualTo(-4);
        assertThat(summary.max()).isEqualTo(3);
        assertThat(summary.average()).isEqualTo(0.25);
    }

    @Test
    void noTimesIsNoValue() {
        summary.add(9, 0);
        assertThat(summary.count()).isZero();
        assertThat(summary.max()).isZero();
    }

    @Test
    void percentilesAreRightToTwoDigits() {
        for (int i = 1; i <= 1000; i++) {
            summary.add(i);
        }
        assertThat(summary.percentile(50)).isBetween(495L, 505L);
        assertThat(summary.percentile(99)).isBetween(980L, 1000L);
        assertThat(summary.percentile(99.9)).isBetween(990L, 1010L);
    }

    @Test
    void valuesPastTheGreatestCountAsTheGreatestInPercentilesOnly() {
        summary.add(Long.MAX_VALUE / 2);
        assertThat(summary.max()).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(summary.percentile(50)).isGreaterThanOrEqualTo(Summary.PERCENTILE_VALUE_MAX);
    }

    @Test
    void aResetForgetsAll() {
        summary.add(7);
        summary.reset();
        withoutValuesEverythingIsZero();
    }
}

package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.BytePool;

class BytePoolTest {
    private final BytePool pool = new BytePool(1 << 20);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2047, 2048, 2049, 100_000, 1 << 17, (1 << 20) + 1})
    void anArrayIsAtLeastAsLongAsAskedFor(int length) {
        assertThat(pool.take(length).length).isBetween(length, 2 * length);
    }

    @Test
    void whatIsGivenBackIsTakenAgainByWhoNeedsAsMuch() {
        byte[] first = pool.take(100_000);
        byte[] second = pool.take(100_000);
        pool.give(first);
        pool.give(second);
        assertThat(pool.take(1 << 17)).isSameAs(second);
        assertThat(pool.take(50_000)).isNotSameAs(first);
        assertThat(pool.take(70_000)).isSameAs(first);
        assertThat(pool.keptBytes()).isZero();
    }

    @Test
    void noMoreIsKeptThanTheLimit() {
        for (int i = 0; i < 20; i++) {
            pool.give(new byte[1 << 17]);
        }
        assertThat(pool.keptBytes()).isEqualTo(1 << 20);
        pool.give(new byte[BytePool.BYTES_MIN]);
        assertThat(pool.keptBytes()).isEqualTo(1 << 20);
    }

    @Test
    void shortArraysAndThoseOfOtherLengthsAreNotKept() {
        pool.give(new byte[BytePool.BYTES_MIN / 2]);
        pool.give(new byte[BytePool.BYTES_MIN + 1]);
        assertThat(pool.keptBytes()).isZero();
    }
}

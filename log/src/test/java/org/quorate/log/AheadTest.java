package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AheadTest {
    private final AtomicInteger filled = new AtomicInteger();

    private Ahead<int[]> ahead(boolean parallel, int boxes) {
        return new Ahead<>(
                parallel,
                () -> new int[1],
                box -> {
                    box[0] = filled.incrementAndGet();
                    return box[0] <= boxes;
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void boxesComeInOrderAndThenNone(boolean parallel) throws IOException {
        try (Ahead<int[]> ahead = ahead(parallel, 100)) {
            for (int i = 1; i <= 100; i++) {
                assertThat(ahead.next()).containsExactly(i);
            }
            assertThat(ahead.next()).isNull();
            assertThat(ahead.next()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingEarlyStopsTheReader(boolean parallel) throws IOException {
        try (Ahead<int[]> ahead = ahead(parallel, Integer.MAX_VALUE)) {
            ahead.next();
        }
        // The reader has stopped: with three boxes it cannot have come further.
        assertThat(filled.get()).isBetween(1, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorReachesTheTaker(boolean parallel) throws IOException {
        Ahead<int[]> ahead =
                new Ahead<>(
                        parallel,
                        () -> new int[1],
                        box -> {
                            if (filled.incrementAndGet() == 2) {
                                throw new IOException("bad sector");
                            }
                            return true;
                        });
        try (ahead) {
            assertThat(ahead.next()).isNotNull();
            assertThatThrownBy(ahead::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("bad sector");
        }
    }
}

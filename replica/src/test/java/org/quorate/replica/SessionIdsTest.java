package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SessionIdsTest {
    @Test
    void theServerStandsInTheTopByteAndTheTimeBehindIt() {
        SessionIds ids = new SessionIds(3, 0x123456789aL, 0);
        long first = ids.next(id -> false);
        assertThat(first).isEqualTo(3L << 56 | 0x123456789aL << 16);
        assertThat(ids.next(id -> false)).isEqualTo(first + 1);
        assertThat(SessionIds.serverOf(first)).isEqualTo(3);
    }

    @Test
    void aTakenIdIsPassedOver() {
        SessionIds ids = new SessionIds(1, 5, 0);
        long first = ids.next(id -> false);
        assertThat(ids.next(id -> id == first + 1)).isEqualTo(first + 2);
    }

    @Test
    void zeroAndTheContainerMarkAreNoIds() {
        assertThat(new SessionIds(0, 0, 0).next(id -> false)).isEqualTo(1);
        assertThat(new SessionIds(0x80, 0, 0).next(id -> false)).isEqualTo(0x8000000000000001L);
    }

    @Test
    void aServerIdOfMoreThanAByteIsRefused() {
        assertThatThrownBy(() -> new SessionIds(256, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256");
    }
}

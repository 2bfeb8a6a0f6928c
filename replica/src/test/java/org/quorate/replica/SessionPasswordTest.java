package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.Slice;

class SessionPasswordTest {
    @Test
    void thePasswordIsTheOneThatZooKeeperComputes() {
        Random ids = new Random(7);
        for (int i = 0; i < 1000; i++) {
            long id = ids.nextLong();
            byte[] expected = new byte[16];
            new Random(id ^ 0xB3415C00L).nextBytes(expected);
            assertThat(SessionPassword.of(id)).isEqualTo(expected);
        }
    }

    @Test
    void onlyTheWholePasswordMatches() {
        byte[] right = SessionPassword.of(0x100001234L);
        assertThat(SessionPassword.matches(0x100001234L, Slice.of(right))).isTrue();
        assertThat(SessionPassword.matches(0x100001235L, Slice.of(right))).isFalse();
        assertThat(SessionPassword.matches(0x100001234L, new Slice().set(right, 0, 15))).isFalse();
        assertThat(SessionPassword.matches(0x100001234L, new Slice())).isFalse();
        right[15] ^= 1;
        assertThat(SessionPassword.matches(0x100001234L, Slice.of(right))).isFalse();
    }
}

package org.quorate.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FamilyTest {
    private final CounterFamily family = new CounterFamily("by_name");

    private Counter of(String path, int from, int to) {
        return family.of(path.getBytes(StandardCharsets.UTF_8), from, to);
    }

    @Test
    void aKeyIsFoundByItsBytesInsideAPath() {
        of("/kafka/brokers", 1, 6).add(2);
        of("/kafka", 1, 6).increment();
        assertThat(family.of("kafka").value()).isEqualTo(3);
        assertThat(keys()).containsExactly("kafka");
    }

    @Test
    void manyKeysAreKeptApartAndToldInOrder() {
        for (int i = 999; i >= 0; i--) {
            family.of("n%03d".formatted(i)).add(i);
        }
        assertThat(keys()).hasSize(1000).isSorted().doesNotContain(Family.OTHERS);
        assertThat(family.of("n007").value()).isEqualTo(7);
    }

    @Test
    void keysPastTheLimitShareOne() {
        for (int i = 0; i < Family.KEYS_MAX + 5; i++) {
            family.of("n" + i).increment();
        }
        assertThat(family.of("n3").value()).isEqualTo(1);
        assertThat(family.of("never seen").value()).isEqualTo(5);
        assertThat(keys()).hasSize(Family.KEYS_MAX + 1).contains(Family.OTHERS);
    }

    @Test
    void aResetForgetsTheKeys() {
        family.of("a").increment();
        family.reset();
        assertThat(keys()).isEmpty();
        assertThat(family.of("a").value()).isZero();
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        family.forEach((key, counter) -> keys.add(key));
        return keys;
    }
}

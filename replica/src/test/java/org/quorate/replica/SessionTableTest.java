package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTableTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void itAgreesWithAMap(long seed) {
        Random random = new Random(seed);
        SessionTable table = new SessionTable();
        Map<Long, Session> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            // Few ids, close together, as servers draw them: many collisions.
            long id = random.nextInt(3) * (1L << 56) + random.nextInt(200);
            Session known = model.get(id);
            assertThat(table.find(id)).as("seed %d, step %d", seed, step).isSameAs(known);
            if (known == null) {
                Session added = new Session(id, 1);
                table.add(added);
                model.put(id, added);
            } else if (random.nextBoolean()) {
                table.remove(known);
                model.remove(id);
            }
        }
        Set<Session> listed = new HashSet<>();
        for (int i = 0; i < table.size(); i++) {
            listed.add(table.at(i));
        }
        assertThat(listed).isEqualTo(new HashSet<>(model.values()));
    }

    @Test
    void oneIdIsNotAddedTwice() {
        SessionTable table = new SessionTable();
        table.add(new Session(5, 1));
        assertThatThrownBy(() -> table.add(new Session(5, 1)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.remove(new Session(6, 1)))
                .isInstanceOf(IllegalStateException.class);
    }
}

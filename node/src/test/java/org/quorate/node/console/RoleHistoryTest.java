package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.quorate.zab.Role;

class RoleHistoryTest {
    @Test
    void theLatestChangeStandsFirstAndTheOldestAreForgotten() {
        AtomicLong clock = new AtomicLong();
        RoleHistory history = new RoleHistory(clock::incrementAndGet);
        int more = RoleHistory.CHANGES_MAX + 5;
        for (int epoch = 1; epoch <= more; epoch++) {
            history.changed(new Role(Role.Kind.FOLLOWING, 2, epoch));
        }
        assertThat(history.changes()).hasSize(RoleHistory.CHANGES_MAX);
        assertThat(history.changes().getFirst().role().epoch()).isEqualTo(more);
        assertThat(history.changes().getFirst().atMillis()).isEqualTo(more);
        assertThat(history.changes().getLast().role().epoch()).isEqualTo(6);
    }
}

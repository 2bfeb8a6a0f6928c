package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepTest {
    private static Manifest backup(String time) {
        return new Manifest(
                time, Instant.parse(time).toEpochMilli(), "", 0, 0, 0, false, List.of());
    }

    /** Every six hours through October and November. */
    private static List<Manifest> all() {
        List<Manifest> all = new ArrayList<>();
        Instant time = Instant.parse("2026-10-01T00:00:00Z");
        for (int i = 0; i < 61 * 4; i++) {
            all.add(backup(time.plusSeconds(i * 6 * 3600L).toString()));
        }
        return all;
    }

    private static List<String> kept(Keep keep) {
        List<Manifest> kept = new ArrayList<>(all());
        kept.removeAll(keep.superfluous(all()));
        return kept.stream().map(Manifest::id).toList();
    }

    @Test
    void theLastOnesStay() {
        assertThat(kept(new Keep(2, 0, 0, 0, 0)))
                .containsExactly("2026-11-30T12:00:00Z", "2026-11-30T18:00:00Z");
        assertThat(kept(new Keep(1000, 0, 0, 0, 0))).hasSize(61 * 4);
    }

    @Test
    void ofEachPeriodTheLatestStaysAndRulesAddUp() {
        assertThat(kept(new Keep(0, 0, 2, 0, 0)))
                .containsExactly("2026-11-29T18:00:00Z", "2026-11-30T18:00:00Z");
        assertThat(kept(new Keep(0, 0, 0, 2, 0))) // Sunday the 29th ends a week
                .containsExactly("2026-11-29T18:00:00Z", "2026-11-30T18:00:00Z");
        assertThat(kept(new Keep(1, 0, 0, 0, 12)))
                .containsExactly("2026-10-31T18:00:00Z", "2026-11-30T18:00:00Z");
        assertThat(kept(new Keep(0, 5, 0, 0, 0))).hasSize(5);
        assertThat(kept(new Keep(2, 0, 2, 0, 2)))
                .containsExactly(
                        "2026-10-31T18:00:00Z",
                        "2026-11-29T18:00:00Z",
                        "2026-11-30T12:00:00Z",
                        "2026-11-30T18:00:00Z");
    }

    @Test
    void withoutARuleThereIsNone() {
        assertThat(new Keep(0, 0, 0, 0, 0).isEmpty()).isTrue();
        assertThat(new Keep(0, 0, 0, 0, 1).isEmpty()).isFalse();
    }
}

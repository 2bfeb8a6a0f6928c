package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

class ChangesTest {
    private static final int PAIRS = 13;
    private static final int PATHS = 1 << PAIRS;

    /**
     * Names that {@link String#hashCode} cannot tell apart, as many as fit into a multi: with a
     * hash that everybody can compute each look-up would pass all of them.
     */
    @Test
    void namesThatWereChosenToCollideCostNoMoreThanOthers() {
        List<Slice> chosen = new ArrayList<>();
        List<Slice> others = new ArrayList<>();
        for (int i = 0; i < PATHS; i++) {
            StringBuilder name = new StringBuilder("/");
            for (int bit = 0; bit < PAIRS; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            assertThat(name.toString().hashCode())
                    .isEqualTo("/AaAaAaAaAaAaAaAaAaAaAaAaAa".hashCode());
            chosen.add(Slice.of(name.toString()));
            others.add(Slice.of("/%026d".formatted(i)));
        }
        long ofChosen = Long.MAX_VALUE;
        long ofOthers = Long.MAX_VALUE;
        for (int turn = 0; turn < 5; turn++) {
            ofChosen = Math.min(ofChosen, nanos(chosen));
            ofOthers = Math.min(ofOthers, nanos(others));
        }
        assertThat(ofChosen).isLessThan(10 * ofOthers);
    }

    private static long nanos(List<Slice> paths) {
        Changes changes = new Changes(new DataTree(TreeOptions.DEFAULT));
        Change scratch = new Change();
        long since = System.nanoTime();
        changes.begin(1);
        for (Slice path : paths) {
            assertThat(changes.look(path, scratch)).isNull();
            changes.done(changes.make(path), path, path);
        }
        for (Slice path : paths) {
            assertThat(changes.look(path, scratch)).isNotNull();
        }
        changes.rollBack();
        return System.nanoTime() - since;
    }
}

package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.JuteOut;

class KeptNamesTest {
    private static final int NODE = 7;

    private final PagePool pool = PagePool.closeable();
    private final KeptNames kept = new KeptNames(pool);

    @AfterEach
    void close() {
        pool.close();
    }

    private void keep(int node, byte[] names, int stepBytes) {
        assertThat(kept.begin(node)).isFalse();
        for (int at = 0; at < names.length; at += stepBytes) {
            kept.grow(names, at, Math.min(stepBytes, names.length - at));
        }
        kept.whole();
        kept.ended();
    }

    private byte[] read() {
        JuteOut out = new JuteOut();
        for (int at = 0; at < kept.bytes(); ) {
            at = kept.copy(at, out);
        }
        return out.copy();
    }

    private static byte[] names(int bytes) {
        byte[] names = new byte[bytes];
        new Random(bytes).nextBytes(names);
        return names;
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        byte[] names = names(3 * Memory.PAGE_BYTES + 5);
        keep(NODE, names, 1_000);
        for (int i = 0; i < 3; i++) {
            assertThat(kept.begin(NODE)).isTrue();
            assertThat(read()).isEqualTo(names);
            kept.ended();
        }
        assertThat(kept.begin(NODE + 1)).isFalse();
    }

    @Test
    void whoHasBegunReadsOnThoughAChildComes() {
        byte[] names = names(2 * Memory.PAGE_BYTES);
        keep(NODE, names, names.length);
        assertThat(kept.begin(NODE)).isTrue();
        kept.childrenChange(NODE);
        assertThat(read()).isEqualTo(names);
        kept.ended();
        assertThat(kept.begin(NODE)).isFalse();
    }

    @Test
    void whatIsNotWholeIsNotKept() {
        kept.begin(NODE);
        kept.grow(names(10), 0, 10);
        kept.ended();
        assertThat(kept.begin(NODE)).isFalse();
        kept.grow(names(10), 0, 10);
        kept.childrenChange(NODE);
        kept.whole();
        kept.ended();
        assertThat(kept.begin(NODE)).isFalse();
    }

    @Test
    void whatIsTooLongIsNotKept() {
        byte[] names = names(1 << 20);
        kept.begin(NODE);
        for (int i = 0; i < KeptNames.BYTES_MAX / names.length; i++) {
            kept.grow(names, 0, names.length);
        }
        assertThat(kept.bytes()).isEqualTo(KeptNames.BYTES_MAX);
        kept.grow(names, 0, 1);
        kept.whole();
        kept.ended();
        assertThat(kept.begin(NODE)).isFalse();
    }

    @Test
    void whatNobodyWantsIsForgottenAndItsPagesAreUsedAgain() {
        byte[] names = names(20 * Memory.PAGE_BYTES);
        keep(NODE, names, names.length);
        kept.age();
        assertThat(kept.begin(NODE)).isTrue();
        kept.ended();
        long taken = pool.systemBytes();
        for (int i = 0; i < 100; i++) {
            kept.age();
            kept.age();
            keep(NODE, names, names.length);
        }
        assertThat(pool.systemBytes()).isEqualTo(taken);
    }
}

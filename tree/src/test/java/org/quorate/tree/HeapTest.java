package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapTest {
    private record View(MemorySegment[] table, long generation, Map<Integer, byte[]> expected) {}

    private final PagePool pool = PagePool.closeable();
    private final Heap heap = new Heap(pool);

    @AfterEach
    void close() {
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void blocksKeepWhatWasWrittenUnderChurnAndViewsKeepWhatTheySaw(long seed) {
        Random random = new Random(seed);
        Map<Integer, byte[]> model = new HashMap<>();
        List<Integer> refs = new ArrayList<>();
        List<View> views = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    byte[] bytes = new byte[1 + size(random)];
                    random.nextBytes(bytes);
                    int ref = heap.allocate(bytes.length);
                    assertThat(model).as("seed %d", seed).doesNotContainKey(ref);
                    write(ref, bytes);
                    model.put(ref, bytes);
                    refs.add(ref);
                }
                case 4, 5, 6 -> {
                    if (!refs.isEmpty() && refs.size() > random.nextInt(600)) {
                        int ref = swapOut(refs, random);
                        heap.free(ref);
                        model.remove(ref);
                    }
                }
                case 7, 8 -> {
                    if (!refs.isEmpty()) {
                        int ref = refs.get(random.nextInt(refs.size()));
                        byte[] bytes = new byte[model.get(ref).length];
                        random.nextBytes(bytes);
                        write(ref, bytes);
                        model.put(ref, bytes);
                    }
                }
                default -> views(random, views, model, seed);
            }
        }
        check(heap, model, seed);
        views.forEach(view -> pool.close(view.generation));
        refs.forEach(heap::free);
        assertThat(heap.usedBytes()).isZero();
        assertThat(heap.pageBytes()).isZero();
        assertThat(pool.retiredBytes()).isZero();
    }

    private void views(Random random, List<View> views, Map<Integer, byte[]> model, long seed) {
        if (random.nextInt(20) != 0) {
            return;
        }
        if (views.size() < 3 && random.nextBoolean()) {
            MemorySegment[] table = heap.freeze();
            views.add(new View(table, heap.frozenGeneration(), new HashMap<>(model)));
        } else if (!views.isEmpty()) {
            View view = views.remove(random.nextInt(views.size()));
            check(new Memory(view.table), view.expected, seed);
            pool.close(view.generation);
        }
    }

    @Test
    void memoryIsUsedAgainWhenSizesChange() {
        List<Integer> refs = new ArrayList<>();
        for (int bytes = 40; bytes < 4_000; bytes += 120) {
            for (int i = 0; i < 4_000_000 / bytes; i++) {
                refs.add(heap.allocate(bytes));
            }
            refs.forEach(heap::free);
            refs.clear();
        }
        assertThat(pool.systemBytes()).isLessThan(6_000_000);
    }

    @Test
    void theLargestBlockIsAQuarterOfAPageAndNothingIsLarger() {
        int ref = heap.allocate(Heap.BLOCK_BYTES_MAX);
        assertThat(Memory.offset(ref) + Heap.BLOCK_BYTES_MAX)
                .isLessThanOrEqualTo(Memory.PAGE_BYTES);
        assertThatThrownBy(() -> heap.allocate(Heap.BLOCK_BYTES_MAX + 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8193");
    }

    @Test
    void aBlockIsLargeEnoughAndWastesLittle() {
        for (int bytes = 1; bytes <= Heap.BLOCK_BYTES_MAX; bytes++) {
            int block = Heap.blockBytes(bytes);
            assertThat(block).isGreaterThanOrEqualTo(bytes).isLessThan(bytes + 8 + bytes / 4);
            assertThat(Heap.blockBytes(block)).isEqualTo(block);
        }
    }

    @Test
    void whatIsNotInUseCannotBeFreed() {
        int ref = heap.allocate(100);
        heap.free(ref);
        assertThatThrownBy(() -> heap.free(ref)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.close(5)).isInstanceOf(IllegalStateException.class);
    }

    private static int size(Random random) {
        return random.nextInt(4) == 0 ? random.nextInt(Heap.BLOCK_BYTES_MAX) : random.nextInt(200);
    }

    private static int swapOut(List<Integer> refs, Random random) {
        int at = random.nextInt(refs.size());
        int ref = refs.get(at);
        refs.set(at, refs.getLast());
        refs.removeLast();
        return ref;
    }

    private void write(int ref, byte[] bytes) {
        Memory.put(heap.own(ref), Memory.offset(ref), bytes, 0, bytes.length);
    }

    private static void check(Memory memory, Map<Integer, byte[]> model, long seed) {
        model.forEach((ref, bytes) -> {
            byte[] found = new byte[bytes.length];
            Memory.copy(memory.page(ref), Memory.offset(ref), found, 0, found.length);
            assertThat(found).as("seed %d ref %x", seed, ref).isEqualTo(bytes);
        });
    }
}

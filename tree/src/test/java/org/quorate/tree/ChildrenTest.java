package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** One directory with very many children: finding, listing, resuming, removing. */
class ChildrenTest {
    private final TreeScript script = new TreeScript(new DataTree(TreeOptions.DEFAULT));

    @Test
    void aDirectoryOfManyGrowsAndShrinksWithoutLosingAnyone() {
        int many = 150_000;
        script.create("/d", "");
        for (int i = 0; i < many; i++) {
            script.create("/d/n" + i, "");
        }
        assertThat(listed("/d")).hasSize(many);
        assertThat(new HashSet<>(listed("/d"))).hasSize(many);
        long full = script.tree.memoryBytes();
        for (int i = 0; i < many; i++) {
            if (i % 1000 != 7) {
                script.delete("/d/n" + i);
            }
        }
        assertThat(listed("/d")).hasSize(many / 1000).allMatch(name -> name.endsWith("7"));
        for (int i = 7; i < many; i += 1000) {
            assertThat(script.find("/d/n" + i)).isPositive();
            script.delete("/d/n" + i);
        }
        assertThat(listed("/d")).isEmpty();
        // Numbers of nodes are kept for their successors: four bytes each, in whole pages.
        assertThat(script.tree.memoryBytes()).isLessThan(4 * many + 2 * Memory.PAGE_BYTES);
        assertThat(full).isGreaterThan(many * 40L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aDirectoryUnderChurnHoldsWhatASetHolds(long seed) {
        Random random = new Random(seed);
        Set<String> model = new HashSet<>();
        script.create("/d", "");
        int target = 3_000;
        for (int step = 0; step < 60_000; step++) {
            if (step % 10_000 == 0) {
                target = step / 10_000 % 2 == 0 ? 3_000 : 20;
            }
            String name = "x" + random.nextInt(6_000);
            if (model.contains(name) && random.nextInt(6_000) > target) {
                script.delete("/d/" + name);
                model.remove(name);
            } else if (!model.contains(name) && random.nextInt(6_000) < target) {
                script.create("/d/" + name, "");
                model.add(name);
            }
            if (step % 5_000 == 4_999) {
                assertThat(listed("/d")).as("seed %d", seed).doesNotHaveDuplicates();
                assertThat(new HashSet<>(listed("/d"))).as("seed %d", seed).isEqualTo(model);
            }
        }
    }

    @Test
    void aListingGoesOnBehindANameThatIsGone() {
        script.create("/d", "");
        for (int i = 0; i < 5_000; i++) {
            script.create("/d/n" + i, "");
        }
        List<String> all = listed("/d");
        int directory = script.find("/d");
        List<String> resumed = new ArrayList<>();
        int node = script.tree.firstChild(directory);
        while (node != DataTree.NONE) {
            JuteOut name = new JuteOut();
            script.tree.writeName(node, name);
            String text = new String(name.copy(), StandardCharsets.UTF_8);
            resumed.add(text);
            script.delete("/d/" + text); // the cursor's own place goes
            node = script.tree.childAfter(directory, Slice.of(text));
        }
        assertThat(resumed).isEqualTo(all);
    }

    @Test
    void namesWithTheSameHashAreKeptApart() {
        // Sixteen bits of hash differ in nothing but luck: 200,000 names meet often in 32 bits.
        NameHash hash = new NameHash(TreeOptions.DEFAULT.hashSeed());
        java.util.Map<Integer, String> seen = new java.util.HashMap<>();
        List<String> twins = new ArrayList<>();
        for (int i = 0; twins.size() < 8; i++) {
            byte[] name = ("t" + i).getBytes(StandardCharsets.UTF_8);
            String twin = seen.put(hash.of(name, 0, name.length), "t" + i);
            if (twin != null) {
                twins.add(twin);
                twins.add("t" + i);
            }
        }
        script.create("/d", "");
        twins.forEach(name -> script.create("/d/" + name, name));
        twins.forEach(name -> assertThat(script.data("/d/" + name)).isEqualTo(name));
        assertThat(listed("/d")).containsExactlyInAnyOrderElementsOf(twins);
        List<String> all = listed("/d");
        for (int i = 0; i < all.size() - 1; i++) {
            int next = script.tree.childAfter(script.find("/d"), Slice.of(all.get(i)));
            assertThat(script.path(next)).isEqualTo("/d/" + all.get(i + 1));
        }
        script.delete("/d/" + twins.get(0));
        assertThat(script.find("/d/" + twins.get(0))).isEqualTo(DataTree.NONE);
        assertThat(script.find("/d/" + twins.get(1))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aListingShowsWhoWasThereWhenItBeganWhateverComesAndGoesMeanwhile(long seed) {
        Random random = new Random(seed);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            names.add("x".repeat(1 + random.nextInt(12)) + i);
        }
        script.create("/d", "");
        script.create("/other", "");
        Set<String> there = new HashSet<>();
        for (int round = 0; round < 12; round++) {
            // From many to few and back, so that the table is split and joined under the listing.
            boolean grows = round % 2 == 0;
            Set<String> expected = new HashSet<>(there);
            List<String> listed = new ArrayList<>();
            JuteOut out = new JuteOut();
            if (round % 3 > 0) {
                drain("/d"); // so that the names are kept
            }
            try (Listing listing = script.tree.list(script.find("/d"))) {
                assertThat(listing.count()).isEqualTo(expected.size());
                boolean more = true;
                for (int step = 0; more || step < 30; step++) {
                    more = listing.next(1_000, out);
                    for (int i = 0; i < 150; i++) {
                        String name = names.get(random.nextInt(names.size()));
                        boolean wanted = random.nextInt(10) == 0 ? !grows : grows;
                        if (wanted && there.add(name)) {
                            script.create("/d/" + name, "");
                        } else if (!wanted && there.remove(name)) {
                            script.delete("/d/" + name);
                        }
                        if (i % 50 == 0) {
                            script.create("/other/" + name, "");
                            script.delete("/other/" + name);
                        }
                    }
                }
                listing.next(1, out); // who went last
                assertThat(out.size()).isEqualTo((int) listing.bytes());
            }
            JuteIn in = new JuteIn().wrap(out.array(), 0, out.size());
            while (in.remaining() > 0) {
                listed.add(in.readString());
            }
            assertThat(listed)
                    .as("seed %d round %d", seed, round)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void whatIsListedAgainIsTheSameUntilAChildComesOrGoes() {
        script.create("/d", "");
        for (int i = 0; i < 9_000; i++) {
            script.create("/d/n" + i, "");
        }
        script.create("/other", "");
        byte[] first = drain("/d");
        assertThat(drain("/d")).isEqualTo(first);
        script.create("/d/n7/below", "");
        script.delete("/other");
        assertThat(drain("/d")).isEqualTo(first);
        script.delete("/d/n8");
        byte[] without = drain("/d");
        assertThat(without).hasSize(first.length - 4 - "n8".length());
        assertThat(drain("/d")).isEqualTo(without);
        script.create("/d/n8", "");
        assertThat(drain("/d")).hasSameSizeAs(first);
    }

    private byte[] drain(String path) {
        JuteOut out = new JuteOut();
        try (Listing listing = script.tree.list(script.find(path))) {
            while (listing.next(32 << 10, out)) {
                assertThat(out.size()).isLessThan((int) listing.bytes());
            }
            assertThat(out.size()).isEqualTo((int) listing.bytes());
        }
        return out.copy();
    }

    @Test
    void aListingOfWhatIsDeletedMeanwhileIsWhole() {
        script.create("/d", "");
        for (int i = 0; i < 1_000; i++) {
            script.create("/d/n" + i, "");
        }
        JuteOut out = new JuteOut();
        try (Listing listing = script.tree.list(script.find("/d"))) {
            assertThat(listing.next(1_000, out)).isTrue();
            for (int i = 0; i < 1_000; i++) {
                script.delete("/d/n" + i);
            }
            script.delete("/d");
            script.create("/e", ""); // has its number now, and children
            script.create("/e/n1", "");
            assertThat(listing.next(1_000, out)).isFalse();
            assertThat(out.size()).isEqualTo((int) listing.bytes());
            assertThatThrownBy(() -> script.tree.list(script.find("/e")))
                    .isInstanceOf(IllegalStateException.class);
        }
        script.tree.list(script.find("/e")).close();
    }

    private List<String> listed(String path) {
        JuteOut out = new JuteOut();
        ChildNames names = script.tree.childNames();
        names.write(script.find(path), out);
        assertThat(out.size()).isEqualTo((int) names.bytes(script.find(path)));
        JuteIn in = new JuteIn().wrap(out.array(), 0, out.size());
        List<String> listed = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            listed.add(in.readString());
        }
        assertThat(in.remaining()).isZero();
        return listed;
    }
}

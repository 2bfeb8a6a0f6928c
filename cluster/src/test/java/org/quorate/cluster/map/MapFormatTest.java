package org.quorate.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.Role;

class MapFormatTest {
    private static Assignment random(Random random) {
        Assignment assignment = Assignment.EMPTY;
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            int node = random.nextInt(2_000);
            if (!assignment.holds(node)) {
                assignment =
                        random.nextInt(4) == 0
                                ? assignment.plusLearner(node)
                                : assignment.plusFollower(node);
            }
        }
        for (int i = 0; i < assignment.count(); i++) {
            if (assignment.role(i) == Role.FOLLOWER && random.nextBoolean()) {
                assignment =
                        assignment.ledBy(
                                assignment.node(i),
                                assignment.epoch().value() + 1 + random.nextInt(300));
            }
        }
        if (assignment.count() > 1 && random.nextBoolean()) {
            assignment = assignment.leaving(assignment.node(0), true);
            assignment = assignment.succeededBy(assignment.node(1));
        }
        return assignment;
    }

    private static Decision decision(Random random, long version, int shards) {
        List<Decision.Change> changes = new ArrayList<>();
        for (int s = 0; s < shards; s++) {
            if (random.nextInt(3) == 0) {
                Bytes handoff = random.nextInt(9) == 0 ? Bytes.utf8("position 17") : Bytes.NONE;
                changes.add(
                        new Decision.Change(
                                s,
                                random(random),
                                Why.values()[random.nextInt(Why.values().length)],
                                handoff));
            }
        }
        List<Decision.Incarnation> incarnations = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            incarnations.add(new Decision.Incarnation(random.nextInt(50), random.nextLong() >>> 1));
        }
        return new Decision(version, 7, 1_700_000_000_000L, incarnations, changes);
    }

    @Test
    void decisionsAndBucketsComeBackAsTheyWere() throws Exception {
        for (long seed = 1; seed <= 100; seed++) {
            Random random = new Random(seed);
            int shards = 1 + random.nextInt(1_500);
            MapImage image = MapImage.empty(shards);
            for (long version = 1; version <= 5; version++) {
                Decision decision = decision(random, version, shards);
                Decision back = Decision.decode("d", decision.encode(), shards);
                assertThat(back).as("seed %d", seed).isEqualTo(decision);
                image = image.after(back);
            }
            Base.Head head = Base.decodeHead("h", Base.encodeHead(image));
            MapImage read = MapImage.empty(head.keys());
            for (int b = 0; b < MapImage.buckets(shards); b++) {
                read = Base.decodeBucket("b", Base.encodeBucket(image, b), b, read);
            }
            read = read.at(head.folded(), head.incarnations());
            assertThat(read.version()).isEqualTo(5);
            for (int s = 0; s < shards; s++) {
                assertThat(read.get(s)).as("seed %d shard %d", seed, s).isEqualTo(image.get(s));
            }
            assertThat(read.incarnations()).containsExactly(image.incarnations());
        }
    }

    @Test
    void everyCutAndManyAFlipIsRefusedOrHarmless() {
        Random random = new Random(3);
        byte[] whole = decision(random, 1, 40).encode().array();
        for (int length = 0; length < whole.length; length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Decision.decode("d", cut, 40))
                    .isInstanceOf(MalformedMapException.class);
        }
        for (int i = 0; i < 2_000; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                Decision.decode("d", Bytes.wrap(flipped), 40);
            } catch (MalformedMapException refused) {
                assertThat(refused).hasMessageStartingWith("d ");
            }
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        byte[] newer = decision(new Random(1), 1, 10).encode().array();
        newer[1] = 2;
        assertThatThrownBy(() -> Decision.decode("/c/map/t/log/4", Bytes.wrap(newer), 10))
                .isInstanceOfSatisfying(
                        NewerFormatException.class, e -> assertThat(e.found()).isEqualTo(2))
                .hasMessageContaining("/c/map/t/log/4")
                .hasMessageContaining("upgrade this process");
    }

    @Test
    void aShardOfThreeReplicasTakesFewBytes() throws Exception {
        int shards = 100_000;
        List<Decision.Change> changes = new ArrayList<>();
        MapImage image = MapImage.empty(shards);
        for (int s = 0; s < shards; s++) {
            Assignment assignment =
                    Assignment.EMPTY
                            .plusFollower(s % 999)
                            .plusFollower((s + 1) % 999)
                            .plusFollower((s + 2) % 999)
                            .ledBy(s % 999, 200);
            if (s % 300 == 0) {
                changes.add(new Decision.Change(s, assignment, Why.LEADER_LOST));
            }
        }
        Decision decision = new Decision(1, 1L << 40, 1_700_000_000_000L, List.of(), changes);
        assertThat(decision.encode().size() / (double) changes.size()).isLessThan(14);
        image = image.after(decision);
        for (int b = 0; b < MapImage.buckets(shards); b++) {
            assertThat(Base.encodeBucket(image, b).size()).isLessThan(64 * 1024);
        }
    }

    @Test
    void theDictionaryGrowsByPartsAndKeepsItsNumbers() throws Exception {
        NodeDictionary dictionary = NodeDictionary.EMPTY;
        for (int n = 0; n < 600; n++) {
            dictionary = dictionary.with(new NodeDictionary.Entry("node-" + n, "z" + n % 3, "r"));
        }
        NodeDictionary.Entry seventh = new NodeDictionary.Entry("node-7", "z1", "r");
        assertThat(dictionary.with(seventh)).isSameAs(dictionary);
        NodeDictionary moved = dictionary.with(new NodeDictionary.Entry("node-7", "z9", "r"));
        assertThat(moved.size()).isEqualTo(600);
        assertThat(moved.entry(7).zone()).isEqualTo("z9");
        assertThat(dictionary.parts()).isEqualTo(3);
        NodeDictionary read = NodeDictionary.EMPTY;
        for (int part = 0; part < 3; part++) {
            read = read.plusPart("p", dictionary.encode(part));
        }
        assertThat(read.size()).isEqualTo(600);
        assertThat(read.indexOf("node-599")).contains(599);
        assertThat(read.name(3)).isEqualTo("node-3");
        NodeDictionary partly = read;
        assertThatThrownBy(() -> partly.plusPart("p", partly.encode(0)))
                .isInstanceOf(MalformedMapException.class);
    }

    @Test
    void anEpochNeverStandsStillWhenTheLeaderChanges() {
        Assignment led = Assignment.EMPTY.plusFollower(1).plusFollower(2).ledBy(1);
        assertThat(led.ledBy(2).epoch().value()).isEqualTo(2);
        assertThat(led.ledBy(2).leader()).isEqualTo(2);
        assertThat(led.succeededBy(2).ledBy(2).successor()).isEqualTo(Assignment.NONE);
        assertThat(led.ledBy(Assignment.NONE).leader()).isEqualTo(Assignment.NONE);
        assertThatIllegalStateException().isThrownBy(() -> led.ledBy(2, 1));
        assertThatIllegalStateException().isThrownBy(() -> led.plusLearner(3).ledBy(3));
        assertThatIllegalStateException().isThrownBy(() -> led.plusFollower(2));
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> MapImage.empty(3).after(new Decision(2, 1, 1, List.of(), List.of())));
    }

    @Test
    void aHundredThousandShardsOnAThousandNodesTakeFewSmallZnodes() {
        int shards = 100_000;
        int nodes = 1_000;
        MapImage image = MapImage.empty(shards);
        List<Decision.Incarnation> incarnations = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            incarnations.add(new Decision.Incarnation(n, 0x5_0000_0000L + n));
        }
        List<Decision.Change> all = new ArrayList<>();
        for (int s = 0; s < shards; s++) {
            Assignment assignment = Assignment.EMPTY;
            for (int i = 0; i < 3; i++) {
                assignment = assignment.plusFollower((s + i * 331) % nodes);
            }
            all.add(new Decision.Change(s, assignment.ledBy(s % nodes, 1_000), Why.FIRST));
        }
        image = image.after(new Decision(1, 7, 1_700_000_000_000L, incarnations, all));
        int largest = Base.encodeHead(image).size();
        for (int b = 0; b < MapImage.buckets(shards); b++) {
            largest = Math.max(largest, Base.encodeBucket(image, b).size());
        }
        NodeDictionary names = NodeDictionary.EMPTY;
        for (int n = 0; n < nodes; n++) {
            names =
                    names.with(
                            new NodeDictionary.Entry("node-" + n, "zone-" + n % 9, "r" + n % 40));
        }
        for (int part = 0; part < names.parts(); part++) {
            largest = Math.max(largest, names.encode(part).size());
        }
        assertThat(largest).isLessThanOrEqualTo(64 * 1024);
        // Presence and past, report and load of each node; the log before it is folded; the rest.
        int znodes = 4 * nodes + MapImage.buckets(shards) + (256 + 64) + names.parts() + 20;
        assertThat(znodes).isLessThanOrEqualTo(5_000);
    }
}

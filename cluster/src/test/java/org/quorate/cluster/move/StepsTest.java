package org.quorate.cluster.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.Why;
import org.quorate.cluster.plan.Bands;
import org.quorate.cluster.plan.Demand;
import org.quorate.cluster.plan.Dimension;
import org.quorate.cluster.plan.Placement;
import org.quorate.cluster.plan.Planner;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.plan.Standing;
import org.quorate.cluster.plan.TableRules;
import org.quorate.cluster.plan.Topology;

class StepsTest {
    private static final int SEEDS = 60;
    private static final MoveLimits LIMITS = new MoveLimits(2, 5, 6, 3, 9, 4, 1);

    /** Nodes that do what the map asks after a while, or fail, or go and come back. */
    private static final class World implements Facts {
        final Random random;
        final int nodes;
        final int replicas;
        final long[] incarnation;
        final Set<Integer> draining = new HashSet<>();
        final Map<Integer, Set<Integer>> done = new HashMap<>(); // node -> shards it is done with
        MapImage image;
        Placement target;
        long lastIncarnation = 100;

        World(long seed) {
            random = new Random(seed);
            nodes = 6 + random.nextInt(6);
            replicas = 1 + random.nextInt(3);
            incarnation = new long[nodes];
            for (int n = 0; n < nodes; n++) {
                incarnation[n] = ++lastIncarnation;
                done.put(n, new HashSet<>());
            }
            image = MapImage.empty(20 + random.nextInt(40));
            plan();
        }

        TableRules rules() {
            return TableRules.of("t", image.shards(), replicas, Spread.acrossZones());
        }

        void plan() {
            Topology.Builder topology = Topology.builder(List.of(Dimension.balanced("weight")));
            for (int n = 0; n < nodes; n++) {
                Standing standing =
                        incarnation[n] == 0
                                ? Standing.LOST
                                : draining.contains(n) ? Standing.DRAINING : Standing.ACTIVE;
                topology.node("n" + n, "z" + zone(n), "r", Set.of(), Map.of(), standing);
            }
            Demand demand = Demand.builder(1).table(rules()).build();
            target = Planner.plan(topology.build(), demand, planned(), Bands.DEFAULT).target();
        }

        private Placement planned() {
            Placement now = new Placement(image.shards(), 8);
            for (int s = 0; s < image.shards(); s++) {
                Assignment assignment = image.get(s);
                for (int i = 0; i < assignment.count(); i++) {
                    if (!assignment.leaving(i)) {
                        now.add(s, assignment.node(i));
                    }
                }
                int leader = assignment.successor();
                leader = leader == Assignment.NONE ? assignment.leader() : leader;
                if (leader >= 0 && now.slotOf(s, leader) >= 0) {
                    now.lead(s, leader);
                }
            }
            return now;
        }

        void round() {
            Steps steps = new Steps(nodes, LIMITS, this, Long.MAX_VALUE);
            steps.count(image);
            List<Decision.Change> changes = steps.next(image, target, 0, rules(), new BitSet());
            List<Decision.Incarnation> news = new ArrayList<>();
            for (int n = 0; n < nodes; n++) {
                if (image.incarnation(n) != incarnation[n]) {
                    news.add(new Decision.Incarnation(n, incarnation[n]));
                }
            }
            changes.forEach(this::check);
            MapImage next = image.after(new Decision(image.version() + 1, 1, 1, news, changes));
            for (Decision.Change change : changes) {
                for (Set<Integer> shards : done.values()) {
                    shards.remove(change.shard());
                }
            }
            image = next;
            checkLimits();
        }

        private void check(Decision.Change change) {
            Assignment before = image.get(change.shard());
            Assignment after = change.to();
            boolean leaderChanged = before.leader() != after.leader();
            long risen = after.epoch().value() - before.epoch().value();
            boolean leaderLives =
                    before.leader() >= 0
                            && incarnation[before.leader()] != 0
                            && incarnation[before.leader()] == image.incarnation(before.leader());
            boolean mayRise = leaderChanged || !leaderLives || change.why() == Why.HANDED_OVER;
            if (leaderChanged && risen != 1 || !mayRise && risen != 0) {
                fail("epoch: %s to %s for %s", before, after, change.why());
            }
            int soundBefore = sound(before, change.shard());
            int soundAfter = sound(after, change.shard());
            if (soundAfter < Math.min(soundBefore, replicas)) {
                fail("given up too early: %s to %s for %s", before, after, change.why());
            }
            if (leaderChanged
                    && leaderLives
                    && progress(change.shard(), before.leader(), 0) != Progress.DONE) {
                fail("succeeded a living leader: %s to %s", before, after);
            }
        }

        private int sound(Assignment assignment, int shard) {
            int sound = 0;
            for (int i = 0; i < assignment.count(); i++) {
                int n = assignment.node(i);
                boolean copied =
                        assignment.role(i) != Role.LEARNER
                                || done.get(n).contains(shard)
                                        && image.get(shard).holds(n)
                                        && incarnation[n] == image.incarnation(n);
                sound += copied && incarnation[n] != 0 ? 1 : 0;
            }
            return sound;
        }

        private void checkLimits() {
            int copies = 0;
            int[] to = new int[nodes];
            for (int s = 0; s < image.shards(); s++) {
                for (int i = 0; i < image.get(s).count(); i++) {
                    if (image.get(s).role(i) == Role.LEARNER) {
                        copies++;
                        to[image.get(s).node(i)]++;
                    }
                }
            }
            assertThat(copies).isLessThanOrEqualTo(LIMITS.recoveriesPerCluster());
            for (int count : to) {
                assertThat(count).isLessThanOrEqualTo(LIMITS.recoveriesPerNode());
            }
        }

        void work(int percent) {
            for (int s = 0; s < image.shards(); s++) {
                for (int i = 0; i < image.get(s).count(); i++) {
                    int n = image.get(s).node(i);
                    boolean knows = incarnation[n] != 0;
                    if (knows && random.nextInt(100) < percent) {
                        done.get(n).add(s);
                    }
                }
            }
        }

        void disturb() {
            int n = random.nextInt(nodes);
            switch (random.nextInt(4)) {
                case 0:
                    if (alive() > nodes - 2) {
                        incarnation[n] = 0;
                        done.get(n).clear();
                    }
                    break;
                case 1:
                    incarnation[n] = ++lastIncarnation;
                    done.get(n).clear();
                    break;
                case 2:
                    draining.clear();
                    draining.add(n);
                    break;
                default:
                    draining.clear();
            }
            plan();
        }

        private int alive() {
            int alive = 0;
            for (long number : incarnation) {
                alive += number != 0 ? 1 : 0;
            }
            return alive;
        }

        @Override
        public long incarnation(int node) {
            return incarnation[node];
        }

        @Override
        public int zone(int node) {
            return node % 3;
        }

        @Override
        public boolean draining(int node) {
            return draining.contains(node);
        }

        @Override
        public Progress progress(int shard, int node, long since) {
            if (done.get(node).contains(shard)) {
                return Progress.DONE;
            }
            Assignment now = image.get(shard);
            boolean learns = now.holds(node) && now.role(now.indexOf(node)) == Role.LEARNER;
            return learns && random.nextInt(200) == 0 ? Progress.FAILED : Progress.UNDER_WAY;
        }

        @Override
        public Bytes handoff(int shard, int node) {
            return Bytes.NONE;
        }

        @Override
        public long copyBytes(int shard) {
            return 1;
        }
    }

    @Test
    void everyStepIsSafeAndInQuietEverythingIsWhereItShouldBe() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            World world = new World(seed);
            for (int round = 0; round < 60; round++) {
                if (world.random.nextInt(6) == 0) {
                    world.disturb();
                }
                world.work(40);
                world.round();
            }
            for (int n = 0; n < world.nodes; n++) {
                if (world.incarnation[n] == 0) {
                    world.incarnation[n] = ++world.lastIncarnation;
                }
            }
            world.draining.clear();
            world.plan();
            for (int round = 0; round < 400; round++) {
                world.work(70);
                world.round();
            }
            for (int s = 0; s < world.image.shards(); s++) {
                Assignment assignment = world.image.get(s);
                assertThat(assignment.count())
                        .as("seed %d shard %d %s", seed, s, assignment)
                        .isEqualTo(world.replicas);
                assertThat(assignment.leader())
                        .as("seed %d shard %d %s", seed, s, assignment)
                        .isEqualTo(world.target.leader(s));
            }
        }
    }

    @Test
    void aPlannedHandOverStopsTheOldLeaderBeforeTheNewOneStarts() {
        World world = new World(1);
        world.work(100);
        world.round();
        world.work(100);
        int shard = 0;
        int leader = world.image.get(shard).leader();
        world.draining.add(leader);
        world.plan();
        Set<Why> seen = new HashSet<>();
        long epoch = world.image.get(shard).epoch().value();
        for (int round = 0; round < 60; round++) {
            Assignment before = world.image.get(shard);
            world.round();
            Assignment after = world.image.get(shard);
            if (before.leader() == leader && after.leader() != leader) {
                assertThat(before.successor()).isEqualTo(after.leader());
                assertThat(after.epoch().value()).isEqualTo(epoch + 1);
                seen.add(Why.HANDED_OVER);
            }
            world.work(100);
        }
        assertThat(seen).containsExactly(Why.HANDED_OVER);
        for (int s = 0; s < world.image.shards(); s++) {
            assertThat(world.image.get(s).holds(leader)).isFalse();
        }
    }

    @Test
    void aSecondRoundWithoutNewsChangesNothing() {
        World world = new World(5);
        world.work(100);
        world.round();
        world.work(100);
        Steps steps = new Steps(world.nodes, LIMITS, world, Long.MAX_VALUE);
        steps.count(world.image);
        assertThat(steps.next(world.image, world.target, 0, world.rules(), new BitSet())).isEmpty();
    }

    @Test
    void withoutBytesNoCopyBegins() {
        World world = new World(7);
        world.work(100);
        world.round();
        world.work(100);
        world.draining.add(world.image.get(0).leader());
        world.plan();
        Steps steps = new Steps(world.nodes, LIMITS, world, 0);
        steps.count(world.image);
        for (Decision.Change change :
                steps.next(world.image, world.target, 0, world.rules(), new BitSet())) {
            for (int i = 0; i < change.to().count(); i++) {
                assertThat(change.to().role(i)).isNotEqualTo(Role.LEARNER);
            }
        }
    }
}

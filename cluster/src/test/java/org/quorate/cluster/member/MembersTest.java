package org.quorate.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.simulated.Faults;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Members in simulated time. */
class MembersTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final String ROOT = "/db";
    private static final Profile PROFILE =
            Profile.at("10.0.0.1:7000")
                    .zone("eu-1a")
                    .rack("r7")
                    .capacity("disk", 4_000)
                    .version("1.2")
                    .label("tier", "hot");

    private final World world = new World(1);
    private final List<String> told = new ArrayList<>();
    private final SimulatedHost watching = world.host("watching", SESSION);
    private final Coordinator watcher = Coordinator.on(watching, PATIENCE);
    private final Members members =
            Members.watch(watcher, ROOT, (now, all) -> all.forEach(this::tell));

    private void tell(MemberChange change) {
        told.add(change.getClass().getSimpleName() + " " + change.id());
    }

    private Membership join(SimulatedHost host, String id, Profile profile) {
        return Membership.join(Coordinator.on(host, PATIENCE), ROOT, id, profile);
    }

    private void settle() {
        world.run(Duration.ofSeconds(2));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aMemberIsSeenWithAllItSaysAndLeavesWithNotice() {
        Membership n1 = join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        Member seen = members.get("n1").orElseThrow();
        assertThat(seen.profile()).isEqualTo(PROFILE);
        assertThat(seen.incarnation()).isEqualTo(n1.incarnation().orElseThrow());
        assertThat(seen.steady(0)).isTrue();
        assertThat(seen.draining()).isFalse();
        n1.close();
        settle();
        assertThat(members.now()).isEmpty();
        assertThat(told).containsExactly("Joined n1", "Left n1");
    }

    @Test
    void aMemberWhoseSessionEndsIsLostAndComesBackAsAHigherIncarnation() {
        SimulatedHost host = world.host("n1", SESSION);
        Membership n1 = join(host, "n1", PROFILE);
        settle();
        long first = n1.incarnation().orElseThrow();
        host.pause(Duration.ofSeconds(9));
        world.run(Duration.ofSeconds(7));
        assertThat(members.now()).isEmpty();
        world.run(Duration.ofSeconds(5));
        Member back = members.get("n1").orElseThrow();
        assertThat(back.incarnation()).isGreaterThan(first);
        assertThat(n1.incarnation()).hasValue(back.incarnation());
        assertThat(told).containsExactly("Joined n1", "Lost n1", "Joined n1");
        assertThat(back.lossMillis()).containsExactly(back.joinedMillis());
        assertThat(back.steady(back.joinedMillis() + 29_999)).isFalse();
        assertThat(back.steady(back.joinedMillis() + 30_000)).isTrue();
    }

    @Test
    void eachLossDoublesTheTimeUntilAMemberIsSteady() {
        SimulatedHost host = world.host("n1", SESSION);
        join(host, "n1", PROFILE);
        for (int losses = 1; losses <= 9; losses++) {
            settle();
            world.expire(members.get("n1").orElseThrow().sessionId());
            world.run(Duration.ofSeconds(5));
            Member back = members.get("n1").orElseThrow();
            assertThat(back.steadyAtMillis() - back.joinedMillis())
                    .isEqualTo(Math.min(30_000L << (losses - 1), 1_800_000));
        }
        assertThat(members.get("n1").orElseThrow().lossMillis()).hasSize(9);
    }

    @Test
    void lossesOutsideTheWindowAreForgotten() {
        Damping damping = new Damping(1_000, 10, 100);
        assertThat(damping.steadyAtMillis(List.of())).isZero();
        assertThat(damping.steadyAtMillis(List.of(5_000L))).isEqualTo(5_010);
        assertThat(damping.steadyAtMillis(List.of(1_000L, 4_500L, 5_000L))).isEqualTo(5_020);
        assertThat(damping.steadyAtMillis(List.of(4_100L, 4_200L, 4_300L, 4_900L, 5_000L)))
                .isEqualTo(5_100);
        assertThatIllegalArgumentException().isThrownBy(() -> new Damping(0, 1, 1));
    }

    @Test
    void theHistoryKeepsTheNewestLosses() {
        SimulatedHost host = world.host("n1", SESSION);
        Membership n1 = join(host, "n1", PROFILE);
        for (int i = 0; i < History.LOSSES_MAX + 3; i++) {
            settle();
            world.expire(members.get("n1").orElseThrow().sessionId());
            world.run(Duration.ofSeconds(5));
        }
        assertThat(members.get("n1").orElseThrow().lossMillis())
                .hasSize(History.LOSSES_MAX)
                .isSorted();
        n1.close();
        settle();
        assertThat(told.get(told.size() - 1)).isEqualTo("Left n1");
    }

    @Test
    void aDrainIsAskedForByTheMemberOrByAnOperator() throws Exception {
        Membership n1 = join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        n1.drain(true);
        settle();
        assertThat(members.get("n1").orElseThrow().draining()).isTrue();
        n1.drain(false);
        settle();
        assertThat(members.get("n1").orElseThrow().draining()).isFalse();
        members.askToDrain("n1", true);
        settle();
        assertThat(members.get("n1").orElseThrow().draining()).isTrue();
        members.askToDrain("n1", false);
        settle();
        assertThat(members.get("n1").orElseThrow().draining()).isFalse();
        assertThat(told)
                .containsExactly(
                        "Joined n1", "Updated n1", "Updated n1", "Updated n1", "Updated n1");
    }

    @Test
    void anOperatorsDrainOutlivesTheIncarnation() throws Exception {
        Membership n1 = join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        members.askToDrain("n1", true);
        n1.close();
        settle();
        join(world.host("n1b", SESSION), "n1", PROFILE);
        settle();
        assertThat(members.get("n1").orElseThrow().draining()).isTrue();
    }

    @Test
    void aNameThatIsTakenIsWaitedFor() {
        SimulatedHost old = world.host("old", SESSION);
        join(old, "n1", PROFILE);
        settle();
        Membership second = join(world.host("new", SESSION), "n1", PROFILE.version("2"));
        settle();
        assertThat(second.incarnation()).isEmpty();
        old.pause(Duration.ofDays(1));
        world.run(SESSION.multipliedBy(2));
        assertThat(second.incarnation()).isPresent();
        assertThat(members.get("n1").orElseThrow().profile().version()).isEqualTo("2");
    }

    @Test
    void aProfileCanChange() {
        Membership n1 = join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        n1.update(PROFILE.capacity("disk", 9_000));
        settle();
        assertThat(members.get("n1").orElseThrow().profile().capacity())
                .containsEntry("disk", 9_000L);
        assertThat(told).containsExactly("Joined n1", "Updated n1");
    }

    @Test
    void aMemberDeletedByHandJoinsAgain() {
        Membership n1 = join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        long first = n1.incarnation().orElseThrow();
        world.deleteByHand(ROOT + "/members/live/n1");
        settle();
        assertThat(n1.incarnation().orElseThrow()).isGreaterThan(first);
        assertThat(members.get("n1").orElseThrow().incarnation())
                .isEqualTo(n1.incarnation().orElseThrow());
    }

    @Test
    void whatCannotBeReadIsLeftOutAndTheRestIsSeen() throws Exception {
        join(world.host("n1", SESSION), "n1", PROFILE);
        settle();
        for (String bad : List.of("nonsense", "{\"capacity\":{\"disk\":-5}}")) {
            watcher.znodes()
                    .commit(
                            Transaction.in(watcher.session())
                                    .createEphemeral(ROOT + "/members/live/bad", Bytes.utf8(bad)));
            settle();
            assertThat(members.now()).containsOnlyKeys("n1");
            world.deleteByHand(ROOT + "/members/live/bad");
        }
    }

    @Test
    void badProfilesAndNamesAreRefusedAtTheDoor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PROFILE.capacity("disk", -1))
                .withMessageContaining("disk");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Membership.join(watcher, ROOT, "a/b", PROFILE));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Membership.join(
                                watcher,
                                ROOT,
                                "n1",
                                PROFILE.label("x", "y".repeat(Profile.BYTES_MAX))))
                .withMessageContaining("at most");
    }

    @Test
    void underFaultsIncarnationsOnlyGrowAndInQuietEverybodyIsSeen() {
        for (long seed = 1; seed <= 100; seed++) {
            underFaults(seed);
        }
    }

    private void underFaults(long seed) {
        try (World other = new World(seed)) {
            List<SimulatedHost> hosts = new ArrayList<>();
            List<Membership> all = new ArrayList<>();
            long[] highest = new long[4];
            for (int i = 0; i < 4; i++) {
                SimulatedHost host = other.host("n" + i, SESSION);
                hosts.add(host);
                all.add(Membership.join(Coordinator.on(host, PATIENCE), ROOT, "n" + i, PROFILE));
            }
            SimulatedHost eye = other.host("eye", SESSION);
            long replay = seed;
            Members view =
                    Members.watch(
                            Coordinator.on(eye, PATIENCE),
                            ROOT,
                            (now, changes) ->
                                    now.values()
                                            .forEach(m -> {
                                                int i = m.id().charAt(1) - '0';
                                                assertThat(m.incarnation())
                                                        .as("seed %d", replay)
                                                        .isGreaterThanOrEqualTo(highest[i]);
                                                highest[i] = m.incarnation();
                                            }));
            hosts.add(eye);
            new Faults(other, hosts, new SplittableRandom(seed)).run(Duration.ofSeconds(30));
            other.run(Duration.ofSeconds(20));
            assertThat(view.now()).as("seed %d", seed).hasSize(4);
            for (Membership one : all) {
                assertThat(one.incarnation())
                        .as("seed %d %s", seed, one.id())
                        .hasValue(view.get(one.id()).orElseThrow().incarnation());
            }
        }
    }
}

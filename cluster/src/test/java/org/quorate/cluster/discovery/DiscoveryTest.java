package org.quorate.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Discovery in simulated time, and choices without any. */
class DiscoveryTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String BASE = "/services";

    private final World world = new World(1);
    private final SimulatedHost host = world.host("server", SESSION);
    private final Coordinator server = Coordinator.on(host, SESSION);
    private final Coordinator client = Coordinator.on(world.host("client", SESSION), SESSION);
    private final ServiceView view = ServiceView.watch(client, BASE, "query", all -> {});
    private final Random random = new Random(1);

    @AfterEach
    void end() {
        world.close();
    }

    private void settle() {
        world.run(Duration.ofSeconds(2));
    }

    private static Instance instance(String id) {
        return Instance.of("query", id, "10.0.0.1", 7000);
    }

    @Test
    void anInstanceIsSeenWithItsHealthAndGoesWhenClosed() {
        AtomicBoolean healthy = new AtomicBoolean(true);
        Registration one =
                Registration.open(
                        server,
                        BASE,
                        instance("a").zone("z1").weight(3),
                        healthy::get,
                        Duration.ofMillis(500));
        settle();
        assertThat(view.instances())
                .singleElement()
                .matches(i -> i.zone().equals("z1") && i.weight() == 3);
        assertThat(view.choose(Choice.weighted())).isPresent();
        healthy.set(false);
        settle();
        assertThat(view.instances()).singleElement().matches(i -> !i.enabled());
        assertThat(view.choose(Choice.weighted())).isEmpty();
        healthy.set(true);
        settle();
        assertThat(view.choose(Choice.weighted())).isPresent();
        one.close();
        settle();
        assertThat(view.instances()).isEmpty();
    }

    @Test
    void anInstanceRegistersAgainInTheNextSessionAndAfterADeletionByHand() throws Exception {
        Registration.open(server, BASE, instance("a"));
        settle();
        world.expire(server.session().id());
        world.run(Duration.ofSeconds(6));
        assertThat(view.instances()).hasSize(1);
        world.deleteByHand(BASE + "/query/a");
        settle();
        assertThat(view.instances()).hasSize(1);
    }

    @Test
    void aHealthCheckThatThrowsSaysNoAndWhatIsNoInstanceIsOverlooked() throws Exception {
        Registration.open(
                server,
                BASE,
                instance("a"),
                () -> {
                    throw new IllegalStateException("thrown on purpose");
                },
                Duration.ofSeconds(1));
        settle();
        client.znodes().commit(new Transaction().create(BASE + "/query/x", Bytes.utf8("nonsense")));
        settle();
        assertThat(view.instances()).singleElement().matches(i -> !i.enabled());
    }

    @Test
    void theViewKeepsWhatItKnewWhileCutOff() {
        SimulatedHost far = world.host("far", SESSION);
        ServiceView cut = ServiceView.watch(Coordinator.on(far, SESSION), BASE, "query", all -> {});
        Registration.open(server, BASE, instance("a"));
        settle();
        far.cut();
        world.run(Duration.ofSeconds(30));
        assertThat(cut.choose(Choice.weighted())).isPresent();
    }

    @Test
    void weightsDecideHowOftenEachIsChosen() {
        List<Instance> two = List.of(instance("a").weight(1), instance("b").weight(3));
        assertThat(counts(Choice.weighted(), two, 4_000).get("b")).isBetween(2_800, 3_200);
        assertThat(counts(Choice.leastLoaded(i -> i.id().equals("a") ? 0 : 1), two, 4_000).get("a"))
                .as("a is drawn at least once in 7 of 16 draws")
                .isBetween(1_600, 1_900);
    }

    private Map<String, Integer> counts(Choice choice, List<Instance> among, int draws) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < draws; i++) {
            counts.merge(choice.choose(among, random).orElseThrow().id(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void stickyKeysSpreadByWeightAndOnlyThoseOfALostInstanceMove() {
        List<Instance> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(instance("n" + i).weight(i == 0 ? 2 : 1));
        }
        List<Instance> fewer = all.subList(0, 4);
        Map<String, Integer> counts = new HashMap<>();
        for (int key = 0; key < 6_000; key++) {
            Choice choice = Choice.sticky("key" + key);
            Instance before = choice.choose(all, random).orElseThrow();
            Instance after = choice.choose(fewer, random).orElseThrow();
            counts.merge(before.id(), 1, Integer::sum);
            if (fewer.contains(before)) {
                assertThat(after).isEqualTo(before);
            }
        }
        assertThat(counts.get("n0")).isBetween(1_800, 2_200);
        assertThat(counts.get("n3")).isBetween(850, 1_150);
    }

    @Test
    void theOwnZoneIsPreferredUnlessTooLittleOfItIsLeft() {
        List<Instance> all =
                List.of(
                        instance("a1").zone("a"),
                        instance("b1").zone("b"),
                        instance("b2").zone("b"),
                        instance("b3").zone("b"));
        Choice eager = Choice.near("a", 0, Choice.weighted());
        assertThat(counts(eager, all, 100)).containsOnlyKeys("a1");
        Choice careful = Choice.near("a", 0.8, Choice.weighted());
        assertThat(counts(careful, all, 400)).containsKeys("a1", "b1", "b2", "b3");
        assertThat(counts(Choice.near("c", 0, Choice.weighted()), all, 400)).hasSize(4);
        assertThat(eager.choose(List.of(), random)).isEmpty();
    }

    @Test
    void impossibleInstancesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> instance("a").weight(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Instance.of("query", "a", "x", 70_000));
        Registration one = Registration.open(server, BASE, instance("a"));
        assertThatIllegalArgumentException().isThrownBy(() -> one.update(instance("b")));
    }
}

package org.quorate.cluster.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** A queue of work in simulated time, without chance. */
class WorkQueueTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final Duration NO_TIME = Duration.ofMillis(300);
    private static final String PATH = "/db/work";

    private final World world = new World(1);
    private final SimulatedHost hostA = world.host("a", SESSION);
    private final Coordinator a = Coordinator.on(hostA, SESSION.multipliedBy(2));
    private final Coordinator b = Coordinator.on(world.host("b", SESSION), SESSION.multipliedBy(2));
    private final WorkQueue one = WorkQueue.open(a, PATH, 3);
    private final WorkQueue other = WorkQueue.open(b, PATH, 3);

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void anItemIsTakenByOneAndGoneWhenDone() throws Exception {
        String id = one.add(Bytes.utf8("x"));
        Work work = other.take(TIME).orElseThrow();
        assertThat(work.id()).isEqualTo(id);
        assertThat(work.payload().text()).isEqualTo("x");
        assertThat(work.delivery()).isEqualTo(1);
        assertThat(one.take(NO_TIME)).isEmpty();
        assertThat(work.done()).isTrue();
        assertThat(one.size()).isZero();
        assertThat(work.lease().valid()).isFalse();
    }

    @Test
    void whoWaitsIsServedWhenSomethingIsAdded() throws Exception {
        List<Optional<Work>> got = new ArrayList<>();
        b.host()
                .execute(() -> {
                    try {
                        got.add(other.take(TIME));
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                });
        world.run(Duration.ofSeconds(1));
        assertThat(got).isEmpty();
        one.add(Bytes.utf8("x"));
        world.run(Duration.ofSeconds(1));
        assertThat(got).hasSize(1);
        assertThat(got.get(0)).isPresent();
    }

    @Test
    void anItemOfAPausedWorkerGoesToAnotherAndOnlyThatOneCanFinishIt() throws Exception {
        one.add(Bytes.utf8("x"));
        Work first = one.take(TIME).orElseThrow();
        hostA.pause(Duration.ofSeconds(9));
        Work second = other.take(TIME).orElseThrow();
        assertThat(first.lease().valid()).isFalse();
        assertThat(second.delivery()).isEqualTo(2);
        world.run(Duration.ofSeconds(10));
        assertThat(first.epoch().olderThan(second.epoch())).isTrue();
        assertThat(first.done()).as("too late").isFalse();
        assertThat(second.done()).isTrue();
        assertThat(one.size()).isZero();
    }

    @Test
    void anItemGivenBackComesAgainAndDeadOnesAreSetAside() throws Exception {
        String id = one.add(Bytes.utf8("poison"));
        for (int delivery = 1; delivery <= 3; delivery++) {
            Work work = one.take(TIME).orElseThrow();
            assertThat(work.delivery()).isEqualTo(delivery);
            work.giveBack();
        }
        assertThat(one.take(Duration.ofSeconds(1))).isEmpty();
        assertThat(one.dead()).containsExactly(id);
        assertThat(one.size()).isZero();
        assertThat(one.revive(id)).isTrue();
        assertThat(one.revive(id)).isFalse();
        assertThat(one.take(TIME).orElseThrow().delivery()).isEqualTo(1);
    }

    @Test
    void aResultIsKeptTogetherWithTheRemovalOrNotAtAll() throws Exception {
        one.add(Bytes.utf8("x"));
        Work first = one.take(TIME).orElseThrow();
        hostA.pause(Duration.ofSeconds(9));
        Work second = other.take(TIME).orElseThrow();
        world.run(Duration.ofSeconds(10));
        assertThat(first.doneWith(first.inSession().create("/result", Bytes.utf8("a")))).isFalse();
        assertThat(second.doneWith(second.inSession().create("/result", Bytes.utf8("b")))).isTrue();
        assertThat(world.look("/result").orElseThrow().data().text()).isEqualTo("b");
    }

    @Test
    void aHandlerThatThrowsIsTriedAgainLater() throws Exception {
        List<Integer> deliveries = new ArrayList<>();
        Workers workers =
                Workers.start(
                        a,
                        PATH,
                        2,
                        work -> {
                            deliveries.add(work.delivery());
                            if (work.delivery() < 3) {
                                throw new IllegalStateException("thrown on purpose");
                            }
                        });
        other.add(Bytes.utf8("x"));
        world.run(Duration.ofSeconds(5));
        assertThat(deliveries).containsExactly(1, 2, 3);
        assertThat(other.size()).isZero();
        workers.close();
        other.add(Bytes.utf8("y"));
        world.run(Duration.ofSeconds(2));
        assertThat(deliveries).hasSize(3);
    }

    @Test
    void limitsAreToldAtTheDoor() {
        Bytes large = Bytes.wrap(new byte[WorkQueue.PAYLOAD_BYTES_MAX + 1]);
        assertThatIllegalArgumentException().isThrownBy(() -> one.add(large));
        assertThatIllegalArgumentException().isThrownBy(() -> WorkQueue.open(a, PATH, 0));
    }
}

package org.quorate.cluster.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Permits and locks in simulated time, without chance. */
class PermitTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration NO_TIME = Duration.ofMillis(300);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final String PATH = "/db/permits/backup";

    private final World world = new World(1);
    private final SimulatedHost hostA = world.host("a", SESSION);
    private final Coordinator a = Coordinator.on(hostA, SESSION.multipliedBy(2));
    private final Coordinator b = Coordinator.on(world.host("b", SESSION), SESSION.multipliedBy(2));

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void noMorePermitsAreGivenThanThereAre() throws Exception {
        Permits one = Permits.open(a, PATH, 3);
        Permits other = Permits.open(b, PATH, 99);
        assertThat(other.acquire(1, TIME)).as("the first to open says how many").isPresent();
        assertThat(other.limit()).isEqualTo(99);
        one.limit(3);
        Permit two = one.acquire(2, TIME).orElseThrow();
        assertThat(other.acquire(1, NO_TIME)).isEmpty();
        two.close();
        assertThat(two.lease().valid()).isFalse();
        Permit next = other.acquire(2, TIME).orElseThrow();
        assertThat(two.epoch().olderThan(next.epoch())).isTrue();
    }

    @Test
    void whoWaitsIsNotOvertakenByASmallerWish() throws Exception {
        Permits one = Permits.open(a, PATH, 3);
        Permits other = Permits.open(b, PATH, 3);
        Permit first = one.acquire(2, TIME).orElseThrow();
        Optional<?>[] large = new Optional<?>[1];
        a.host().execute(() -> large[0] = take(one, 3));
        world.run(Duration.ofSeconds(1));
        assertThat(other.acquire(1, NO_TIME)).as("would overtake").isEmpty();
        first.close();
        world.run(Duration.ofSeconds(1));
        assertThat(large[0]).isPresent();
    }

    private static Optional<Permit> take(Permits permits, int weight) {
        try {
            return permits.acquire(weight, TIME);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void aRaisedLimitLetsTheNextIn() throws Exception {
        Permits one = Permits.open(a, PATH, 1);
        Permits other = Permits.open(b, PATH, 1);
        one.acquire(1, TIME).orElseThrow();
        assertThat(other.acquire(1, NO_TIME)).isEmpty();
        one.limit(2);
        assertThat(other.acquire(1, TIME)).isPresent();
        one.limit(1);
        assertThat(other.acquire(1, NO_TIME)).isEmpty();
    }

    @Test
    void aPausedHolderFindsItsLeaseOverBeforeTheNextIsLetIn() throws Exception {
        Permit held = Permits.open(a, PATH, 1).acquire(1, TIME).orElseThrow();
        Permits other = Permits.open(b, PATH, 1);
        hostA.pause(Duration.ofSeconds(30));
        Permit next = other.acquire(1, TIME).orElseThrow();
        assertThat(held.lease().valid()).isFalse();
        assertThat(held.epoch().olderThan(next.epoch())).isTrue();
        assertThat(next.lease().valid()).isTrue();
    }

    @Test
    void aHolderCutOffForAMomentGivesUpWhatItLost() throws Exception {
        Permit held = Permits.open(a, PATH, 1).acquire(1, TIME).orElseThrow();
        hostA.cut();
        world.run(Duration.ofMillis(3_300));
        assertThat(held.lease().valid()).isFalse();
        hostA.heal();
        assertThat(Permits.open(b, PATH, 1).acquire(1, TIME)).isPresent();
        assertThat(held.lease().valid()).isFalse();
    }

    @Test
    void aClaimDeletedByHandEndsTheGrant() throws Exception {
        Permit held = Permits.open(a, PATH, 1).acquire(1, TIME).orElseThrow();
        String name = a.znodes().children(PATH).orElseThrow().get(0);
        world.deleteByHand(PATH + "/" + name);
        world.run(Duration.ofSeconds(1));
        assertThat(held.lease().valid()).isFalse();
    }

    @Test
    void aGuardedTransactionIsRefusedOnceThePermitIsGone() throws Exception {
        a.znodes().commit(new Transaction().create("/r", Bytes.NONE));
        Permit held = Permits.open(a, PATH, 1).acquire(1, TIME).orElseThrow();
        assertThat(a.znodes().commit(held.guard(new Transaction().put("/r", Bytes.NONE, 0))).done())
                .isTrue();
        held.close();
        world.run(Duration.ofSeconds(1));
        assertThat(a.znodes().commit(held.guard(new Transaction().put("/r", Bytes.NONE, 1))))
                .matches(outcome -> outcome.refusedFor(Outcome.Reason.MISSING));
    }

    @Test
    void readersShareAndAWriterIsAlone() throws Exception {
        SharedLock one = SharedLock.open(a, "/db/lock");
        SharedLock other = SharedLock.open(b, "/db/lock");
        Permit r1 = one.read(TIME).orElseThrow();
        Permit r2 = other.read(TIME).orElseThrow();
        assertThat(one.write(NO_TIME)).isEmpty();
        r1.close();
        r2.close();
        Permit w = other.write(TIME).orElseThrow();
        assertThat(one.read(NO_TIME)).isEmpty();
        assertThat(r2.epoch().olderThan(w.epoch())).isTrue();
        other.close();
        assertThat(one.read(TIME)).isPresent();
    }

    @Test
    void impossibleWishesAreRefusedAtOnce() throws Exception {
        Permits permits = Permits.open(a, PATH, 2);
        assertThatIllegalArgumentException().isThrownBy(() -> permits.acquire(3, TIME));
        assertThatIllegalArgumentException().isThrownBy(() -> permits.acquire(0, TIME));
        assertThatIllegalArgumentException().isThrownBy(() -> permits.limit(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Permits.open(a, PATH, 0));
    }

    @Test
    void theQueueStaysInOrderWhenTheServicesNumbersWrap() {
        List<String> names =
                List.of("p1-aa-2147483646", "p1-bb--2147483648", "p1-cc-2147483647", "other");
        assertThat(Claim.inOrder(names).stream().map(Claim::name))
                .containsExactly("p1-aa-2147483646", "p1-cc-2147483647", "p1-bb--2147483648");
    }

    /** Whoever holds goes on holding when any claims before it vanish: stale views are safe. */
    @Test
    void aGrantIsNeverTakenBackByTheRuleForAnyQueue() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            List<Claim> queue = new java.util.ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Claim.Kind kind = Claim.Kind.values()[1 + random.nextInt(2)];
                queue.add(new Claim(kind, 1 + random.nextInt(3), i, "c" + i));
            }
            for (Rule rule : List.of(Rule.fitting(6), Rule.readersOrOneWriter())) {
                List<Claim> before = queue.subList(0, rule.granted(queue));
                List<Claim> fewer = new java.util.ArrayList<>(queue);
                fewer.removeIf(claim -> random.nextInt(3) == 0);
                List<Claim> after = fewer.subList(0, rule.granted(fewer));
                List<Claim> still = new java.util.ArrayList<>(before);
                still.retainAll(fewer);
                assertThat(after).as("seed %d", seed).containsAll(still);
            }
        }
    }
}

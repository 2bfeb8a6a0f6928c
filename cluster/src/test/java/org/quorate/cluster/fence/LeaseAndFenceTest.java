package org.quorate.cluster.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseAndFenceTest {
    private static final ShardId SHARD = new ShardId("orders", 7);

    @Test
    void aFenceRefusesAnOlderEpochAndKeepsTheHighest() throws Exception {
        Fence fence = Fence.inMemory();
        fence.check(SHARD, new Epoch(5));
        fence.check(SHARD, new Epoch(5));
        assertThatThrownBy(() -> fence.check(SHARD, new Epoch(4)))
                .isInstanceOf(StaleEpochException.class)
                .hasMessageContaining("e4")
                .hasMessageContaining("e5")
                .hasMessageContaining("orders/7");
        assertThat(fence.highest(SHARD)).isEqualTo(new Epoch(5));
        fence.check(new ShardId("orders", 8), new Epoch(1));
    }

    @Test
    void aFenceAgreesWithTheMaximumForAnyOrderOfEpochs() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            Fence fence = Fence.inMemory();
            long highest = 0;
            for (int i = 0; i < 200; i++) {
                Epoch epoch = new Epoch(random.nextInt(30));
                boolean passed = true;
                try {
                    fence.check(SHARD, epoch);
                } catch (StaleEpochException stale) {
                    passed = false;
                }
                assertThat(passed)
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(epoch.value() >= highest);
                highest = Math.max(highest, epoch.value());
            }
        }
    }

    @Test
    void aLeaseEndsTwoThirdsOfTheSessionAfterTheQuestionThatProvedContact() {
        AtomicLong now = new AtomicLong(1_000);
        LeaseTerm term = new LeaseTerm(3_000, 0);
        SessionContact contact = new SessionContact(term, now.get());
        LeaderLease lease = new HeldLease(new Epoch(3), contact, now::get);
        now.set(2_999);
        assertThat(lease.valid()).isTrue();
        now.set(3_000);
        assertThat(lease.valid()).isFalse();
    }

    @Test
    void aLeaseStaysLostWhenTheProofComesAfterSomebodySawItEnd() {
        AtomicLong now = new AtomicLong();
        SessionContact contact = new SessionContact(new LeaseTerm(3_000, 0), 0);
        LeaderLease paused = new HeldLease(new Epoch(3), contact, now::get);
        now.set(2_500);
        assertThat(paused.valid()).isFalse();
        contact.proven(2_400);
        assertThat(paused.valid()).isFalse();
        assertThat(new HeldLease(new Epoch(3), contact, now::get).valid()).isTrue();
    }

    @Test
    void anOlderProofNeverShortensALease() {
        SessionContact contact = new SessionContact(new LeaseTerm(3_000, 0), 1_000);
        contact.proven(500);
        assertThat(contact.remainingNanos(1_000)).isEqualTo(2_000);
    }

    @Test
    void aLeaseSurvivesTheWrapOfTheMonotonicClock() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 100);
        SessionContact contact = new SessionContact(new LeaseTerm(3_000, 0), now.get());
        LeaderLease lease = new HeldLease(new Epoch(1), contact, now::get);
        now.addAndGet(1_999);
        assertThat(lease.valid()).isTrue();
        now.addAndGet(1);
        assertThat(lease.valid()).isFalse();
    }

    @Test
    void aRevokedLeaseTellsOnceEvenThoseWhoAskLate() {
        AtomicInteger told = new AtomicInteger();
        HeldLease lease =
                new HeldLease(
                        new Epoch(1), new SessionContact(new LeaseTerm(3_000, 0), 0), () -> 1);
        lease.onLost(told::incrementAndGet);
        lease.revoke();
        lease.revoke();
        lease.onLost(told::incrementAndGet);
        assertThat(told).hasValue(2);
        assertThat(lease.valid()).isFalse();
    }

    @Test
    void aMarginThatLeavesNoLeaseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LeaseTerm(3_000, 2_000))
                .withMessageContaining("lengthen the session");
        assertThat(LeaseTerm.of(Duration.ofSeconds(4)).renewalNanos()).isPositive();
    }
}

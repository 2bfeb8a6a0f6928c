package org.quorate.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Elections in simulated time, without chance. */
class LeaderTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String PATH = "/db/controller";

    private final World world = new World(1);
    private final List<String> story = new ArrayList<>();

    private final class Standing {
        private final String id;
        private final SimulatedHost host;
        private final Coordinator coordinator;
        private final Candidate candidate;

        Standing(String id) {
            this.id = id;
            this.host = world.host(id, SESSION);
            this.coordinator = Coordinator.on(host, SESSION.multipliedBy(2));
            this.candidate =
                    Candidate.enter(
                            coordinator,
                            PATH,
                            id,
                            new LeaderListener() {
                                @Override
                                public void elected(Leadership leadership) {
                                    story.add("+" + id);
                                }

                                @Override
                                public void ended(Leadership leadership) {
                                    story.add("-" + id);
                                }
                            });
            settle();
        }

        boolean leads() {
            return candidate.leadership().isPresent();
        }

        long epoch() {
            return candidate.leadership().orElseThrow().epoch().value();
        }
    }

    private void settle() {
        world.run(Duration.ofSeconds(1));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void theFirstCandidateLeadsAndTheNextFollowsWhenItWithdraws() {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        assertThat(a.leads()).isTrue();
        assertThat(b.leads()).isFalse();
        long first = a.epoch();
        a.candidate.close();
        settle();
        assertThat(a.leads()).isFalse();
        assertThat(b.epoch()).isGreaterThan(first);
        assertThat(story).containsExactly("+a", "-a", "+b");
    }

    @Test
    void aPausedLeaderFindsItsLeaseOverBeforeItIsSucceeded() {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        Leadership reign = a.candidate.leadership().orElseThrow();
        a.host.pause(Duration.ofSeconds(20));
        assertThat(world.runUntil(b::leads, Duration.ofSeconds(10))).isTrue();
        assertThat(reign.lease().valid()).as("asked while paused, on its own clock").isFalse();
        assertThat(b.epoch()).isGreaterThan(reign.epoch().value());
        world.run(Duration.ofSeconds(20));
        assertThat(a.leads()).isFalse();
        assertThat(story).containsExactly("+a", "+b", "-a");
    }

    @Test
    void aLeaseThatWasLostEndsTheReignEvenIfTheSessionSurvives() {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        long first = a.epoch();
        a.host.cut();
        world.run(Duration.ofMillis(3_300));
        assertThat(a.leads()).isFalse();
        a.host.heal();
        assertThat(world.runUntil(b::leads, Duration.ofSeconds(5))).isTrue();
        assertThat(b.epoch()).isGreaterThan(first);
        assertThat(story.subList(0, 2)).containsExactly("+a", "-a");
    }

    @Test
    void aHandOverGoesToTheOneNamedAfterTheOldOneHasFinished() {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        Standing c = new Standing("c");
        a.candidate.handOver("c");
        assertThat(a.leads()).as("over at once").isFalse();
        assertThat(world.runUntil(c::leads, Duration.ofMillis(500))).isTrue();
        settle();
        assertThat(story).containsExactly("+a", "-a", "+c");
        c.candidate.handOver();
        settle();
        assertThat(a.leads()).as("the longest standing").isTrue();
        assertThat(b.leads()).isFalse();
        a.candidate.handOver("nobody");
        settle();
        assertThat(b.leads()).isTrue();
    }

    @Test
    void aHandOverToAHungCandidateDoesNotLeaveThePlaceVacant() {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        Standing c = new Standing("c");
        c.host.pause(Duration.ofMillis(3_500));
        a.candidate.handOver("c");
        assertThat(world.runUntil(() -> a.leads() || b.leads(), Duration.ofSeconds(3))).isTrue();
    }

    @Test
    void aLeaderAloneThatHandsOverLeadsAgainWithAHigherEpoch() {
        Standing a = new Standing("a");
        long first = a.epoch();
        a.candidate.handOver();
        settle();
        assertThat(a.epoch()).isGreaterThan(first);
        assertThat(story).containsExactly("+a", "-a", "+a");
    }

    @Test
    void aLeaderZnodeDeletedByHandEndsTheReign() {
        Standing a = new Standing("a");
        long first = a.epoch();
        world.deleteByHand(PATH + "/leader");
        settle();
        settle();
        assertThat(a.epoch()).isGreaterThan(first);
    }

    @Test
    void aGuardedTransactionOfADeposedLeaderIsRefused() throws Exception {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        a.coordinator.znodes().commit(new Transaction().create("/register", Bytes.NONE));
        Leadership first = a.candidate.leadership().orElseThrow();
        Transaction before = first.guard(new Transaction().put("/register", Bytes.utf8("a"), -1));
        assertThat(a.coordinator.znodes().commit(before).done()).isTrue();
        a.candidate.handOver("b");
        settle();
        Transaction after = first.guard(new Transaction().put("/register", Bytes.utf8("a"), -1));
        assertThat(a.coordinator.znodes().commit(after).refusedFor(Outcome.Reason.CHANGED))
                .isTrue();
        Transaction next =
                b.candidate
                        .leadership()
                        .orElseThrow()
                        .guard(new Transaction().put("/register", Bytes.utf8("b"), -1));
        assertThat(b.coordinator.znodes().commit(next).done()).isTrue();
    }

    @Test
    void observersSeeWhoLeadsAndWhenNobodyDoes() {
        List<Optional<Leader>> seen = new ArrayList<>();
        LeaderView view =
                LeaderView.watch(
                        Coordinator.on(world.host("eye", SESSION), SESSION), PATH, seen::add);
        settle();
        assertThat(view.leader()).isEmpty();
        Standing a = new Standing("a");
        assertThat(view.leader().orElseThrow().id()).isEqualTo("a");
        assertThat(view.leader().orElseThrow().epoch().value()).isEqualTo(a.epoch());
        a.candidate.close();
        settle();
        assertThat(view.leader()).isEmpty();
        assertThat(seen).hasSize(2);
    }

    @Test
    void aListenerThatThrowsDoesNotStopTheElection() {
        SimulatedHost host = world.host("bad", SESSION);
        Candidate bad =
                Candidate.enter(
                        Coordinator.on(host, SESSION),
                        PATH,
                        "bad",
                        new LeaderListener() {
                            @Override
                            public void elected(Leadership leadership) {
                                throw new IllegalStateException("thrown on purpose");
                            }

                            @Override
                            public void ended(Leadership leadership) {
                                throw new IllegalStateException("thrown on purpose");
                            }
                        });
        settle();
        assertThat(bad.leadership()).isPresent();
        Standing b = new Standing("b");
        bad.handOver("b");
        settle();
        assertThat(b.leads()).isTrue();
    }

    @Test
    void nonsenseInTheElectionsZnodesIsOverlooked() throws Exception {
        Standing a = new Standing("a");
        Standing b = new Standing("b");
        b.coordinator.znodes().commit(new Transaction().put(PATH, Bytes.utf8("nonsense"), -1));
        settle();
        assertThat(a.leads()).as("the reign goes on, though its guard is broken").isTrue();
        a.candidate.close();
        settle();
        assertThat(b.leads()).isTrue();
    }
}

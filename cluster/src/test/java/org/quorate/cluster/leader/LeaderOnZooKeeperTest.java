package org.quorate.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.testing.Proxy;
import org.quorate.cluster.testing.Service;

/** Elections against a real server. */
@Execution(ExecutionMode.CONCURRENT)
class LeaderOnZooKeeperTest {
    private static final Duration SESSION = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final LeaderListener DEAF =
            new LeaderListener() {
                @Override
                public void elected(Leadership leadership) {}

                @Override
                public void ended(Leadership leadership) {}
            };

    private final String path = Service.root("election");

    @Test
    void aSilencedLeaderHasStoppedBeforeItsSuccessorStarts() throws Exception {
        AtomicReference<Leadership> first = new AtomicReference<>();
        AtomicReference<Boolean> overlap = new AtomicReference<>();
        LeaderListener second =
                new LeaderListener() {
                    @Override
                    public void elected(Leadership leadership) {
                        overlap.set(first.get().lease().valid());
                    }

                    @Override
                    public void ended(Leadership leadership) {}
                };
        try (Proxy proxy = new Proxy();
                Coordinator a = Coordinator.connect(proxy.connectString(), SESSION);
                Coordinator b = Coordinator.connect(Service.connectString(), SESSION);
                Candidate one = Candidate.enter(a, path, "one", DEAF)) {
            first.set(one.awaitLeadership(SOON).orElseThrow());
            try (Candidate two = Candidate.enter(b, path, "two", second)) {
                proxy.silence();
                Leadership next = two.awaitLeadership(SOON).orElseThrow();
                await().atMost(SOON).until(() -> overlap.get() != null);
                assertThat(overlap.get()).isFalse();
                assertThat(first.get().epoch().olderThan(next.epoch())).isTrue();
            }
            proxy.heal();
        }
    }

    @Test
    void anExpiredLeaderIsSucceededAndAHandOverTakesAMoment() throws Exception {
        try (CuratorFramework client = Service.client(Service.connectString(), SESSION);
                Coordinator a = Coordinator.over(client);
                Coordinator b = Coordinator.connect(Service.connectString(), SESSION);
                LeaderView view = LeaderView.watch(b, path, seen -> {});
                Candidate one = Candidate.enter(a, path, "one", DEAF)) {
            Epoch first = one.awaitLeadership(SOON).orElseThrow().epoch();
            try (Candidate two = Candidate.enter(b, path, "two", DEAF)) {
                await().atMost(SOON).until(() -> view.leader().isPresent());
                Service.expire(client);
                Leadership next = two.awaitLeadership(SOON).orElseThrow();
                assertThat(first.olderThan(next.epoch())).isTrue();
                await().atMost(SOON)
                        .until(() -> view.leader().map(Leader::id).orElse("").equals("two"));
                // An operator ended that session, not time: its lease runs on until the client
                // learns of it, and only the epochs tell the two apart.
                await().atMost(SOON)
                        .until(() ->
                                one.leadership().isEmpty()
                                        && b.znodes().read(path + "/c-one").isPresent());
                two.handOver("one");
                assertThat(next.lease().valid()).isFalse();
                assertThat(next.epoch().olderThan(one.awaitLeadership(SOON).orElseThrow().epoch()))
                        .isTrue();
            }
        }
    }
}

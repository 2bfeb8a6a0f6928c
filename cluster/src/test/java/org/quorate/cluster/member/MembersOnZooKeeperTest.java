package org.quorate.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.testing.Service;

/** The same against a real server, once through. */
@Execution(ExecutionMode.CONCURRENT)
class MembersOnZooKeeperTest {
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(8);

    @Test
    void membersJoinAreLostComeBackAndLeave() throws Exception {
        String root = Service.root("members");
        List<String> told = new CopyOnWriteArrayList<>();
        try (Coordinator watcher = Coordinator.connect(Service.connectString(), SESSION);
                CuratorFramework client = Service.client(Service.connectString(), SESSION);
                Coordinator coordinator = Coordinator.over(client);
                Members members =
                        Members.watch(
                                watcher,
                                root,
                                (now, changes) ->
                                        changes.forEach(
                                                c -> told.add(c.getClass().getSimpleName())))) {
            Membership n1 = Membership.join(coordinator, root, "n1", Profile.at("here"));
            assertThat(n1.awaitJoined(SOON)).isTrue();
            await().atMost(SOON).until(() -> members.get("n1").isPresent());
            long first = n1.incarnation().orElseThrow();
            Service.expire(client);
            await().atMost(SOON)
                    .until(() ->
                            members.get("n1").isPresent()
                                    && members.get("n1").get().incarnation() > first);
            assertThat(n1.awaitJoined(SOON)).isTrue();
            n1.close();
            await().atMost(SOON).until(() -> members.now().isEmpty());
            assertThat(told).containsExactly("Joined", "Lost", "Joined", "Left");
        }
    }
}

package org.quorate.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.testing.Service;

/** Curator's x-discovery and we read each other's instances, on a real server. */
@Execution(ExecutionMode.CONCURRENT)
class CuratorDiscoveryTest {
    private static final Duration SESSION = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void eachSideSeesTheOthersInstances() throws Exception {
        String base = Service.root("services");
        try (CuratorFramework client = Service.client(Service.connectString(), SESSION);
                Coordinator coordinator = Coordinator.connect(Service.connectString(), SESSION);
                ServiceDiscovery<Void> theirs =
                        ServiceDiscoveryBuilder.builder(Void.class)
                                .client(client)
                                .basePath(base)
                                .build();
                ServiceView ours = ServiceView.watch(coordinator, base, "query", all -> {})) {
            theirs.start();
            theirs.registerService(
                    ServiceInstance.<Void>builder()
                            .name("query")
                            .id("theirs")
                            .address("10.0.0.2")
                            .port(7_001)
                            .build());
            await().atMost(SOON).until(() -> !ours.instances().isEmpty());
            Instance seen = ours.instances().get(0);
            assertThat(seen.id()).isEqualTo("theirs");
            assertThat(seen.address()).isEqualTo("10.0.0.2");
            assertThat(seen.port()).isEqualTo(7_001);
            assertThat(seen.enabled()).isTrue();
            assertThat(seen.weight()).isEqualTo(1);

            Instance mine = Instance.of("query", "mine", "10.0.0.1", 7_000).zone("z").weight(4);
            try (Registration registration = Registration.open(coordinator, base, mine)) {
                await().atMost(SOON).until(() -> theirs.queryForInstance("query", "mine") != null);
                ServiceInstance<Void> back = theirs.queryForInstance("query", "mine");
                assertThat(back.getAddress()).isEqualTo("10.0.0.1");
                assertThat(back.getPort()).isEqualTo(7_000);
                assertThat(back.getSslPort()).isNull();
                assertThat(back.isEnabled()).isTrue();
                registration.update(mine.enabled(false));
                await().atMost(SOON)
                        .until(() -> !theirs.queryForInstance("query", "mine").isEnabled());
            }
            assertThat(theirs.queryForInstance("query", "mine")).isNull();
        }
    }
}

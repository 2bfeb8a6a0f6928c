package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything recorded from a real ZooKeeper that one server alone can be asked. */
class VectorsTest {
    /** Where this server differs on purpose, and why. */
    private static final Map<String, String> DELIBERATE =
            Map.of(
                    "reconnect_wrong_passwd_kills_live_conn",
                    "the password is looked at before the live connection is closed",
                    "createsession_from_client",
                    "refused as any other request that no client may send");

    /** What belongs to the host. */
    private static final Set<String> NOT_OURS = Set.of("maxclientcnxns_exceeded");

    static Stream<Scenario> scenarios() {
        return Scenario.all().stream()
                .filter(s -> Set.of("ext", "default", "limits", "enforceauth").contains(s.config()))
                .filter(s -> !s.stateDependent())
                .filter(s -> !DELIBERATE.containsKey(s.name()) && !NOT_OURS.contains(s.name()));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theCoreAnswersAsZooKeeperDid(Scenario scenario) {
        play(scenario, false);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void readsBesideTheCoreAreAnsweredAsZooKeeperDid(Scenario scenario) {
        play(scenario, true);
    }

    private static void play(Scenario scenario, boolean readsBeside) {
        try (Host host = new Host(options(scenario.config()))) {
            host.readsBeside = readsBeside;
            if (scenario.config().equals("ext") || scenario.config().equals("default")) {
                makeTheRecordingsRoot(host);
            }
            assertThat(Replay.play(scenario, host)).isEmpty();
        }
    }

    private static ReplicaOptions options(String config) {
        ReplicaOptions.Builder options =
                ReplicaOptions.builder(config.equals("ext") ? 1000 : 3000)
                        .serverId(1)
                        .superDigest(Authentication.digestId("super:superpw"));
        return switch (config) {
            case "ext" ->
                    options.reconfigEnabled(true)
                            .extendedTypes(true)
                            .enforceQuota(true)
                            .containers(1000, 10_000, 0)
                            .build();
            case "limits" -> options.frameBytesMax(4096).build();
            case "enforceauth" -> options.enforceAuthSchemes("digest").build();
            default -> options.build();
        };
    }

    /** Each recording began with an empty node of this name. */
    static void makeTheRecordingsRoot(Host host) {
        Caller caller = Caller.open(host);
        assertThat(caller.create("/v", "", 0)).isZero();
        caller.closeSession();
    }
}

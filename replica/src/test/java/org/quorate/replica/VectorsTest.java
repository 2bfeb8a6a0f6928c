package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.zab.ZabOptions;

/** Everything recorded from a real ZooKeeper that one server alone can be asked. */
class VectorsTest {
    /** Where this server differs on purpose, and why. */
    private static final Map<String, String> DELIBERATE =
            Map.of(
                    "reconnect_wrong_passwd_kills_live_conn",
                    "the password is looked at before the live connection is closed",
                    "createsession_from_client",
                    "refused as any other request that no client may send",
                    "readonly_no_local_sessions",
                    "sessions of read-only mode are always local");

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

    static Stream<Scenario> ensembleScenarios() {
        return Scenario.all().stream()
                .filter(s -> Set.of("quorum1", "localsess").contains(s.config()));
    }

    @ParameterizedTest
    @MethodSource("ensembleScenarios")
    void theOnlyMemberOfAnEnsembleAnswersAsZooKeeperDid(Scenario scenario) {
        boolean local = scenario.config().equals("localsess");
        boolean upgrading = scenario.name().startsWith("localsess_upgrade");
        EnsembleConfig config =
                EnsembleConfig.of(
                        List.of(
                                Member.parse(
                                        1, "127.0.0.1:23121:23122:participant;127.0.0.1:23123")),
                        0);
        try (Ensemble ensemble =
                new Ensemble(
                        config,
                        options ->
                                options.reconfigEnabled(true)
                                        .sessionTimeoutMillis(2000, 20_000)
                                        .superDigest(Authentication.digestId("super:superpw"))
                                        .localSessions(local, upgrading),
                        VectorsTest::reconfigurable,
                        1)) {
            Host host = ensemble.awaitLeader();
            makeTheRecordingsRoot(host);
            assertThat(Replay.play(scenario, host)).isEmpty();
        }
    }

    static Stream<Scenario> scenariosOfThree() {
        return Scenario.all().stream().filter(s -> s.config().equals("ensemble3"));
    }

    @ParameterizedTest
    @MethodSource("scenariosOfThree")
    void threeServersAnswerAsThreeZooKeepersDid(Scenario scenario) {
        try (Ensemble ensemble =
                new Ensemble(3, options -> options.sessionTimeoutMillis(2000, 20_000))) {
            makeTheRecordingsRoot(ensemble.awaitLeader());
            // The second connection went to server 3 in one recording, and to server 2 in the
            // others.
            long second = scenario.name().equals("ens3_sync_then_read") ? 3 : 2;
            assertThat(
                            Replay.play(
                                    scenario,
                                    connection ->
                                            ensemble.hosts.get(connection == 1 ? 1L : second)))
                    .isEmpty();
        }
    }

    static Stream<Scenario> scenariosThatShowTheRoot() {
        return Scenario.all().stream().filter(Scenario::stateDependent);
    }

    @ParameterizedTest
    @MethodSource("scenariosThatShowTheRoot")
    void theRootAndItsStatsAnswerAsZooKeepersDidAfterAsManyChanges(Scenario scenario) {
        try (Host host = new Host(options(scenario.config()))) {
            makeTheRecordingsRoot(host);
            wear(host, scenario.name());
            assertThat(Replay.play(scenario, host)).isEmpty();
        }
    }

    /** What had been done to the root and to the quotas before that recording. */
    private static void wear(Host host, String recording) {
        Caller caller = Caller.open(host);
        caller.auth("digest", "super:superpw");
        if (recording.equals("zookeeper_nodes")) {
            assertThat(caller.setData("/", "x")).isZero();
            assertThat(caller.create("/zookeeper/quota/v", "", 0)).isZero();
            assertThat(caller.delete("/zookeeper/quota/v")).isZero();
        }
        int changesBefore =
                switch (recording) {
                    case "read_bad_paths" -> 114;
                    case "setdata_version_minus2" -> 120;
                    default -> 230;
                };
        assertThat(caller.exists("/", false)).isZero();
        while (caller.stat.cversion < changesBefore) {
            assertThat(caller.create("/worn", "", 0)).isZero();
            assertThat(caller.delete("/worn")).isZero();
            assertThat(caller.exists("/", false)).isZero();
        }
        assertThat(caller.stat.cversion).isEqualTo(changesBefore);
        caller.closeSession();
    }

    static Stream<Scenario> readOnlyScenarios() {
        return Scenario.all().stream()
                .filter(s -> Set.of("readonly", "readonly-default").contains(s.config()))
                .filter(s -> !DELIBERATE.containsKey(s.name()));
    }

    @ParameterizedTest
    @MethodSource("readOnlyScenarios")
    void aServerWithoutAQuorumAnswersAsZooKeeperDid(Scenario scenario) {
        try (Ensemble ensemble =
                new Ensemble(
                        Ensemble.members(3),
                        options ->
                                options.readOnlyMode(true)
                                        .sessionTimeoutMillis(2000, 20_000)
                                        .localSessions(scenario.config().equals("readonly"), false),
                        UnaryOperator.identity(),
                        1)) {
            ensemble.pass(4000);
            assertThat(Replay.play(scenario, ensemble.hosts.get(1L))).isEmpty();
        }
    }

    private static ZabOptions reconfigurable(ZabOptions options) {
        return new ZabOptions(
                options.serverId(),
                false,
                false,
                options.tickMillis(),
                options.initLimitTicks(),
                options.syncLimitTicks(),
                options.committedCountMin(),
                options.committedBytesMax(),
                options.historyBytesMax(),
                options.fieldBytesMax(),
                options.counterMax(),
                true,
                false,
                options.extras());
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

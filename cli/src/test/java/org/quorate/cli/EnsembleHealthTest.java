package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EnsembleHealthTest {
    private static EnsembleHealth.Asked server(
            int id, String mode, String zxid, long skewMillis, String settings) {
        String health =
                """
                {"level": "ok", "ready": true, "server_id": %d, "mode": "%s", "zxid": "%s",
                 "version": "3.9.5", "settings": %s, "findings": []}
                """
                        .formatted(id, mode, zxid, settings);
        return new EnsembleHealth.Asked(
                "host" + id + ":8080", new JsonMapper().readTree(health), skewMillis, "");
    }

    private static EnsembleHealth.Asked follower(int id, String zxid) {
        return server(id, "follower", zxid, 0, "{\"tickTime\": 2000}");
    }

    private static EnsembleHealth.Asked leader() {
        return server(1, "leader", "0x500010000", 0, "{\"tickTime\": 2000}");
    }

    private static List<String> ids(EnsembleHealth.Asked... servers) {
        return new EnsembleHealth(List.of(servers))
                .findings().stream().map(f -> f.level() + " " + f.id()).toList();
    }

    @Test
    void threeThatAgreeAreWell() {
        assertThat(ids(leader(), follower(2, "0x50000ffff"), follower(3, "0x500010000"))).isEmpty();
    }

    @Test
    void aDeadMemberIsSaid() {
        assertThat(
                        ids(
                                leader(),
                                follower(2, "0x500010000"),
                                new EnsembleHealth.Asked("host3:8080", null, 0, "refused")))
                .containsExactly("warning no-contact");
    }

    @Test
    void withoutALeaderItIsCritical() {
        assertThat(ids(follower(2, "0x500010000"))).containsExactly("critical no-leader");
    }

    @Test
    void twoLeadersAreCritical() {
        assertThat(ids(leader(), server(2, "leader", "0x500010000", 0, "{\"tickTime\": 2000}")))
                .containsExactly("critical two-leaders");
    }

    @Test
    void whoLagsIsSaidInHisEpochAndInAnother() {
        assertThat(ids(leader(), follower(2, "0x50000ec78"))).containsExactly("warning lags");
        assertThat(ids(leader(), follower(2, "0x50000ec79"))).isEmpty();
        assertThat(ids(leader(), follower(2, "0x400020000"))).containsExactly("warning lags");
    }

    @Test
    void aClockThatIsWrongIsSaid() {
        assertThat(
                        ids(
                                leader(),
                                server(
                                        2,
                                        "follower",
                                        "0x500010000",
                                        -2000,
                                        "{\"tickTime\": 2000}")))
                .containsExactly("warning clock-skew");
    }

    @Test
    void aConfigurationThatDriftedIsSaidWithWhoHasWhat() {
        List<EnsembleHealth.Finding> findings =
                new EnsembleHealth(
                                List.of(
                                        leader(),
                                        server(
                                                2,
                                                "follower",
                                                "0x500010000",
                                                0,
                                                "{\"tickTime\": 3000}")))
                        .findings();
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().id()).isEqualTo("configuration-differs");
        assertThat(findings.getFirst().says())
                .isEqualTo("tickTime is not the same everywhere: 2000 on [1], 3000 on [2].");
    }
}

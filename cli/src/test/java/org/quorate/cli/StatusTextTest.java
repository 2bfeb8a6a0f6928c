package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StatusTextTest {
    private static EnsembleHealth.Asked asked(String health, long skewMillis) {
        return new EnsembleHealth.Asked(
                "h:8080", new JsonMapper().readTree(health), skewMillis, "");
    }

    private static final String LEADER =
            """
            {"mode": "leader", "server_id": 2, "epoch": 5, "zxid": "0x500000010", "uptime_ms": 93784000,
             "time_ms": 1795651200000, "connections": 3, "outstanding": 7, "outstanding_max": 1000,
             "sessions": 4, "watches": 9, "znodes": 1020, "tree_bytes": 12345678, "tree_bytes_max": 20000000,
             "reads_per_s": 120.0, "read_p50_us": 100, "read_p99_us": 400,
             "writes_per_s": 30.0, "write_p50_us": 1200, "write_p99_us": 4000,
             "fsyncs_per_s": 12.0, "fsync_p50_us": 900, "fsync_p99_us": 3100,
             "log_queue_bytes": 2048, "disk_free_bytes": 83100000000, "disk_hours_left": 4.8,
             "lost_leader_last_hour": 1, "lost_leader_last_day": 2,
             "leader_losses": [{"time_ms": 1795651195000, "reason": "the quorum is lost"},
                               {"time_ms": 1795601195000, "reason": ""}],
             "expired_by_cause": {"lost": 2, "silent": 1},
             "certificates": [{"use": "clients", "file": "k.p12", "ends_ms": 1795996800000}],
             "quorum": {"voters": 3, "in_sync": 2, "needed": 2, "may_fail": 0}}
            """;

    @Test
    void everyFigureOfAServerHasItsPlace() {
        assertThat(new StatusText(List.of(asked(LEADER, -1_500))).text("warning", List.of()))
                .isEqualTo(
                        """
                        health: warning
                        ensemble: server 2 leads epoch 5; 2 of 3 voters in sync, 0 more may fail
                        server 2 (h:8080): leader, epoch 5, zxid 0x500000010, up 1 d 2 h
                          load     120.0 reads/s (p50 0.1 ms, p99 0.4 ms), 30.0 writes/s (p50 1.2 ms, p99 4.0 ms), 12.0 syncs/s (p50 0.9 ms, p99 3.1 ms)
                          queues   7 of 1000 requests under way, 2.0 kB wait for the log's disk
                          clients  3 connections, 4 sessions, 9 watches; expired: lost 2, silent 1
                          tree     1020 znodes, 12.3 MB in memory of 20.0 MB
                          disk     83.1 GB free, enough for 4.8 hours at the present rate
                          clock    1.5 s behind the one here
                          keys     certificate for clients ends 2026-11-30T00:00:00Z (4 days)
                          leader   lost 1 times in the last hour, 2 in the last day: 2026-11-25T23:59:55Z the quorum is lost; 2026-11-25T10:06:35Z for no reason that it knows\
                        """);
    }

    @Test
    void whoIsBehindIsToldInTransactionsAndWhoIsSilentIsNamed() {
        String follower =
                "{\"mode\": \"follower\", \"server_id\": 1, \"zxid\": \"%s\", \"tree_bytes_max\": 0}";
        List<EnsembleHealth.Asked> all =
                List.of(
                        asked(LEADER, 0),
                        asked(follower.formatted("0x50000000e"), 0),
                        asked(follower.formatted("0x4000000ff"), 0),
                        new EnsembleHealth.Asked("x:8080", null, 0, "refused"));
        assertThat(new StatusText(all).text("ok", List.of()))
                .contains("zxid 0x500000010 (0 behind)")
                .contains("zxid 0x50000000e (2 behind)")
                .contains("zxid 0x4000000ff (of an earlier epoch)")
                .contains("\nx:8080: no answer")
                .contains("  leader   not lost in the last day\n");
        String silent = "{\"mode\": \"follower\", \"server_id\": 1, \"epoch\": 5, \"ready\": true}";
        assertThat(
                        new StatusText(List.of(asked(LEADER, 0), asked(silent, 0)))
                                .text("ok", List.of()))
                .as("a core that does not answer")
                .contains("server 1 (h:8080): follower, epoch 5, up 0 s\n  clock ");
        assertThat(new EnsembleHealth(List.of(asked(LEADER, 0), asked(silent, 0))).findings())
                .noneMatch(finding -> finding.id().equals("lags"));
        List<EnsembleHealth.Asked> fresh =
                List.of(
                        asked(follower.formatted("0x600000000"), 0),
                        asked(follower.formatted("0x500000010"), 0));
        assertThat(new StatusText(fresh).text("ok", List.of()))
                .as("an epoch without a transaction")
                .contains("zxid 0x500000010 (0 behind)");
    }
}

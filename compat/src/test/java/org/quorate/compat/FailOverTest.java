package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.FailOver;
import org.quorate.bench.ServerProcess.Kind;

/**
 * The leader of three servers is killed, and asked to stop, under load: the clients of the others
 * keep their connections, no request of theirs fails, and their writes soon go on. {@code
 * bench/fail-over} measures the same against ZooKeeper.
 */
class FailOverTest {
    private static final int KILLS = Integer.getInteger("failover.kills", 3);

    /** Generous: a build machine may be busy. */
    private static final double GAP_MILLIS_MAX = 2_500;

    @Test
    void clientsOfTheOtherServersKeepTheirConnectionsWhenTheLeaderGoes() throws Exception {
        try (EnsembleProcesses ensemble =
                EnsembleProcesses.start(Collections.nCopies(3, Kind.QUORATE), List.of(), 0)) {
            FailOver failOver = new FailOver(ensemble);
            for (int i = 0; i < KILLS; i++) {
                assertCalm(failOver.once(FailOver.Fault.KILL));
            }
            assertCalm(failOver.once(FailOver.Fault.STOP));
        }
    }

    private static void assertCalm(FailOver.Outcome outcome) {
        assertThat(outcome.connectionsLost()).as("connections lost: %s", outcome).isZero();
        assertThat(outcome.failed()).as("requests failed: %s", outcome).isZero();
        assertThat(outcome.gapMillis()).isLessThan(GAP_MILLIS_MAX);
    }
}

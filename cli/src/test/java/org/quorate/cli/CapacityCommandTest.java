package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class CapacityCommandTest {
    private static final String[] LOAD = {
        "capacity",
        "--znodes=1000000",
        "--sessions=1000",
        "--watches=100000",
        "--writes-per-second=5000",
        "--reads-per-second=50000"
    };

    @Test
    void aLoadIsAnsweredWithServersAndWhatIsUsedUpFirst() {
        Captured printed = Captured.run(LOAD);
        assertThat(printed.exitCode()).isZero();
        assertThat(printed.out())
                .contains("3 voters, 0 observers", "memory of each", "Used up first: ");
    }

    @Test
    void programsGetJson() {
        JsonNode values = new ObjectMapper().readTree(Captured.run(with("--json")).out());
        assertThat(values.required("voters").asInt()).isEqualTo(3);
        assertThat(values.required("memory_bytes").asLong()).isBetween(150_000_000L, 500_000_000L);
        assertThat(values.required("headroom").asDouble()).isGreaterThan(1);
    }

    @Test
    void aLoadThatDoesNotFitIsSaidByTheExitCodeToo() {
        Captured printed = Captured.run(with("--memory-gb=0.2"));
        assertThat(printed.exitCode()).isEqualTo(1);
        assertThat(printed.out()).contains("It does not fit: memory");
    }

    @Test
    void nonsenseIsRefusedWithTheOptionAndItsRange() {
        Captured refused = Captured.run(with("--cores=0"));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("--cores: 0", "must be from 1 to 1024");
        assertThat(Captured.run("capacity").exitCode()).isEqualTo(2);
    }

    private static String[] with(String option) {
        String[] all = Arrays.copyOf(LOAD, LOAD.length + 1);
        all[LOAD.length] = option;
        return all;
    }
}

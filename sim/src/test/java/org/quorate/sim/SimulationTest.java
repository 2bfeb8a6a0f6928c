package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A slice of seeds, as the build runs them; {@code ./quorate simulate} runs more. */
class SimulationTest {
    /** Wide enough for every fault and most rare branches, short enough for the build. */
    private static final long SEEDS = 80;

    @Test
    void noSeedOfTheSliceBreaksAnInvariant() throws InterruptedException {
        List<String> failures = new ArrayList<>();
        Campaign.Summary summary = campaign(failures);
        assertThat(failures).isEmpty();
        assertThat(summary.runs()).isEqualTo(SEEDS);
        assertThat(summary.marks()).containsKeys("SNAP sent", "log read for a learner", "event");
        assertThat(summary.marks()).containsKeys("run with groups and weights");
        assertThat(summary.marks()).containsKeys("run with a lone server's directory");
        for (Fault fault : Fault.values()) {
            assertThat(summary.marks()).as("%s strikes", fault).containsKey("fault " + fault);
        }
        assertThat(summary.marks().get("write acknowledged")).isGreaterThan(SEEDS * 50);
    }

    private static Campaign.Summary campaign(List<String> failures) throws InterruptedException {
        Campaign.Listener listener =
                new Campaign.Listener() {
                    @Override
                    public void failed(Simulation.Outcome outcome) {
                        failures.add(
                                "./quorate simulate --seed %d: %s"
                                        .formatted(outcome.seed(), outcome.failure()));
                    }

                    @Override
                    public void progress(Campaign.Summary soFar) {}
                };
        return new Campaign(1, 1 + SEEDS, Long.MAX_VALUE, listener).run(2);
    }

    /** One of the voters to come hears of the leader when that has given up. */
    @Test
    void aLeaderIsNotToBlameForVotersOfAConfigurationThatIsOnlyProposed() {
        Simulation.Outcome outcome = Simulation.runFocused(64, "CHANGE_PLACES POWER");
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.marks()).containsKey("fault CHANGE_PLACES");
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (long seed : new long[] {3, 11, 97, 239}) {
            Simulation.Outcome once = Simulation.run(seed);
            Simulation.Outcome again = Simulation.runWithStory(seed);
            assertThat(again.traceHash()).as("seed %d", seed).isEqualTo(once.traceHash());
            assertThat(again.marks()).as("seed %d", seed).isEqualTo(once.marks());
            assertThat(again.events()).as("seed %d", seed).isEqualTo(once.events());
            assertThat(again.story()).as("seed %d", seed).isNotEmpty();
        }
        assertThat(Simulation.run(4).traceHash()).isNotEqualTo(Simulation.run(5).traceHash());
    }
}

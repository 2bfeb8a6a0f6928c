package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.quorate.node.Quorate;
import org.quorate.protocol.jute.Slice;

/** What {@code quorate train} does to a server. */
class TrainCommandTest {
    @Test
    void trainingEndsByItself() {
        assertThat(Main.commandLine().execute("train", "--znodes", "200")).isZero();
    }

    @Test
    void theExerciseLeavesItsZnodesAndNoSession() throws IOException {
        try (Quorate server = Quorate.builder().start()) {
            try (Exercise exercise = new Exercise(server.port())) {
                exercise.makeZnodes(120);
                exercise.workOn(120);
            }
            assertThat(server.server().<Integer>read(tree -> tree.sessionCount())).isZero();
            int znodes =
                    server.server()
                            .<Integer>read(
                                    tree -> tree.countDescendants(tree.find(Slice.of("/train"))));
            assertThat(znodes).isEqualTo(120);
        }
    }
}

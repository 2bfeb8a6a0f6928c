package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void aServerThatIsAllThatIsAskedForStartsWithoutTheOtherCommands() {
        assertThat(Main.serverAlone(List.of("serve"))).isInstanceOf(ServeCommand.class);
        assertThat(Main.serverAlone(List.of("serve", "zoo.cfg"))).isInstanceOf(ServeCommand.class);
        assertThat(Main.serverAlone(List.of("serve", "2181", "data", "2000", "60")))
                .isInstanceOf(ServeCommand.class);
        assertThat(Main.serverAlone(List.of("train"))).isInstanceOf(TrainCommand.class);
    }

    @Test
    void everythingElseIsReadAsACommandLine() {
        for (List<String> words :
                List.of(
                        List.<String>of(),
                        List.of("status"),
                        List.of("serve", "--help"),
                        List.of("serve", "@arguments"),
                        List.of("serve", "1", "2", "3", "4", "5"),
                        List.of("train", "--znodes", "9"))) {
            assertThat(Main.serverAlone(words)).as("%s", words).isNull();
        }
    }
}

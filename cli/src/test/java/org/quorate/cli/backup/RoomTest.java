package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    @TempDir Path dir;

    @Test
    void whatCannotFitIsRefusedBeforeAnythingIsWritten() throws IOException {
        Room.require(1, dir);
        assertThatThrownBy(() -> Room.require(Long.MAX_VALUE, dir))
                .hasMessageStartingWith(dir.toString())
                .hasMessageContaining("MB are needed here");
    }

    @Test
    void aDiskThatFillsUpMeanwhileIsSaidSo() {
        IOException other = new IOException("something else");
        assertThat(Room.explain(other, dir)).isSameAs(other);
        assertThat(Room.explain(new IOException("No space left on device"), dir))
                .hasMessage(dir + ": the disk is full; nothing was left half done");
    }
}

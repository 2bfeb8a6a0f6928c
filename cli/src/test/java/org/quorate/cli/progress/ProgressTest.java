package org.quorate.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nowNanos;

    private Progress progress(long total, boolean terminal) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Progress("restore", total, Progress.Unit.BYTES, out, terminal, () -> nowNanos);
    }

    private void seconds(double seconds) {
        nowNanos += (long) (seconds * 1e9);
    }

    private String said() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsQuickIsNotTalkedAbout() {
        try (Progress progress = progress(100, true)) {
            seconds(1.9);
            progress.add(100);
        }
        assertThat(said()).isEmpty();
    }

    @Test
    void onATerminalABarGrowsAndIsWipedInTheEnd() {
        try (Progress progress = progress(4_000_000, true)) {
            seconds(3);
            progress.add(1_000_000);
            assertThat(said())
                    .isEqualTo(
                            "\rrestore  [#######.......................]  25 %, 1.0 MB of 4.0 MB, 9 s left");
            seconds(0.1);
            progress.add(1_000_000);
            assertThat(said()).as("not more than five times a second").containsOnlyOnce("restore");
            seconds(0.2);
            progress.add(2_000_000);
            assertThat(said()).endsWith("100 %, 4.0 MB of 4.0 MB         ");
        }
        assertThat(said()).endsWith(" \r");
    }

    @Test
    void ofReadingEachFileIsToldAndCountedAnew() {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (ReadingProgress reading =
                new ReadingProgress((what, all) ->
                        new Progress(what, all, Progress.Unit.BYTES, out, false, () -> nowNanos))) {
            reading.at("snapshot.5", 0, 200);
            seconds(3);
            reading.at("snapshot.5", 100, 200);
            reading.at("log.6", 0, 1000);
            seconds(3);
            reading.at("log.6", 900, 1000);
        }
        assertThat(said())
                .isEqualTo(
                        "reading snapshot.5: 50 %, 100 bytes of 200 bytes, 3 s left\n"
                                + "reading log.6: 90 %, 900 bytes of 1.0 kB, 0 s left\n");
    }

    @Test
    void elsewhereItIsALineEveryFiveSeconds() {
        try (Progress progress = progress(0, false)) {
            for (int i = 0; i < 20; i++) {
                seconds(0.5);
                progress.add(10);
            }
        }
        assertThat(said()).isEqualTo("restore: 40 bytes\nrestore: 140 bytes\n");
    }
}

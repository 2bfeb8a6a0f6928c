package org.quorate.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String WIPED = "\r\u001b[K";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StatusLine line = new StatusLine(bytes, StandardCharsets.UTF_8);
    private long nowNanos;

    private Progress progress(long total, boolean terminal) {
        return begin("restore", total, Progress.Unit.BYTES, terminal);
    }

    private Progress begin(String what, long total, Progress.Unit unit, boolean terminal) {
        return terminal
                ? new Progress(what, total, unit, line, () -> nowNanos)
                : new Progress(what, total, unit, new PrintStream(bytes, true), () -> nowNanos);
    }

    private void seconds(double seconds) {
        nowNanos += (long) (seconds * 1e9);
    }

    /** As it is drawn: in the place of what was there, cut off at the terminal's edge. */
    private static String shown(String text) {
        return WIPED + "\u001b[?7l" + text + "\u001b[?7h";
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
                            shown(
                                    "restore  [#######.......................]  25 %, 1.0 MB of 4.0 MB, 9 s left"));
            seconds(0.1);
            progress.add(1_000_000);
            assertThat(said()).as("not more than five times a second").containsOnlyOnce("restore");
            seconds(0.2);
            progress.add(2_000_000);
            assertThat(said())
                    .endsWith(
                            shown(
                                    "restore  [##############################]  100 %, 4.0 MB of 4.0 MB"));
        }
        assertThat(said()).endsWith(WIPED);
    }

    @Test
    void whatOthersPrintGoesAboveTheBar() throws Exception {
        PrintStream others = new PrintStream(line, true, StandardCharsets.UTF_8);
        line.show("half");
        others.println("a line of the log");
        assertThat(said()).isEqualTo(shown("half") + WIPED + "a line of the log\n" + shown("half"));
        bytes.reset();
        others.print("a line ");
        line.show("most");
        others.println("in two pieces");
        assertThat(said())
                .as("nothing is put into a line that is not at its end")
                .isEqualTo(WIPED + "a line in two pieces\n" + shown("most"));
        bytes.reset();
        line.wipe();
        line.wipe();
        others.println("the last line");
        assertThat(said()).isEqualTo(WIPED + "the last line\n");
    }

    @Test
    void aServerThatIsStartedShowsWhatItReadsAndThenWhatItTakesIn() {
        TerminalProgress start =
                new TerminalProgress((what, total, unit) -> begin(what, total, unit, true));
        start.reading("/data/version-2/snapshot.5", 0, 200);
        seconds(3);
        start.reading("/data/version-2/snapshot.5", 100, 200);
        assertThat(said())
                .isEqualTo(
                        shown(
                                "reading snapshot.5  [###############...............]  50 %, 100 bytes of 200 bytes, 3 s left"));
        start.over();
        assertThat(said()).endsWith(WIPED);
        bytes.reset();
        start.takingIn(10);
        seconds(3);
        start.takingIn(500_000);
        start.over();
        assertThat(said()).isEqualTo(shown("taking in the leader's state  500000 znodes") + WIPED);
    }

    @Test
    void ofReadingEachFileIsToldAndCountedAnew() {
        try (ReadingProgress reading =
                new ReadingProgress((what, all, unit) -> begin(what, all, unit, false))) {
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

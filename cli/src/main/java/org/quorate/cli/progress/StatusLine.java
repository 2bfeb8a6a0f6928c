package org.quorate.cli.progress;

import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The last line of a terminal, on which stands how far something is. What is written through this
 * stream by others, a log's lines, goes above it. Any thread.
 */
final class StatusLine extends OutputStream {
    /**
     * Says whether standard error is a terminal, which Java cannot find out; the launcher sets it.
     */
    private static final String TERMINAL_PROPERTY = "quorate.terminal";

    private static final String WIPE = "\r\u001b[K";

    // A line longer than the terminal is wide is cut off: what is wrapped cannot be wiped.
    private static final String CUT = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private final OutputStream terminal;
    private final Charset charset;

    // Guarded by this: what is shown, and whether others have ended their line.
    private String shown = "";
    private boolean lineEnded = true;

    StatusLine(OutputStream terminal, Charset charset) {
        this.terminal = terminal;
        this.charset = charset;
    }

    /** Of this process's standard error, for what prints nothing else meanwhile. */
    static StatusLine ofStandardError() {
        PrintStream standard = System.err;
        return new StatusLine(standard, standard.charset());
    }

    /** Of this process's standard error, which goes through it from now on. */
    static StatusLine belowStandardError() {
        StatusLine line = ofStandardError();
        System.setErr(new PrintStream(line, true, line.charset));
        return line;
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where there is no terminal
    static boolean isOnTerminal() {
        String told = System.getProperty(TERMINAL_PROPERTY);
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        @Nullable Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** In the place of what was shown before. */
    synchronized void show(String line) {
        shown = line;
        if (lineEnded) {
            draw();
        }
    }

    /** Shows nothing any more. */
    synchronized void wipe() {
        if (!shown.isEmpty() && lineEnded) {
            put(WIPE);
        }
        shown = "";
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (!shown.isEmpty() && lineEnded) {
            put(WIPE);
        }
        terminal.write(bytes, from, length);
        lineEnded = bytes[from + length - 1] == '\n';
        if (!shown.isEmpty() && lineEnded) {
            draw();
        }
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public synchronized void flush() throws IOException {
        terminal.flush();
    }

    private void draw() {
        put(WIPE + CUT + shown + WRAP);
    }

    /** A terminal that is gone is no reason to stop what was to be shown. */
    private void put(String text) {
        try {
            terminal.write(text.getBytes(charset));
            terminal.flush();
        } catch (IOException e) {
            shown = "";
        }
    }
}

package org.quorate.cli.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** Reads lines from a person: editing, completion, a history that lasts. On one thread. */
final class Terminal {
    private static final int HISTORY_LINES_MAX = 1000;

    /** Lines that no file shall keep; patterns with colons between. */
    private static final String WITH_SECRETS = "*addauth*";

    private final Interpreter interpreter;
    private final Session session;

    Terminal(Interpreter interpreter, Session session) {
        this.interpreter = interpreter;
        this.session = session;
    }

    /** Until the person at this process's terminal quits. */
    void run() throws IOException, InterruptedException {
        try (org.jline.terminal.Terminal terminal =
                TerminalBuilder.builder().name("quorate").system(true).build()) {
            run(terminal, Path.of(System.getProperty("user.home", "."), ".quorate_history"));
        }
    }

    /** Until the person quits or the input ends. */
    void run(org.jline.terminal.Terminal terminal, Path historyFile) throws InterruptedException {
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(null);
        read(
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("quorate")
                        .parser(parser)
                        .completer(new PathCompleter(interpreter, session))
                        .variable(LineReader.HISTORY_FILE, historyFile)
                        .variable(LineReader.HISTORY_SIZE, HISTORY_LINES_MAX)
                        .variable(LineReader.HISTORY_IGNORE, WITH_SECRETS)
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .build());
    }

    private void read(LineReader reader) throws InterruptedException {
        String line = readLine(reader);
        while (line != null) {
            interpreter.line(line);
            line = session.isQuitting() ? null : readLine(reader);
        }
    }

    /** Null at the end; an interrupted line is given up, not the shell. */
    private @Nullable String readLine(LineReader reader) {
        try {
            return reader.readLine(prompt());
        } catch (UserInterruptException e) {
            return "";
        } catch (EndOfFileException e) {
            return null;
        }
    }

    private String prompt() {
        return new AttributedStringBuilder()
                .style(AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN))
                .append("[zk: ")
                .append(session.connectString())
                .append("(")
                .append(session.state())
                .append(") ")
                .append(String.valueOf(session.historySize()))
                .append("]")
                .style(AttributedStyle.DEFAULT)
                .append(" ")
                .toAnsi();
    }
}

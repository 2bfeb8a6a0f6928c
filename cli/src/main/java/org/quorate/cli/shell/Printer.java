package org.quorate.cli.shell;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes results, failures and events: as zkCli does, or as one JSON value a line. Results go to
 * standard output, failures to standard error. Any thread.
 */
final class Printer {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean interactive;
    private final boolean colours;
    private final JsonMapper mapper = new JsonMapper();

    /**
     * @param interactive a person is at the terminal: connection events are shown too
     * @param colours failures in red
     */
    Printer(PrintStream out, PrintStream err, boolean json, boolean interactive, boolean colours) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.interactive = interactive;
        this.colours = colours;
    }

    synchronized void result(Result result) {
        if (json) {
            out.println(mapper.writeValueAsString(result.json()));
        } else if (!result.text().isEmpty()) {
            out.println(result.text());
        }
        out.flush();
    }

    synchronized void failure(Failure failure) {
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("error", failure.code());
            fields.put("message", failure.getMessage());
            err.println(mapper.writeValueAsString(fields));
        } else {
            String message = failure.getMessage();
            err.println(colours ? RED + message + PLAIN : message);
        }
        err.flush();
    }

    /** A line for the person at the terminal; nothing elsewhere. */
    synchronized void note(String line) {
        if (interactive && !json) {
            out.println(line);
            out.flush();
        }
    }

    synchronized void event(WatchedEvent event) {
        boolean aboutTheConnection = event.getType() == Watcher.Event.EventType.None;
        if (aboutTheConnection && !interactive) {
            return;
        }
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("event", event.getType().name());
            fields.put("state", event.getState().name());
            fields.put("path", event.getPath());
            fields.put("zxid", event.getZxid());
            out.println(mapper.writeValueAsString(fields));
        } else {
            out.println("\nWATCHER::\n\n" + event);
        }
        out.flush();
    }
}

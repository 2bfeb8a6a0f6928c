package org.quorate.cli.files;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** Standard output, line by line, as text or as JSON. Owned by one thread. */
final class Output {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final PrintStream out;
    private final JsonMapper json = new JsonMapper();

    Output(PrintStream out) {
        this.out = out;
    }

    void line(String line) {
        out.println(line);
    }

    /** One JSON value on a line of its own. */
    void json(Object value) {
        out.println(json.writeValueAsString(value));
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /** A time of the wall clock in UTC. */
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }
}

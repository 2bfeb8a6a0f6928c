package org.quorate.cli.backup;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say which backup, and which point of it. Filled in by picocli. */
final class Choice {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--backup", paramLabel = "ID", description = "The latest by default.")
    private @Nullable String id;

    @Option(
            names = "--zxid",
            paramLabel = "HEX",
            description = "The last transaction; by default the backup's.")
    private @Nullable String zxid;

    @Option(
            names = "--time",
            paramLabel = "2026-01-31T12:00:00Z",
            description = "Up to this time, by the leader's clock in the transactions.")
    private @Nullable String time;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    Choice() {}

    /** Null for the latest. */
    @Nullable String id() {
        return id;
    }

    Restored.Point point() {
        try {
            return new Restored.Point(
                    zxid == null
                            ? Long.MAX_VALUE
                            : Long.parseUnsignedLong(zxid.replaceFirst("^0x", ""), 16),
                    time == null ? Long.MAX_VALUE : Instant.parse(time).toEpochMilli());
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "not a zxid or a time: " + e.getMessage());
        }
    }
}

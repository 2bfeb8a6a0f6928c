package org.quorate.cli.backup;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quorate.cli.ErrorLine;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code quorate backup schedule}: makes backups again and again, in the foreground, and removes
 * those that no rule keeps. A backup that fails is told, and tried again at the next time.
 */
@Command(
        name = "schedule",
        description = "Make backups at regular times, in the foreground, until SIGTERM or Ctrl-C.",
        footer = {"", "With rules (--keep-…) backups that no rule keeps are removed each time."},
        mixinStandardHelpOptions = true)
final class ScheduleCommand implements Callable<Integer> {
    private static final Pattern EVERY = Pattern.compile("(\\d{1,6})([smhd])");

    @Spec private CommandSpec spec;
    @Mixin private Creation creation = new Creation();
    @Mixin private Place.Destination to = new Place.Destination();
    @Mixin private Keep keep = new Keep();

    @Option(
            names = "--every",
            paramLabel = "1h",
            required = true,
            description = "30m, 1h, 1d: at multiples of it, by the clock (UTC).")
    private String every = "";

    @Option(names = "--times", paramLabel = "N", hidden = true, description = "Stop after so many.")
    private int times = Integer.MAX_VALUE;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    ScheduleCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        long everyMillis = period().toMillis();
        boolean well = true;
        for (int i = 0; i < times; i++) {
            long now = System.currentTimeMillis();
            TimeUnit.MILLISECONDS.sleep(everyMillis - now % everyMillis);
            well = once();
        }
        return well ? 0 : 1;
    }

    private Duration period() {
        Matcher matcher = EVERY.matcher(every);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--every " + every + ": say it like 30m, 1h or 1d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private boolean once() {
        try {
            System.out.println(creation.make(to));
            if (!keep.isEmpty()) {
                try (Repository repository = to.open()) {
                    repository.lock();
                    PruneCommand.prune(repository, keep, false);
                }
            }
            return true;
        } catch (IOException e) {
            System.err.println("quorate: " + Instant.now() + ": no backup: " + ErrorLine.of(e));
            return false;
        }
    }
}

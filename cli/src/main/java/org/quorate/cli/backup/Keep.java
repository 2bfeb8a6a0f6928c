package org.quorate.cli.backup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Option;

/**
 * Which backups stay: the last so many, and of each of the last so many hours, days, weeks and
 * months (UTC) in which there are backups the latest one. Filled in by picocli.
 */
final class Keep {
    @Option(names = "--keep-last", paramLabel = "N", description = "The last N.")
    private int last;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "One of each of N hours.")
    private int hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "One of each of N days.")
    private int daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "One of each of N weeks.")
    private int weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "One of each of N months.")
    private int monthly;

    Keep() {}

    Keep(int last, int hourly, int daily, int weekly, int monthly) {
        this.last = last;
        this.hourly = hourly;
        this.daily = daily;
        this.weekly = weekly;
        this.monthly = monthly;
    }

    /** Is there no rule at all? Then nothing is to go. */
    boolean isEmpty() {
        return last <= 0 && hourly <= 0 && daily <= 0 && weekly <= 0 && monthly <= 0;
    }

    /** Those that may go, the oldest first. */
    List<Manifest> superfluous(List<Manifest> all) {
        List<Manifest> newestFirst = all.reversed();
        Set<Manifest> kept =
                new HashSet<>(newestFirst.subList(0, Math.clamp(last, 0, newestFirst.size())));
        keep(newestFirst, hourly, time -> time.toLocalDate() + "T" + time.getHour(), kept);
        keep(newestFirst, daily, time -> time.toLocalDate().toString(), kept);
        keep(
                newestFirst,
                weekly,
                time ->
                        time.get(IsoFields.WEEK_BASED_YEAR)
                                + "-"
                                + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
                kept);
        keep(newestFirst, monthly, time -> time.getYear() + "-" + time.getMonthValue(), kept);
        List<Manifest> superfluous = new ArrayList<>(all);
        superfluous.removeAll(kept);
        return superfluous;
    }

    private static void keep(
            List<Manifest> newestFirst,
            int periods,
            Function<ZonedDateTime, String> period,
            Set<Manifest> kept) {
        Set<String> seen = new HashSet<>();
        for (Manifest backup : newestFirst) {
            ZonedDateTime time =
                    Instant.ofEpochMilli(backup.createdMillis()).atZone(ZoneOffset.UTC);
            if (seen.size() < periods && seen.add(period.apply(time))) {
                kept.add(backup);
            }
        }
    }
}

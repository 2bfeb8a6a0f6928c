package org.quorate.cli.progress;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how far something has come that takes more than two seconds; of what is quicker it says
 * nothing. On a terminal it is a bar that is wiped in the end, elsewhere a line every five seconds.
 * Owned by the thread that does the work.
 */
public final class Progress implements AutoCloseable {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long BAR_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int BAR_CHARS = 30;
    private static final String[] BYTE_UNITS = {"bytes", "kB", "MB", "GB", "TB"};

    /** What is counted. */
    public enum Unit {
        BYTES,
        ZNODES,
        /** Of a workload. */
        RUNS
    }

    private final String what;
    private final long total;
    private final Unit unit;
    private final @Nullable StatusLine bar;
    private final PrintStream lines;
    private final LongSupplier nowNanos;
    private final long startNanos;
    private long nextNanos;
    private long done;

    /** Makes the progress of something. */
    interface Begins {
        Progress begin(String what, long total, Unit unit);
    }

    /** A bar. */
    Progress(String what, long total, Unit unit, StatusLine bar, LongSupplier nowNanos) {
        this(what, total, unit, bar, System.err, nowNanos);
    }

    /** Lines. */
    Progress(String what, long total, Unit unit, PrintStream lines, LongSupplier nowNanos) {
        this(what, total, unit, null, lines, nowNanos);
    }

    private Progress(
            String what,
            long total,
            Unit unit,
            @Nullable StatusLine bar,
            PrintStream lines,
            LongSupplier nowNanos) {
        this.what = what;
        this.total = total;
        this.unit = unit;
        this.bar = bar;
        this.lines = lines;
        this.nowNanos = nowNanos;
        this.startNanos = nowNanos.getAsLong();
        this.nextNanos = startNanos + QUIET_NANOS;
    }

    /**
     * On standard error.
     *
     * @param what is done, in a word
     * @param total of units; 0 if it is not known
     */
    public static Progress begin(String what, long total, Unit unit) {
        return StatusLine.isOnTerminal()
                ? new Progress(what, total, unit, StatusLine.ofStandardError(), System::nanoTime)
                : new Progress(what, total, unit, System.err, System::nanoTime);
    }

    /** So much more is done. */
    public void add(long units) {
        done += units;
        long now = nowNanos.getAsLong();
        if (now - nextNanos < 0) {
            return;
        }
        if (bar != null) {
            nextNanos = now + BAR_EVERY_NANOS;
            bar.show(bar(now));
        } else {
            nextNanos = now + LINE_EVERY_NANOS;
            lines.println(what + ": " + figures(now));
        }
    }

    /** It is over, well or not. */
    @Override
    public void close() {
        if (bar != null) {
            bar.wipe();
        }
    }

    private String bar(long now) {
        if (total <= 0) {
            return what + "  " + figures(now);
        }
        int full = (int) (BAR_CHARS * Math.min(done, total) / total);
        return "%s  [%s%s]  %s"
                .formatted(what, "#".repeat(full), ".".repeat(BAR_CHARS - full), figures(now));
    }

    private String figures(long now) {
        if (total <= 0) {
            return amount(done);
        }
        long percent = 100 * Math.min(done, total) / total;
        String figures = "%d %%, %s of %s".formatted(percent, amount(done), amount(total));
        double seconds = (now - startNanos) / 1e9;
        return done <= 0 || done >= total
                ? figures
                : figures + ", %.0f s left".formatted(seconds * (total - done) / done);
    }

    private String amount(long units) {
        if (unit != Unit.BYTES) {
            return units + (unit == Unit.ZNODES ? " znodes" : " runs");
        }
        double shown = units;
        int scale = 0;
        while (shown >= 1000 && scale < BYTE_UNITS.length - 1) {
            shown /= 1000;
            scale++;
        }
        return scale == 0
                ? units + " bytes"
                : String.format(Locale.ROOT, "%.1f %s", shown, BYTE_UNITS[scale]);
    }
}

package org.quorate.bench;

import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Reads the accounts of servers and of this process before and after a run. Immutable. */
final class Meter {
    private static final List<Long> SELF = List.of(ProcessHandle.current().pid());

    private final Subject subject;
    private final long serverMicros;
    private final long loaderMicros;
    private final long writtenBytes;

    private Meter(Subject subject) throws IOException {
        this.subject = subject;
        serverMicros = subject.cpuMicros();
        loaderMicros = ProcessCpu.of(SELF).serverMicros();
        writtenBytes = subject.writtenBytes();
    }

    /** From now on. */
    static Meter start(Subject subject) throws IOException {
        return new Meter(subject);
    }

    /** What the run since {@link #start} has shown. */
    Figures stop(Loader.Result result) throws IOException {
        return stop(result.operations(), result.nanos(), result.latencyNanos());
    }

    /**
     * The same for a run that was counted in another way.
     *
     * @param nanos how long it took
     */
    Figures stop(long operations, long nanos, Histogram latencyNanos) throws IOException {
        double count = operations;
        return Figures.of(
                count * 1e9 / nanos,
                (subject.cpuMicros() - serverMicros) / count,
                (ProcessCpu.of(SELF).serverMicros() - loaderMicros) / count,
                (subject.writtenBytes() - writtenBytes) / count,
                latencyNanos);
    }
}

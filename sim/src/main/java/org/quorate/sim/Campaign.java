package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds, one after the other on each of some threads, until there are no more or the time is
 * up; and what they came to together. Runs share nothing but these counts.
 */
public final class Campaign {
    /** Hears how far it is; called by the campaign's threads, one at a time. */
    public interface Listener {
        /** A run has broken an invariant. */
        void failed(Simulation.Outcome outcome);

        /** Told about every second. */
        void progress(Summary soFar);
    }

    /**
     * What the runs until now came to.
     *
     * @param runs how many
     * @param failures how many of them broke an invariant
     * @param simulatedNanos how long they lasted in their worlds, together
     * @param realNanos how long it took
     * @param events how many things happened
     * @param marks faults by kind, rare branches reached
     */
    public record Summary(
            long runs,
            long failures,
            long simulatedNanos,
            long realNanos,
            long events,
            SortedMap<String, Long> marks) {}

    private static final long PROGRESS_EVERY_NANOS = 1_000_000_000L;

    private final long seedsTo;
    private final long nanosMax;
    private final Listener listener;
    private final AtomicLong nextSeed;
    private final Marks marks = new Marks();
    private long runs;
    private long failures;
    private long simulatedNanos;
    private long events;
    private long beganNanos;
    private long toldNanos;

    /**
     * @param seedsFrom the first seed
     * @param seedsTo behind the last
     * @param nanosMax real time after which no run is begun
     */
    public Campaign(long seedsFrom, long seedsTo, long nanosMax, Listener listener) {
        this.seedsTo = seedsTo;
        this.nanosMax = nanosMax;
        this.listener = listener;
        this.nextSeed = new AtomicLong(seedsFrom);
    }

    /** Runs on so many threads; returns when all are done. */
    public Summary run(int threads) throws InterruptedException {
        beganNanos = System.nanoTime();
        toldNanos = beganNanos;
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().name("quorate-sim-" + i).start(this::work));
        }
        for (Thread thread : all) {
            thread.join();
        }
        return summary();
    }

    private void work() {
        while (System.nanoTime() - beganNanos < nanosMax) {
            long seed = nextSeed.getAndIncrement();
            if (seed >= seedsTo) {
                return;
            }
            add(Simulation.run(seed));
        }
    }

    /** Guards the counts, and lets one thread at a time speak. */
    private synchronized void add(Simulation.Outcome outcome) {
        runs++;
        simulatedNanos += outcome.simulatedNanos();
        events += outcome.events();
        outcome.marks().forEach(marks::add);
        if (outcome.failure() != null) {
            failures++;
            listener.failed(outcome);
        }
        long now = System.nanoTime();
        if (now - toldNanos >= PROGRESS_EVERY_NANOS) {
            toldNanos = now;
            listener.progress(summary());
        }
    }

    private synchronized Summary summary() {
        return new Summary(
                runs,
                failures,
                simulatedNanos,
                System.nanoTime() - beganNanos,
                events,
                marks.counts());
    }
}

package org.quorate.node.insight;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.quorate.net.LatencyHistogram;

/**
 * How long the stages take, since the start, in one histogram each. What a batch shares is added
 * once for all of it. Each stage is written by one thread at a time (whoever holds the core);
 * {@link Stage#REPLY} is counted by the event loops and asked for. Read by anyone.
 */
public final class StageTimes {
    private final Map<Stage, LatencyHistogram> histograms = new EnumMap<>(Stage.class);
    private volatile Supplier<LatencyHistogram.Counts> deliveries =
            () -> LatencyHistogram.Counts.NONE;

    StageTimes() {
        for (Stage stage : Stage.values()) {
            histograms.put(stage, new LatencyHistogram());
        }
    }

    /** Where {@link Stage#REPLY} is counted. Before the server serves. */
    public void deliveries(Supplier<LatencyHistogram.Counts> counted) {
        deliveries = counted;
    }

    /** The histogram to add to; for whoever holds the core. */
    public LatencyHistogram of(Stage stage) {
        LatencyHistogram histogram = histograms.get(stage);
        if (histogram == null) {
            throw new IllegalStateException("no histogram of " + stage);
        }
        return histogram;
    }

    /** What was counted until now. */
    public LatencyHistogram.Counts counts(Stage stage) {
        return stage == Stage.REPLY ? deliveries.get() : of(stage).counts();
    }
}

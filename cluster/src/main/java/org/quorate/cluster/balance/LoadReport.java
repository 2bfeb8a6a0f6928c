package org.quorate.cluster.balance;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.Json;

/**
 * Reports a member's load, by dimension, as a share of what it can carry. Written only when a
 * dimension has moved by {@link #STEP_PER_MILLE} or more, and no more often than asked for. Safe
 * for many threads.
 */
public final class LoadReport implements AutoCloseable {
    /** Smallest change that is worth a write. */
    public static final int STEP_PER_MILLE = 25;

    /** What is reported at most: ten times the capacity. */
    public static final int MOST_PER_MILLE = 10_000;

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final Duration every;
    private final Supplier<Map<String, Double>> load;
    private final Reconciler reconciler;
    // Only the reconciler's step: what was written last, in per mille.
    private Map<String, Long> written = Map.of();
    private long writtenIn;

    private LoadReport(
            Coordinator coordinator,
            String path,
            Duration every,
            Supplier<Map<String, Double>> load) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.path = path;
        this.every = every;
        this.load = load;
        this.reconciler = coordinator.reconciler("load report at " + path, this::step);
    }

    /**
     * Reports under {@code path} as {@code member}.
     *
     * @param every how often the load is looked at
     * @param load by dimension, 1 for "all it can carry"; asked on a thread of the toolkit, so it
     *     must not block for long
     */
    public static LoadReport start(
            Coordinator coordinator,
            String path,
            String member,
            Duration every,
            Supplier<Map<String, Double>> load) {
        String own = Paths.join(Paths.check(path), Paths.checkName(member));
        LoadReport report = new LoadReport(coordinator, own, every, load);
        report.reconciler.start();
        return report;
    }

    /** Reports no more; the last report goes with the session. */
    @Override
    public void close() {
        reconciler.close();
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        Map<String, Long> now = perMille(load.get());
        if (writtenIn == session.id() && near(now, written)) {
            return Step.Next.after(every);
        }
        Bytes data = Bytes.utf8(Json.ofNumbers(now).toString());
        Optional<Znode> there = znodes.read(path);
        Transaction transaction = Transaction.in(session);
        if (there.isPresent() && there.get().ownerSession() == session.id()) {
            transaction.put(path, data, there.get().version());
        } else {
            if (there.isPresent()) {
                transaction.delete(path, there.get().version());
            }
            transaction.createEphemeral(path, data);
        }
        Outcome outcome = znodes.commit(transaction);
        if (!outcome.done()) {
            znodes.ensure(Paths.parent(path));
            return Step.Next.after(Duration.ofMillis(50));
        }
        written = now;
        writtenIn = session.id();
        return Step.Next.after(every);
    }

    private static Map<String, Long> perMille(Map<String, Double> load) {
        Map<String, Long> all = new TreeMap<>();
        load.forEach((dimension, share) -> {
            double finite = Double.isFinite(share) ? share : MOST_PER_MILLE;
            long rounded = Math.round(finite * 1_000);
            all.put(dimension, Math.max(0, Math.min(MOST_PER_MILLE, rounded)));
        });
        return all;
    }

    private static boolean near(Map<String, Long> now, Map<String, Long> before) {
        if (!now.keySet().equals(before.keySet())) {
            return false;
        }
        return now.entrySet().stream()
                .allMatch(one -> {
                    long old = before.getOrDefault(one.getKey(), 0L);
                    return Math.abs(one.getValue() - old) < STEP_PER_MILLE;
                });
    }
}

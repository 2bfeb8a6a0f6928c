package org.quorate.cluster.balance;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses members for requests by their reported load, damped. A member counts by its most loaded
 * dimension, each times its weight. Safe for many threads; choosing is without I/O.
 */
public final class Balancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);

    private final Coordinator coordinator;
    private final String path;
    private final Map<String, Double> weights;
    private final Duration every;
    private final Mirror mirror;
    private final Reconciler reconciler;
    private volatile Shares shares = Shares.none();

    private Balancer(
            Coordinator coordinator, String path, Map<String, Double> weights, Duration every) {
        this.coordinator = coordinator;
        this.path = Paths.check(path);
        this.weights = Map.copyOf(weights);
        this.every = every;
        this.reconciler = coordinator.reconciler("balancer at " + path, this::step);
        this.mirror =
                Mirror.open(
                        coordinator,
                        path,
                        1,
                        (now, changes) -> {
                            if (changes.stream().anyMatch(one -> one.created() || one.deleted())) {
                                reconciler.wake(); // Comings and goings do not wait.
                            }
                        });
    }

    /**
     * Follows the reports under {@code path}.
     *
     * @param weights by dimension; those not named count nothing
     * @param every how often shares are adjusted: not faster than members report
     */
    public static Balancer start(
            Coordinator coordinator, String path, Map<String, Double> weights, Duration every) {
        Balancer balancer = new Balancer(coordinator, path, weights, every);
        balancer.reconciler.start();
        return balancer;
    }

    /** A member for the next request; empty if none reports. */
    public Optional<String> choose() {
        String drawn = shares.draw(coordinator.host().random());
        return drawn.isEmpty() ? Optional.empty() : Optional.of(drawn);
    }

    /** The shares now. */
    public Shares shares() {
        return shares;
    }

    /** Ends following; the shares stay. */
    @Override
    public void close() {
        mirror.close();
        reconciler.close();
    }

    private Step.Next step() {
        Map<String, Double> load = new TreeMap<>();
        NavigableMap<String, Znode> now = mirror.now();
        for (Znode znode : now.values()) {
            if (!znode.path().equals(path)) {
                load(znode).ifPresent(one -> load.put(znode.name(), one));
            }
        }
        shares = shares.adjusted(load);
        return Step.Next.after(every);
    }

    private Optional<Double> load(Znode znode) {
        try {
            double most = 0;
            for (Map.Entry<String, Long> one :
                    Json.parseObject(znode.data().text()).asNumbers().entrySet()) {
                double weight = weights.getOrDefault(one.getKey(), 0.0);
                most = Math.max(most, weight * one.getValue().doubleValue());
            }
            return Optional.of(most);
        } catch (MalformedJsonException unreadable) {
            LOG.warn("not a load report: {}: {}", znode.path(), unreadable.getMessage());
            return Optional.empty();
        }
    }
}

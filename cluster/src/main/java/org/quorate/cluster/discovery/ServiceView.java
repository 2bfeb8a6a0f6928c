package org.quorate.cluster.discovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Consumer;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service, followed as they come and go. While the service cannot be reached
 * it keeps what it knew. Safe for many threads.
 */
public final class ServiceView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceView.class);

    private final Coordinator coordinator;
    private final String path;
    private final Consumer<List<Instance>> listener;
    private final Mirror mirror;
    private volatile List<Instance> all = List.of();
    private volatile List<Instance> enabled = List.of();
    private volatile boolean complete;

    private ServiceView(Coordinator coordinator, String path, Consumer<List<Instance>> listener) {
        this.coordinator = coordinator;
        this.path = path;
        this.listener = listener;
        this.mirror = Mirror.open(coordinator, path, 1, (now, changes) -> update(now));
    }

    /**
     * Follows {@code service} under {@code base}.
     *
     * @param listener gets all instances after each change, on a thread of the toolkit
     */
    public static ServiceView watch(
            Coordinator coordinator,
            String base,
            String service,
            Consumer<List<Instance>> listener) {
        String path = Paths.join(Paths.check(base), Paths.checkName(service));
        return new ServiceView(coordinator, path, listener);
    }

    /** All instances in the order of their names, enabled or not. */
    public List<Instance> instances() {
        return all;
    }

    /** Chooses among the enabled instances; no I/O. */
    public Optional<Instance> choose(Choice choice) {
        return choice.choose(enabled, coordinator.host().random());
    }

    /**
     * Waits until the view is complete for the first time.
     *
     * @return whether it is
     */
    public boolean awaitComplete(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> complete, atMost.toNanos());
    }

    /** Ends following. */
    @Override
    public void close() {
        mirror.close();
    }

    private void update(NavigableMap<String, Znode> now) {
        List<Instance> found = new ArrayList<>();
        for (Znode znode : now.values()) {
            if (!znode.path().equals(path)) {
                try {
                    found.add(Instance.fromJson(Json.parseObject(znode.data().text())));
                } catch (MalformedJsonException unreadable) {
                    LOG.warn("not an instance: {}: {}", znode.path(), unreadable.getMessage());
                }
            }
        }
        all = List.copyOf(found);
        enabled = found.stream().filter(Instance::enabled).toList();
        complete = true;
        coordinator.host().signal();
        listener.accept(all);
    }
}

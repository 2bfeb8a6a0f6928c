package org.quorate.cluster.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Change;
import org.quorate.cluster.coordinator.Link;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;

/** The way between one process and the service: time passes on it, and things get lost. */
final class SimulatedLink implements Link {
    private final World world;
    private final SimulatedService service;
    private final SimulatedHost host;
    private boolean loseNextAnswer;
    private boolean strandedServerProves;
    // What the cut-off server knows; null while it has a leader.
    private @Nullable Map<String, Znode> stale;

    SimulatedLink(World world, SimulatedService service, SimulatedHost host) {
        this.world = world;
        this.service = service;
        this.host = host;
    }

    void strand() {
        if (stale == null) {
            stale = service.image();
        }
    }

    void rejoin() {
        if (stale != null) {
            stale = null;
            host.noticeDisconnection(); // The server drops its clients when it changes sides.
        }
    }

    boolean stranded() {
        return stale != null;
    }

    void loseNextAnswer() {
        loseNextAnswer = true;
    }

    void strandedServerProves() {
        strandedServerProves = true;
    }

    @Override
    public long sessionId() {
        return host.sessionId();
    }

    @Override
    public Optional<Znode> get(String path) throws KeeperException {
        return read(() -> service.get(path), image -> Optional.ofNullable(image.get(path)));
    }

    @Override
    public List<Optional<Znode>> getAll(List<String> paths) throws KeeperException {
        return read(
                () -> paths.stream().map(service::get).toList(),
                image -> paths.stream().map(path -> Optional.ofNullable(image.get(path))).toList());
    }

    @Override
    public Optional<List<String>> list(String path) throws KeeperException {
        return read(() -> service.list(path), image -> childrenIn(image, path));
    }

    private static Optional<List<String>> childrenIn(Map<String, Znode> image, String path) {
        if (!image.containsKey(path)) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (Znode znode : image.values()) {
            if (!znode.path().equals("/") && Paths.parent(znode.path()).equals(path)) {
                names.add(znode.name());
            }
        }
        return Optional.of(names);
    }

    @Override
    public void sync(String path) throws KeeperException {
        request();
        if (stale != null) {
            throw stuck();
        }
        answer();
    }

    @Override
    public Outcome multi(long sessionId, List<Change> changes) throws KeeperException {
        if (sessionId != 0 && sessionId != host.sessionId()) {
            throw new KeeperException.SessionExpiredException();
        }
        long carriedBy = request();
        if (stale != null) {
            if (strandedServerProves && changes.get(0) instanceof Change.Check) {
                answer();
                return new Outcome.Done(List.of());
            }
            throw stuck();
        }
        Outcome outcome = service.multi(carriedBy, changes);
        if (loseNextAnswer) {
            loseNextAnswer = false;
            throw lost();
        }
        answer();
        return outcome;
    }

    @Override
    public long watch(String path, Consumer<String> changed) throws KeeperException {
        long carriedBy = request();
        if (stale != null) {
            throw stuck();
        }
        service.watch(
                carriedBy, path, changedPath -> deliver(carriedBy, changedPath, changed), changed);
        answer();
        return carriedBy;
    }

    private void deliver(long sessionId, String path, Consumer<String> changed) {
        if (!host.reachable() || stale != null || host.sessionId() != sessionId) {
            return;
        }
        world.at(
                world.nowNanos() + host.delayNanos(),
                host,
                () -> {
                    if (host.reachable() && host.connected() && host.sessionId() == sessionId) {
                        changed.accept(path);
                    }
                });
    }

    @Override
    public @Nullable Duration reconnectGrace(long sessionId) throws KeeperException {
        boolean offered = read(service::offersBinding, image -> service.offersBinding());
        return offered ? Duration.ofNanos(host.graceNanos()) : null;
    }

    @Override
    public void bindToConnection(long sessionId, Duration grace) throws KeeperException {
        request();
        host.graceNanos(grace.toNanos());
        answer();
    }

    @Override
    public void unwatch(String path, Consumer<String> changed) {
        service.unwatch(changed);
    }

    private interface Look<T> {
        T look();
    }

    private interface StaleLook<T> {
        T look(Map<String, Znode> image);
    }

    private <T> T read(Look<T> fresh, StaleLook<T> old) throws KeeperException {
        request();
        T found = stale == null ? fresh.look() : old.look(stale);
        answer();
        return found;
    }

    /**
     * The request's way. Returns the session at whose server it has arrived.
     *
     * @throws KeeperException if it did not arrive, or the session is over
     */
    private long request() throws KeeperException {
        long sessionId = host.sessionId();
        pass();
        if (!host.reachable() || !host.connected() || host.sessionId() != sessionId) {
            throw lost();
        }
        if (stale == null) {
            if (!service.alive(sessionId)) {
                host.noticeExpiry(sessionId);
                throw new KeeperException.SessionExpiredException();
            }
            service.touch(sessionId);
        }
        return sessionId;
    }

    private void answer() throws KeeperException {
        pass();
        if (!host.reachable()) {
            throw lost();
        }
    }

    private void pass() {
        world.passUntil(world.nowNanos() + host.delayNanos());
        host.waitOutPause();
    }

    private KeeperException lost() {
        host.noticeDisconnection();
        return new KeeperException.ConnectionLossException();
    }

    /** A server without a leader takes the request and never answers; the client gives up. */
    private KeeperException stuck() {
        for (int i = 0; i < 10 && stale != null; i++) {
            pass();
        }
        return lost();
    }
}

package org.quorate.cluster.simulated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Change;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Outcome.Reason;
import org.quorate.cluster.coordinator.Outcome.Written;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;

/**
 * The service as its clients know it: one tree, one order of transactions, sessions that expire on
 * true time. Every call happens at one instant; what lies between asking and answering is the
 * {@link SimulatedHost}'s.
 */
final class SimulatedService {
    private final World world;
    private final NavigableMap<String, Node> nodes = new TreeMap<>();
    private final Map<Long, LiveSession> sessions = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private long zxid;
    private long lastSession = 0x1000;
    private long touchLagNanos;
    private boolean bindsSessions;

    SimulatedService(World world) {
        this.world = world;
        nodes.put("/", new Node(Bytes.NONE, 0, 0, 0));
    }

    void touchLagNanos(long most) {
        touchLagNanos = most;
    }

    long open(long timeoutNanos) {
        long id = ++lastSession;
        zxid++;
        LiveSession session = new LiveSession(timeoutNanos);
        sessions.put(id, session);
        touch(id);
        checkExpiry(id, session);
        return id;
    }

    boolean alive(long sessionId) {
        return sessions.containsKey(sessionId);
    }

    /** A sign of life, of which the leader may learn only later. */
    void touch(long sessionId) {
        LiveSession session = sessions.get(sessionId);
        if (session != null) {
            long lag = touchLagNanos == 0 ? 0 : world.random().nextLong(touchLagNanos + 1);
            session.deadlineNanos =
                    Math.max(session.deadlineNanos, world.nowNanos() - lag + session.timeoutNanos);
        }
    }

    private void checkExpiry(long id, LiveSession session) {
        world.at(
                session.deadlineNanos,
                null,
                () -> {
                    if (sessions.get(id) != session) {
                        return;
                    }
                    if (session.deadlineNanos <= world.nowNanos()) {
                        expire(id);
                    } else {
                        checkExpiry(id, session);
                    }
                });
    }

    /** Offers from now on to bind sessions to their connection. */
    void bindsSessions() {
        bindsSessions = true;
    }

    boolean offersBinding() {
        return bindsSessions;
    }

    /** A server has seen the connection end that a session is bound to. */
    void disconnected(long sessionId, long graceNanos) {
        LiveSession session = sessions.get(sessionId);
        if (session != null) {
            int connection = session.connection;
            world.at(
                    world.nowNanos() + graceNanos,
                    null,
                    () -> {
                        if (sessions.get(sessionId) == session
                                && session.connection == connection) {
                            expire(sessionId);
                        }
                    });
        }
    }

    /** A session is back on a new connection. */
    void reconnected(long sessionId) {
        LiveSession session = sessions.get(sessionId);
        if (session != null) {
            session.connection++;
        }
        touch(sessionId);
    }

    void expire(long sessionId) {
        if (sessions.remove(sessionId) == null) {
            return;
        }
        zxid++;
        List<String> owned = new ArrayList<>();
        nodes.forEach((path, node) -> {
            if (node.owner == sessionId) {
                owned.add(path);
            }
        });
        owned.forEach(this::remove);
        watches.removeIf(watch -> watch.sessionId == sessionId);
        owned.forEach(this::fire);
    }

    void deleteByHand(String path) {
        if (nodes.containsKey(path) && !hasChildren(path)) {
            zxid++;
            remove(path);
            fire(path);
        }
    }

    Optional<Znode> get(String path) {
        Node node = nodes.get(path);
        return node == null ? Optional.empty() : Optional.of(node.read(path, childCount(path)));
    }

    Optional<List<String>> list(String path) {
        return nodes.containsKey(path) ? Optional.of(children(path)) : Optional.empty();
    }

    /** Carries out all or nothing, by doing it on the way and undoing it where it fails. */
    Outcome multi(long sessionId, List<Change> changes) {
        Deque<Runnable> undo = new ArrayDeque<>();
        zxid++;
        List<Written> written = new ArrayList<>();
        List<String> touched = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Reason reason = refusal(change);
            if (reason != null) {
                undo.forEach(Runnable::run);
                return new Outcome.Refused(i, reason, change.path());
            }
            Written left = apply(sessionId, change, undo);
            written.add(left);
            if (!(change instanceof Change.Check)) {
                touched.add(left.path());
            }
        }
        touched.forEach(this::fire);
        return new Outcome.Done(written);
    }

    private @Nullable Reason refusal(Change change) {
        if (change instanceof Change.Create create) {
            if (!nodes.containsKey(Paths.parent(create.path()))) {
                return Reason.MISSING;
            }
            return !create.sequential() && nodes.containsKey(create.path()) ? Reason.EXISTS : null;
        }
        Node node = nodes.get(change.path());
        if (node == null) {
            return Reason.MISSING;
        }
        int version;
        if (change instanceof Change.Put put) {
            version = put.version();
        } else if (change instanceof Change.Delete delete) {
            version = delete.version();
        } else {
            version = ((Change.Check) change).version();
        }
        if (version != -1 && version != node.version) {
            return Reason.CHANGED;
        }
        return change instanceof Change.Delete && hasChildren(change.path())
                ? Reason.NOT_EMPTY
                : null;
    }

    private Written apply(long sessionId, Change change, Deque<Runnable> undo) {
        String path = change.path();
        if (!path.equals("/")) {
            restoreLater(Paths.parent(path), undo);
        }
        restoreLater(path, undo);
        if (change instanceof Change.Create create) {
            Node parent = node(Paths.parent(path));
            String name =
                    create.sequential() ? path + String.format("%010d", parent.childVersion) : path;
            parent.childVersion++;
            long owner = create.ephemeral() ? sessionId : 0;
            restoreLater(name, undo);
            nodes.put(name, new Node(create.data(), zxid, owner, millis()));
            return new Written(name, 0, zxid);
        }
        if (change instanceof Change.Put put) {
            Node node = node(path);
            node.data = put.data();
            node.version++;
            node.modifiedZxid = zxid;
            node.modifiedMillis = millis();
            return new Written(path, node.version, zxid);
        }
        if (change instanceof Change.Delete) {
            remove(path);
        }
        return new Written(path, Written.UNKNOWN, zxid);
    }

    private void restoreLater(String path, Deque<Runnable> undo) {
        Node node = nodes.get(path);
        if (node == null) {
            undo.push(() -> nodes.remove(path));
        } else {
            Node before = node.copy();
            undo.push(() -> nodes.put(path, before));
        }
    }

    void watch(long sessionId, String path, Consumer<String> deliver, Consumer<String> identity) {
        watches.removeIf(watch -> watch.sessionId == sessionId && watch.identity.equals(identity));
        watches.add(new Watch(sessionId, path, deliver, identity));
    }

    void unwatch(Consumer<String> identity) {
        watches.removeIf(watch -> watch.identity.equals(identity));
    }

    private void fire(String path) {
        for (Watch watch : List.copyOf(watches)) {
            boolean below = watch.path.equals("/") || path.startsWith(watch.path + "/");
            if (below || path.equals(watch.path)) {
                watch.deliver.accept(path);
            }
        }
    }

    private void remove(String path) {
        nodes.remove(path);
        node(Paths.parent(path)).childVersion++;
    }

    private Node node(String path) {
        Node node = nodes.get(path);
        if (node == null) {
            throw new IllegalStateException("no znode at " + path);
        }
        return node;
    }

    private boolean hasChildren(String path) {
        return !children(path).isEmpty();
    }

    private int childCount(String path) {
        return children(path).size();
    }

    private List<String> children(String path) {
        String prefix = path.equals("/") ? "/" : path + "/";
        List<String> names = new ArrayList<>();
        for (String below : nodes.tailMap(prefix, false).keySet()) {
            if (!below.startsWith(prefix)) {
                break;
            }
            String name = below.substring(prefix.length());
            if (name.indexOf('/') < 0) {
                names.add(name);
            }
        }
        return names;
    }

    private long millis() {
        return SimulatedHost.EPOCH_MILLIS + world.nowNanos() / 1_000_000;
    }

    /** A frozen image for servers that have lost the leader. */
    Map<String, Znode> image() {
        Map<String, Znode> image = new LinkedHashMap<>();
        nodes.forEach((path, node) -> image.put(path, node.read(path, childCount(path))));
        return image;
    }

    private static final class LiveSession {
        private final long timeoutNanos;
        private long deadlineNanos;
        private int connection;

        LiveSession(long timeoutNanos) {
            this.timeoutNanos = timeoutNanos;
        }
    }

    private record Watch(
            long sessionId, String path, Consumer<String> deliver, Consumer<String> identity) {}

    private static final class Node {
        private Bytes data;
        private final long createdZxid;
        private long modifiedZxid;
        private int version;
        private int childVersion;
        private final long owner;
        private final long createdMillis;
        private long modifiedMillis;

        Node(Bytes data, long zxid, long owner, long millis) {
            this.data = data;
            this.createdZxid = zxid;
            this.modifiedZxid = zxid;
            this.owner = owner;
            this.createdMillis = millis;
            this.modifiedMillis = millis;
        }

        Node copy() {
            Node copy = new Node(data, createdZxid, owner, createdMillis);
            copy.modifiedZxid = modifiedZxid;
            copy.version = version;
            copy.childVersion = childVersion;
            copy.modifiedMillis = modifiedMillis;
            return copy;
        }

        Znode read(String path, int children) {
            return new Znode(
                    path,
                    data,
                    createdZxid,
                    modifiedZxid,
                    version,
                    childVersion,
                    owner,
                    createdMillis,
                    modifiedMillis,
                    children);
        }
    }
}

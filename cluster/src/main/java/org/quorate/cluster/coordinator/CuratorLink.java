package org.quorate.cluster.coordinator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Outcome.Reason;
import org.quorate.cluster.coordinator.Outcome.Written;

/**
 * The link over Curator's handle. It goes to the handle itself, below Curator's retries: a handle
 * has one session for life, so what was done with it is known to have been done in that session.
 */
final class CuratorLink implements Link {
    /** How many reads are under way at once. */
    private static final int READS_IN_FLIGHT_MAX = 512;

    /** A virtual node of Quorate's servers, under no client's namespace. */
    private static final String RECONNECT_GRACE = "/zookeeper/quorate/reconnectGrace";

    private final CuratorFramework client;
    private final String root;
    private final Map<Consumer<String>, Watcher> watchers = new ConcurrentHashMap<>();

    CuratorLink(CuratorFramework client) {
        this.client = client;
        String namespace = client.getNamespace();
        this.root = namespace == null || namespace.isEmpty() ? "" : "/" + namespace;
    }

    @Override
    public long sessionId() {
        try {
            return handle().getSessionId();
        } catch (KeeperException none) {
            return 0;
        }
    }

    @Override
    public Optional<Znode> get(String path) throws KeeperException, InterruptedException {
        return result(get(handle(), path));
    }

    @Override
    public List<Optional<Znode>> getAll(List<String> paths)
            throws KeeperException, InterruptedException {
        ZooKeeper handle = handle();
        List<Optional<Znode>> all = new ArrayList<>(paths.size());
        for (int from = 0; from < paths.size(); from += READS_IN_FLIGHT_MAX) {
            int to = Math.min(paths.size(), from + READS_IN_FLIGHT_MAX);
            List<CompletableFuture<Optional<Znode>>> underWay = new ArrayList<>(to - from);
            for (String path : paths.subList(from, to)) {
                underWay.add(get(handle, path));
            }
            for (CompletableFuture<Optional<Znode>> one : underWay) {
                all.add(result(one));
            }
        }
        return all;
    }

    private CompletableFuture<Optional<Znode>> get(ZooKeeper handle, String path) {
        CompletableFuture<Optional<Znode>> answer = new CompletableFuture<>();
        handle.getData(
                absolute(path),
                false,
                (code, asked, context, data, stat) -> {
                    if (code == Code.OK.intValue()) {
                        answer.complete(Optional.of(znode(path, data, stat)));
                    } else {
                        answerAbsentOrFail(answer, code, path);
                    }
                },
                null);
        return answer;
    }

    @Override
    public Optional<List<String>> list(String path) throws KeeperException, InterruptedException {
        CompletableFuture<Optional<List<String>>> answer = new CompletableFuture<>();
        handle().getChildren(
                        absolute(path),
                        false,
                        (code, asked, context, names) -> {
                            if (code == Code.OK.intValue()) {
                                answer.complete(Optional.of(names));
                            } else {
                                answerAbsentOrFail(answer, code, path);
                            }
                        },
                        null);
        return result(answer);
    }

    @Override
    public void sync(String path) throws KeeperException, InterruptedException {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        handle().sync(
                        absolute(path),
                        (code, asked, context) -> {
                            if (code == Code.OK.intValue()) {
                                answer.complete(true);
                            } else {
                                answer.completeExceptionally(
                                        KeeperException.create(Code.get(code), path));
                            }
                        },
                        null);
        result(answer);
    }

    @Override
    public Outcome multi(long sessionId, List<Change> changes)
            throws KeeperException, InterruptedException {
        ZooKeeper handle = handle();
        if (sessionId != 0 && handle.getSessionId() != sessionId) {
            throw new KeeperException.SessionExpiredException();
        }
        List<Op> ops = new ArrayList<>(changes.size());
        for (Change change : changes) {
            ops.add(op(change));
        }
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        handle.multi(
                ops,
                (code, asked, context, results) -> answerMulti(answer, code, results, changes),
                null);
        return result(answer);
    }

    private void answerMulti(
            CompletableFuture<Outcome> answer,
            int code,
            @Nullable List<OpResult> results,
            List<Change> changes) {
        if (code == Code.OK.intValue() && results != null) {
            answer.complete(done(changes, results));
            return;
        }
        int index = 0;
        if (results != null) {
            while (index < results.size() - 1 && !isTheError(results.get(index))) {
                index++;
            }
        }
        String path = changes.get(index).path();
        Reason reason = reason(Code.get(code));
        if (reason == null) {
            // A client that is closed tells "expired" also for what it had sent already.
            boolean unsure =
                    code == Code.SESSIONEXPIRED.intValue()
                            && client.getState() == CuratorFrameworkState.STOPPED;
            Code told = unsure ? Code.CONNECTIONLOSS : Code.get(code);
            answer.completeExceptionally(KeeperException.create(told, path));
        } else {
            answer.complete(new Outcome.Refused(index, reason, path));
        }
    }

    /** The others carry OK (before it) or RUNTIMEINCONSISTENCY (behind it). */
    private static boolean isTheError(OpResult result) {
        return result instanceof OpResult.ErrorResult error
                && error.getErr() != Code.OK.intValue()
                && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue();
    }

    private static @Nullable Reason reason(Code code) {
        switch (code) {
            case NODEEXISTS:
                return Reason.EXISTS;
            case NONODE:
                return Reason.MISSING;
            case BADVERSION:
                return Reason.CHANGED;
            case NOTEMPTY:
                return Reason.NOT_EMPTY;
            default:
                return null;
        }
    }

    private Outcome done(List<Change> changes, List<OpResult> results) {
        long zxid = Written.UNKNOWN;
        for (OpResult result : results) {
            if (result instanceof OpResult.SetDataResult set) {
                zxid = set.getStat().getMzxid();
            }
        }
        List<Written> written = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            OpResult result = results.get(i);
            if (result instanceof OpResult.SetDataResult set) {
                written.add(new Written(changes.get(i).path(), set.getStat().getVersion(), zxid));
            } else if (result instanceof OpResult.CreateResult create) {
                written.add(new Written(relative(create.getPath()), 0, zxid));
            } else {
                written.add(new Written(changes.get(i).path(), Written.UNKNOWN, zxid));
            }
        }
        return new Outcome.Done(written);
    }

    private Op op(Change change) {
        String path = absolute(change.path());
        if (change instanceof Change.Create create) {
            CreateMode mode =
                    create.sequential()
                            ? create.ephemeral()
                                    ? CreateMode.EPHEMERAL_SEQUENTIAL
                                    : CreateMode.PERSISTENT_SEQUENTIAL
                            : create.ephemeral() ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT;
            return Op.create(path, create.data().array(), ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
        }
        if (change instanceof Change.Put put) {
            return Op.setData(path, put.data().array(), put.version());
        }
        if (change instanceof Change.Delete delete) {
            return Op.delete(path, delete.version());
        }
        return Op.check(path, ((Change.Check) change).version());
    }

    @Override
    public long watch(String path, Consumer<String> changed)
            throws KeeperException, InterruptedException {
        Watcher watcher =
                watchers.computeIfAbsent(
                        changed,
                        unused ->
                                event -> {
                                    if (event.getPath() != null) {
                                        changed.accept(relative(event.getPath()));
                                    }
                                });
        ZooKeeper handle = handle();
        handle.addWatch(absolute(path), watcher, AddWatchMode.PERSISTENT_RECURSIVE);
        return handle.getSessionId();
    }

    @Override
    public @Nullable Duration reconnectGrace(long sessionId)
            throws KeeperException, InterruptedException {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        handleOf(sessionId)
                .getData(
                        RECONNECT_GRACE,
                        false,
                        (code, asked, context, data, stat) -> {
                            if (code == Code.OK.intValue()) {
                                answer.complete(
                                        Optional.of(new String(data, StandardCharsets.UTF_8)));
                            } else {
                                answerAbsentOrFail(answer, code, RECONNECT_GRACE);
                            }
                        },
                        null);
        Optional<String> millis = result(answer);
        return millis.isEmpty() ? null : Duration.ofMillis(Long.parseLong(millis.get()));
    }

    @Override
    public void bindToConnection(long sessionId, Duration grace)
            throws KeeperException, InterruptedException {
        byte[] millis = Long.toString(grace.toMillis()).getBytes(StandardCharsets.UTF_8);
        handleOf(sessionId).setData(RECONNECT_GRACE, millis, Transaction.ANY_VERSION);
    }

    private ZooKeeper handleOf(long sessionId) throws KeeperException {
        ZooKeeper handle = handle();
        if (handle.getSessionId() != sessionId) {
            throw new KeeperException.SessionExpiredException();
        }
        return handle;
    }

    @Override
    public void unwatch(String path, Consumer<String> changed) {
        Watcher watcher = watchers.remove(changed);
        if (watcher == null) {
            return;
        }
        try {
            handle().removeWatches(
                            absolute(path),
                            watcher,
                            Watcher.WatcherType.Any,
                            true,
                            (code, asked, context) -> {},
                            null);
        } catch (KeeperException gone) {
            // The watch went with its connection.
        }
    }

    private ZooKeeper handle() throws KeeperException {
        try {
            return client.getZookeeperClient().getZooKeeper();
        } catch (KeeperException failed) {
            throw failed;
        } catch (Exception failed) {
            // Curator's door declares Exception: closed, or it could not make a new handle.
            KeeperException lost = new KeeperException.ConnectionLossException();
            lost.initCause(failed);
            throw lost;
        }
    }

    private static <T> T result(CompletableFuture<T> answer)
            throws KeeperException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof KeeperException told) {

                throw told;
            }
            throw new IllegalStateException("unexpected answer", failed);
        }
    }

    private static <T> void answerAbsentOrFail(
            CompletableFuture<Optional<T>> answer, int code, String path) {
        if (code == Code.NONODE.intValue()) {
            answer.complete(Optional.empty());
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
    }

    private static Znode znode(String path, byte @Nullable [] data, Stat stat) {
        return new Znode(
                path,
                data == null ? Bytes.NONE : Bytes.wrap(data),
                stat.getCzxid(),
                stat.getMzxid(),
                stat.getVersion(),
                stat.getCversion(),
                stat.getEphemeralOwner(),
                stat.getCtime(),
                stat.getMtime(),
                stat.getNumChildren());
    }

    private String absolute(String path) {
        return root.isEmpty() ? path : path.equals("/") ? root : root + path;
    }

    private String relative(String path) {
        if (root.isEmpty()) {
            return path;
        }
        return path.length() == root.length() ? "/" : path.substring(root.length());
    }
}

package org.quorate.cli.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** Commands on znodes. Stateless. */
final class NodeCommands {
    private static final int SYNC_SECONDS_MAX = 30;
    private static final int DELETE_BATCH = 1000;

    private NodeCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                        "create",
                        "[-s] [-e] [-c] [-t ttl] path [data] [acl]",
                        "s e c t=",
                        1,
                        3,
                        NodeCommands::create),
                Command.of("delete", "[-v version] path", "v=", 1, 1, NodeCommands::delete),
                Command.of(
                        "deleteall", "path [-b batch size]", "b=", 1, 1, NodeCommands::deleteAll),
                Command.of("get", "[-s] [-w] [-b] [-x] path", "s w b x", 1, 1, NodeCommands::get),
                Command.of(
                        "set",
                        "path data [-s] [-v version] [-b]",
                        "s v= b",
                        2,
                        2,
                        NodeCommands::set),
                Command.of("ls", "[-s] [-w] [-R] path", "s w R", 1, 1, NodeCommands::list),
                Command.of("stat", "[-w] path", "w", 1, 1, NodeCommands::stat),
                Command.of("sync", "path", "", 1, 1, NodeCommands::sync),
                Command.of(
                        "getAllChildrenNumber", "path", "", 1, 1, NodeCommands::countDescendants),
                Command.of("getEphemerals", "path", "", 0, 1, NodeCommands::ephemerals));
    }

    private static Result create(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        CreateMode mode = mode(arguments);
        long ttlMillis = arguments.longInteger("t", -1);
        String data = arguments.wordIfGiven(1);
        String acl = arguments.wordIfGiven(2);
        List<ACL> acls = acl == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : AclText.parse(acl);
        byte[] bytes = data == null ? null : data.getBytes(StandardCharsets.UTF_8);
        try {
            String made =
                    mode.isTTL()
                            ? session.client()
                                    .create(path, bytes, acls, mode, new Stat(), ttlMillis)
                            : session.client().create(path, bytes, acls, mode);
            return Result.of("Created " + made, Map.of("path", made));
        } catch (KeeperException.UnimplementedException e) {
            throw Failure.failed(
                    "the server does not have this: TTL znodes need extendedTypesEnabled=true");
        } catch (IllegalArgumentException e) {
            throw Failure.wrongUse(String.valueOf(e.getMessage()));
        }
    }

    private static CreateMode mode(Arguments arguments) throws Failure {
        boolean sequential = arguments.has("s");
        boolean ephemeral = arguments.has("e");
        boolean ttl = arguments.value("t") != null;
        if (arguments.has("c")) {
            if (sequential || ephemeral) {
                throw Failure.wrongUse(
                        "-c cannot be combined with -s or -e. Containers cannot be ephemeral or"
                                + " sequential.");
            }
            return CreateMode.CONTAINER;
        }
        if (ttl && ephemeral) {
            throw Failure.wrongUse("TTLs cannot be used with Ephemeral znodes");
        }
        if (ttl) {
            return sequential
                    ? CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL
                    : CreateMode.PERSISTENT_WITH_TTL;
        }
        if (ephemeral) {
            return sequential ? CreateMode.EPHEMERAL_SEQUENTIAL : CreateMode.EPHEMERAL;
        }
        return sequential ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.PERSISTENT;
    }

    private static Result delete(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        session.client().delete(arguments.path(0), arguments.integer("v", -1));
        return Result.NOTHING;
    }

    private static Result deleteAll(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        int batch = arguments.integer("b", DELETE_BATCH);
        if (batch < 1) {
            throw Failure.wrongUse("-b argument must be at least 1");
        }
        if (!ZKUtil.deleteRecursive(session.client(), path, batch)) {
            throw Failure.failed("Failed to delete some node(s) in the subtree!");
        }
        return Result.NOTHING;
    }

    private static Result get(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        Stat stat = new Stat();
        byte @Nullable [] data =
                session.client().getData(arguments.path(0), arguments.has("w"), stat);
        String text;
        if (arguments.has("b")) {
            text = DataView.base64(data);
        } else {
            text = arguments.has("x") ? DataView.hexDump(data) : DataView.text(data);
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("path", arguments.path(0));
        DataView.put(data, json);
        json.put("stat", StatView.json(stat));
        return Result.of(arguments.has("s") ? text + "\n" + StatView.text(stat) : text, json);
    }

    private static Result set(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        byte[] data;
        try {
            data =
                    arguments.has("b")
                            ? Base64.getDecoder().decode(arguments.word(1))
                            : arguments.word(1).getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.wrongUse("the data is not base64: " + e.getMessage());
        }
        Stat stat = session.client().setData(arguments.path(0), data, arguments.integer("v", -1));
        return Result.of(
                arguments.has("s") ? StatView.text(stat) : "",
                Map.of("path", arguments.path(0), "stat", StatView.json(stat)));
    }

    private static Result list(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        if (arguments.has("R")) {
            List<String> all = new ArrayList<>();
            ZKUtil.visitSubTreeDFS(
                    session.client(), path, arguments.has("w"), (rc, at, c, name) -> all.add(at));
            return Result.of(String.join("\n", all), Map.of("path", path, "paths", all));
        }
        Stat stat = new Stat();
        List<String> children =
                new ArrayList<>(session.client().getChildren(path, arguments.has("w"), stat));
        Collections.sort(children);
        String text = "[" + String.join(", ", children) + "]";
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path);
        json.put("children", children);
        json.put("stat", StatView.json(stat));
        return Result.of(arguments.has("s") ? text + "\n" + StatView.text(stat) : text, json);
    }

    private static Result stat(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        Stat stat = session.client().exists(path, arguments.has("w"));
        if (stat == null) {
            throw Failure.of(new KeeperException.NoNodeException(path));
        }
        return Result.of(StatView.text(stat), Map.of("path", path, "stat", StatView.json(stat)));
    }

    private static Result sync(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        ZooKeeper client = session.client();
        client.sync(arguments.path(0), (rc, path, context) -> done.complete(rc), null);
        try {
            int rc = done.get(SYNC_SECONDS_MAX, TimeUnit.SECONDS);
            if (rc != 0) {
                throw Failure.failed("Sync has failed. rc=" + rc);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw Failure.failed("Sync has failed: no answer within 30 seconds");
        }
        return Result.of("Sync is OK", Map.of("path", arguments.path(0)));
    }

    private static Result countDescendants(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        int count = session.client().getAllChildrenNumber(arguments.path(0));
        return Result.of(String.valueOf(count), Map.of("path", arguments.path(0), "count", count));
    }

    private static Result ephemerals(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        List<String> paths =
                arguments.words().isEmpty()
                        ? session.client().getEphemerals()
                        : session.client().getEphemerals(arguments.path(0));
        List<String> sorted = new ArrayList<>(paths);
        Collections.sort(sorted);
        return Result.of("[" + String.join(", ", sorted) + "]", Map.of("paths", sorted));
    }
}

package org.quorate.cli.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Quotas;
import org.apache.zookeeper.StatsTrack;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** Commands on quotas: znodes below {@code /zookeeper/quota}, as zkCli writes them. Stateless. */
final class QuotaCommands {
    private static final String OPTIONS = "n|b|N|B";

    private QuotaCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                        "setquota",
                        "-n|-b|-N|-B val path",
                        "n= b= N= B=",
                        1,
                        1,
                        QuotaCommands::set),
                Command.of(
                        "delquota", "[-n|-b|-N|-B] path", "n b N B", 1, 1, QuotaCommands::delete),
                Command.of("listquota", "path", "", 1, 1, QuotaCommands::list));
    }

    private static Result set(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        if (path.startsWith(Quotas.quotaZookeeper)) {
            throw Failure.wrongUse("cannot set a quota under the path: " + Quotas.quotaZookeeper);
        }
        StatsTrack wanted = wanted(arguments);
        ZooKeeper client = session.client();
        if (client.exists(path, false) == null) {
            throw Failure.failed(path + " does not exist.");
        }
        refuseNested(client, path);
        String limits = Quotas.limitPath(path);
        if (client.exists(limits, false) == null) {
            makeQuota(client, path, wanted);
        } else {
            StatsTrack merged = new StatsTrack(client.getData(limits, false, null));
            merge(merged, wanted);
            client.setData(limits, merged.getStatsBytes(), -1);
        }
        return Result.NOTHING;
    }

    private static StatsTrack wanted(Arguments arguments) throws Failure {
        if (arguments.values().isEmpty()) {
            throw Failure.wrongUse("setquota -n|-b|-N|-B val path");
        }
        StatsTrack wanted = new StatsTrack();
        wanted.setCount(positive(arguments, "n", "num", 1));
        wanted.setCountHardLimit(positive(arguments, "N", "num", 1));
        wanted.setBytes(positive(arguments, "b", "bytes", 0));
        wanted.setByteHardLimit(positive(arguments, "B", "bytes", 0));
        return wanted;
    }

    private static long positive(Arguments arguments, String option, String what, long least)
            throws Failure {
        long value = arguments.longInteger(option, -1);
        if (arguments.value(option) != null && value < least) {
            throw Failure.wrongUse(
                    "the %s quota must be greater than %szero"
                            .formatted(what, least == 0 ? "or equal to " : ""));
        }
        return value;
    }

    private static void makeQuota(ZooKeeper client, String path, StatsTrack wanted)
            throws KeeperException, InterruptedException {
        StringBuilder parent = new StringBuilder(Quotas.quotaZookeeper);
        for (String name : path.substring(1).split("/")) {
            parent.append('/').append(name);
            if (client.exists(parent.toString(), false) == null) {
                make(client, parent.toString(), null);
            }
        }
        make(client, Quotas.statPath(path), new StatsTrack().getStatsBytes());
        make(client, Quotas.limitPath(path), wanted.getStatsBytes());
    }

    private static void make(ZooKeeper client, String path, byte @Nullable [] data)
            throws KeeperException, InterruptedException {
        client.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private static void merge(StatsTrack into, StatsTrack from) {
        if (from.getCount() != -1) {
            into.setCount(from.getCount());
        }
        if (from.getBytes() != -1) {
            into.setBytes(from.getBytes());
        }
        if (from.getCountHardLimit() != -1) {
            into.setCountHardLimit(from.getCountHardLimit());
        }
        if (from.getByteHardLimit() != -1) {
            into.setByteHardLimit(from.getByteHardLimit());
        }
    }

    /** A quota may have no other above or below it. */
    private static void refuseNested(ZooKeeper client, String path)
            throws Failure, KeeperException, InterruptedException {
        for (int slash = path.lastIndexOf('/');
                slash > 0;
                slash = path.lastIndexOf('/', slash - 1)) {
            String parent = path.substring(0, slash);
            if (client.exists(Quotas.limitPath(parent), false) != null) {
                throw Failure.failed(
                        "%s has a parent %s which has a quota".formatted(path, parent));
            }
        }
        if (client.exists(Quotas.quotaPath(path), false) == null) {
            return;
        }
        String limits = Quotas.limitPath(path);
        for (String below : ZKUtil.listSubTreeBFS(client, Quotas.quotaPath(path))) {
            if (below.endsWith("/" + Quotas.limitNode) && !below.equals(limits)) {
                throw Failure.failed(
                        "%s has a child %s which has a quota"
                                .formatted(path, below.substring(Quotas.quotaZookeeper.length())));
            }
        }
    }

    private static Result delete(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        ZooKeeper client = session.client();
        String limits = Quotas.limitPath(path);
        if (client.exists(limits, false) == null) {
            throw Failure.failed("quota for " + path + " does not exist.");
        }
        if (arguments.flags().isEmpty()) {
            for (String child : client.getChildren(Quotas.quotaPath(path), false)) {
                if (child.equals(Quotas.limitNode) || child.equals(Quotas.statNode)) {
                    client.delete(Quotas.quotaPath(path) + "/" + child, -1);
                }
            }
            trim(client, Quotas.quotaPath(path));
            return Result.NOTHING;
        }
        StatsTrack kept = new StatsTrack(client.getData(limits, false, null));
        for (String option : OPTIONS.split("\\|")) {
            if (arguments.has(option)) {
                switch (option) {
                    case "n" -> kept.setCount(-1);
                    case "b" -> kept.setBytes(-1);
                    case "N" -> kept.setCountHardLimit(-1);
                    default -> kept.setByteHardLimit(-1);
                }
            }
        }
        client.setData(limits, kept.getStatsBytes(), -1);
        return Result.NOTHING;
    }

    /** Removes znodes of quotas upwards as long as they are empty. */
    private static void trim(ZooKeeper client, String from)
            throws KeeperException, InterruptedException {
        String path = from;
        while (!path.equals(Quotas.quotaZookeeper) && client.getChildren(path, false).isEmpty()) {
            client.delete(path, -1);
            path = path.substring(0, path.lastIndexOf('/'));
        }
    }

    private static Result list(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        String limits = Quotas.limitPath(path);
        ZooKeeper client = session.client();
        try {
            StatsTrack quota = new StatsTrack(client.getData(limits, false, null));
            StatsTrack used = new StatsTrack(client.getData(Quotas.statPath(path), false, null));
            String text =
                    "absolute path is %s\nOutput quota for %s %s\nOutput stat for %s %s"
                            .formatted(limits, path, quota, path, used);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("path", path);
            json.put("count", quota.getCount());
            json.put("bytes", quota.getBytes());
            json.put("countHardLimit", quota.getCountHardLimit());
            json.put("byteHardLimit", quota.getByteHardLimit());
            json.put("countUsed", used.getCount());
            json.put("bytesUsed", used.getBytes());
            return Result.of(text, json);
        } catch (KeeperException.NoNodeException e) {
            throw Failure.failed(
                    "absolute path is %s\nquota for %s does not exist.".formatted(limits, path));
        }
    }
}

package org.quorate.cli.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.quorate.cli.progress.Progress;
import org.quorate.tree.DataTree;

/**
 * Brings a subtree of a live ensemble to what a backup has, by ordinary transactions: a znode that
 * is missing is created, one that differs is set, in the version that was seen. What is as it shall
 * be is left alone, so that an interrupted restoration goes on when it is run again. One thread.
 */
final class Subtree {
    /** Operations of one transaction, and their bytes. */
    private static final int BATCH_OPS_MAX = 100;

    private static final int BATCH_BYTES_MAX = 256 << 10;

    /** What was done, or would be. */
    record Outcome(long created, long set, long acls, long deleted, long alike, long ephemerals) {}

    private final ZooKeeper client;
    private final String from;
    private final String into;
    private final boolean deletes;
    private final boolean dryRun;
    private final Consumer<String> tells;

    private final List<Op> batch = new ArrayList<>();
    private int batchBytes;
    private String newBelow = "";

    private long created;
    private long set;
    private long acls;
    private long deleted;
    private long alike;
    private long ephemerals;

    /**
     * @param from the top of the subtree in the backup
     * @param into its top in the ensemble
     * @param deletes whether what the backup does not have goes
     * @param dryRun nothing is changed
     * @param tells hears each change
     */
    Subtree(
            ZooKeeper client,
            String from,
            String into,
            boolean deletes,
            boolean dryRun,
            Consumer<String> tells) {
        this.client = client;
        this.from = from;
        this.into = into;
        this.deletes = deletes;
        this.dryRun = dryRun;
        this.tells = tells;
    }

    /**
     * Does it.
     *
     * @throws IOException with one line; what was done until then stays
     */
    Outcome restore(List<Wanted> wanted) throws IOException, InterruptedException {
        try (Progress progress = Progress.begin("restore", wanted.size(), Progress.Unit.ZNODES)) {
            for (Wanted one : wanted) {
                restore(one);
                progress.add(1);
            }
            flush();
            if (deletes) {
                deleteOthers(wanted);
                flush();
            }
        } catch (KeeperException e) {
            throw new IOException(explain(e), e);
        }
        return new Outcome(created, set, acls, deleted, alike, ephemerals);
    }

    /** The subtree of a backup's tree, parents first; without what belongs to the server. */
    static List<Wanted> of(DataTree tree, String top) throws IOException {
        int node = tree.find(org.quorate.protocol.jute.Slice.of(top));
        if (node == DataTree.NONE) {
            throw new IOException("the backup has no " + top);
        }
        List<Wanted> all = new ArrayList<>();
        tree.forEachBelow(
                node,
                each -> {
                    Wanted one = Wanted.of(tree, each);
                    if (!one.path.equals("/zookeeper") && !one.path.startsWith("/zookeeper/")) {
                        all.add(one);
                    }
                });
        return all;
    }

    private String target(String path) {
        String rest = path.substring(from.equals("/") ? 0 : from.length());
        return into.equals("/")
                ? (rest.isEmpty() ? "/" : rest)
                : into + (rest.equals("/") ? "" : rest);
    }

    private void restore(Wanted one) throws KeeperException, InterruptedException {
        String path = target(one.path);
        if (one.isEphemeral()) {
            ephemerals++;
            return;
        }
        if (!newBelow.isEmpty() && path.startsWith(newBelow)) {
            create(one, path); // its parent is created by this very restoration
            return;
        }
        Stat stat = new Stat();
        byte[] data;
        try {
            data = client.getData(path, false, stat);
        } catch (KeeperException.NoNodeException e) {
            newBelow = path + "/";
            create(one, path);
            return;
        }
        boolean same = one.hasData(data);
        if (!same) {
            tells.accept("set " + path);
            set++;
            add(Op.setData(path, one.data, stat.getVersion()), one.bytes());
        }
        if (!client.getACL(path, stat).equals(one.acl)) {
            same = false;
            tells.accept("set the access list of " + path);
            acls++;
            if (!dryRun) {
                flush();
                client.setACL(path, one.acl, stat.getAversion());
            }
        }
        alike += same ? 1 : 0;
    }

    private void create(Wanted one, String path) throws KeeperException, InterruptedException {
        tells.accept("create " + path);
        created++;
        add(one.creation(path), one.bytes());
    }

    private void add(Op op, int bytes) throws KeeperException, InterruptedException {
        if (dryRun) {
            return;
        }
        if (batch.size() == BATCH_OPS_MAX || batchBytes + bytes > BATCH_BYTES_MAX) {
            flush();
        }
        batch.add(op);
        batchBytes += bytes;
    }

    private void flush() throws KeeperException, InterruptedException {
        if (!batch.isEmpty()) {
            client.multi(new ArrayList<>(batch));
            batch.clear();
            batchBytes = 0;
        }
    }

    // ---- what the backup does not have

    private void deleteOthers(List<Wanted> wanted) throws KeeperException, InterruptedException {
        Set<String> known = new HashSet<>();
        wanted.forEach(one -> known.add(target(one.path)));
        for (Wanted one : wanted) {
            String path = target(one.path);
            if (one.isEphemeral()) {
                continue;
            }
            List<String> children;
            try {
                children = client.getChildren(path, false);
            } catch (KeeperException.NoNodeException e) {
                continue; // of a dry run
            }
            for (String child : children) {
                String below = path.equals("/") ? "/" + child : path + "/" + child;
                if (!known.contains(below) && !below.equals("/zookeeper")) {
                    delete(below);
                }
            }
        }
    }

    /**
     * Children first.
     *
     * @return whether it is gone: what has an ephemeral below stays, a client lives in it
     */
    private boolean delete(String path) throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        List<String> children;
        try {
            children = client.getChildren(path, false, stat);
        } catch (KeeperException.NoNodeException e) {
            return true;
        }
        boolean gone = stat.getEphemeralOwner() == 0 || isNoSession(stat.getEphemeralOwner());
        for (String child : children) {
            gone &= delete(path + "/" + child);
        }
        if (!gone) {
            ephemerals++;
            tells.accept("leave " + path + ", in which a client lives");
            return false;
        }
        tells.accept("delete " + path);
        deleted++;
        add(Op.delete(path, stat.getVersion()), path.length());
        return true;
    }

    private static boolean isNoSession(long owner) {
        return owner == Long.MIN_VALUE || (owner & 0xff00000000000000L) == 0xff00000000000000L;
    }

    private String explain(KeeperException e) {
        String path = e.getPath() == null ? firstPath(e) : e.getPath();
        String again = "; what was done until then stays, run it again to go on";
        return switch (e.code()) {
            case NOAUTH ->
                    "%s may not be read or changed by this user: see --auth".formatted(path)
                            + again;
            case NONODE -> "%s has no parent in the ensemble, create that first".formatted(path);
            case BADVERSION, NODEEXISTS, NOTEMPTY ->
                    "%s was changed by somebody else meanwhile".formatted(path) + again;
            case UNIMPLEMENTED ->
                    "the ensemble does not know TTL znodes (extendedTypesEnabled)" + again;
            default -> "%s: %s".formatted(path, e.getMessage()) + again;
        };
    }

    /** Of the operation that a batch failed by. */
    private String firstPath(KeeperException e) {
        if (e.getResults() != null) {
            for (int i = 0; i < e.getResults().size() && i < batch.size(); i++) {
                if (e.getResults().get(i) instanceof org.apache.zookeeper.OpResult.ErrorResult r
                        && r.getErr() == e.code().intValue()) {
                    return batch.get(i).getPath();
                }
            }
        }
        return into;
    }
}

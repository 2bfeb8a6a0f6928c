package org.quorate.compat.shards;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.shard.Handoff;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.ShardHost;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.Shards;

/**
 * A process that writes whatever it leads to the {@link Storage} that all share: {@code Owner
 * CONNECT NAME ZONE STORAGE-PORT SESSION-MILLIS GRACE-MILLIS}; a grace of 0 binds no session. It
 * asks its lease, works for a few milliseconds, and then sends the write, as databases do.
 */
public final class Owner implements ShardHost {
    static final String ROOT = "/owners";
    static final String TABLE = "t";

    private static final int WORK_MILLIS = 3;

    private final Map<ShardId, LeaderLease> leading = new ConcurrentHashMap<>();
    private final String name;
    private final PrintStream storage;

    private Owner(String name, PrintStream storage) {
        this.name = name;
        this.storage = storage;
    }

    /** Runs until the process is killed. */
    public static void main(String[] args) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[3]));
        PrintStream storage =
                new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8);
        Owner owner = new Owner(args[1], storage);
        Duration session = Duration.ofMillis(Long.parseLong(args[4]));
        Duration grace = Duration.ofMillis(Long.parseLong(args[5]));
        Coordinator coordinator = Coordinator.connect(args[0], session);
        if (!grace.isZero()) {
            coordinator.bindToConnection(grace);
        }
        ShardNode node =
                Shards.node(coordinator, ROOT, args[1])
                        .profile(Profile.at("127.0.0.1:1").zone(args[2]))
                        .host(owner)
                        .start();
        if (!node.awaitJoined(Duration.ofSeconds(60))) {
            throw new IllegalStateException("did not join");
        }
        while (!storage.checkError()) {
            owner.writeAll();
        }
    }

    private void writeAll() throws InterruptedException {
        Map<ShardId, LeaderLease> now = Map.copyOf(leading);
        for (Map.Entry<ShardId, LeaderLease> one : now.entrySet()) {
            LeaderLease lease = one.getValue();
            long askedNanos = System.nanoTime();
            if (lease.valid()) {
                TimeUnit.MILLISECONDS.sleep(WORK_MILLIS);
                tell("W", one.getKey(), lease.epoch(), askedNanos);
            }
        }
        if (now.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(WORK_MILLIS);
        }
    }

    private void tell(String what, ShardId shard, Epoch epoch, long nanos) {
        storage.println(
                what + " " + name + " " + shard.index() + " " + epoch.value() + " " + nanos);
        if (storage.checkError()) {
            throw new UncheckedIOException(new IOException("the storage is gone"));
        }
    }

    @Override
    public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {}

    @Override
    public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {
        tell("P", shard, lease.epoch(), System.nanoTime());
        leading.put(shard, lease);
    }

    @Override
    public Handoff demote(ShardId shard, Epoch epoch) {
        leading.remove(shard);
        return Handoff.NONE;
    }

    @Override
    public void close(ShardId shard, boolean deleteData) {}
}

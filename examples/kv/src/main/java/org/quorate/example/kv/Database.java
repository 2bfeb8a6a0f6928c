package org.quorate.example.kv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.shard.Handoff;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.ReshapingHost;
import org.quorate.example.kv.ShardStore.Tail;

/** What the toolkit calls: this node's replicas. Shards can be split and merged. */
final class Database implements ReshapingHost {
    private final Path dir;
    private final String address;
    private final Peers peers;
    private final Replica.Others others;
    private final Map<ShardId, Replica> replicas = new ConcurrentHashMap<>();

    /**
     * @param address where this node's peers reach it
     * @param others which replicas of a shard the map counts
     */
    Database(Path dir, String address, Peers peers, Replica.Others others) {
        this.dir = dir;
        this.address = address;
        this.peers = peers;
        this.others = others;
    }

    @Nullable Replica replica(ShardId shard) {
        return replicas.get(shard);
    }

    Map<ShardId, Replica> replicas() {
        return replicas;
    }

    /**
     * A new shard begins empty. Otherwise the leader brings this replica up to date; if nobody
     * leads, as after all nodes were stopped, the replica that has most may begin.
     */
    @Override
    public void open(ShardId shard, Epoch epoch, List<NodeRef> sources)
            throws IOException, InterruptedException {
        Replica own = replicas.computeIfAbsent(shard, this::made);
        if (sources.isEmpty()) {
            return;
        }
        IOException why = new IOException("no source of " + shard + " can be reached");
        for (NodeRef source : sources) {
            try {
                peers.join(source.address(), shard, address);
                return;
            } catch (IOException e) {
                why = e;
            }
        }
        if (!hasMost(own, shard, epoch, sources)) {
            throw why;
        }
    }

    /** A shard that is split or merged: each node makes the new ones from what lies here. */
    @Override
    public void derive(ShardId shard, Epoch epoch, List<Origin> origins, KeySpace keys)
            throws IOException, StaleEpochException {
        List<Entry> pairs = new ArrayList<>();
        for (Origin origin : origins) {
            for (Entry pair : there(origin.shard()).inherit(origin.epoch())) {
                if (keys.shardOf(pair.key().getBytes(StandardCharsets.UTF_8)) == shard.index()) {
                    pairs.add(pair);
                }
            }
        }
        replicas.computeIfAbsent(shard, this::made).derive(pairs);
    }

    private boolean hasMost(Replica own, ShardId shard, Epoch epoch, List<NodeRef> sources)
            throws InterruptedException {
        Tail tail = own.tail();
        if (tail.equals(Tail.NONE)) {
            return false;
        }
        try {
            for (NodeRef source : sources) {
                if (peers.tail(source.address(), shard, epoch).compareTo(tail) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Replica made(ShardId shard) {
        Path file = dir.resolve(shard.table() + "-" + shard.index() + ".db");
        return new Replica(shard, new ShardStore(shard, file), peers, others);
    }

    @Override
    public void promote(ShardId shard, LeaderLease lease, Handoff handoff) throws Exception {
        there(shard).promote(lease);
    }

    @Override
    public Handoff demote(ShardId shard, Epoch epoch) throws IOException {
        there(shard).demote();
        return Handoff.NONE;
    }

    private Replica there(ShardId shard) throws IOException {
        Replica replica = replicas.get(shard);
        if (replica == null) {
            throw new IOException(shard + " is not open here");
        }
        return replica;
    }

    @Override
    public void close(ShardId shard, boolean deleteData) throws IOException {
        Replica replica = replicas.remove(shard);
        if (replica != null) {
            replica.close();
        }
        if (deleteData) {
            Files.deleteIfExists(dir.resolve(shard.table() + "-" + shard.index() + ".db"));
        }
    }

    @Override
    public Map<String, Long> load(ShardId shard) {
        Replica replica = replicas.get(shard);
        return replica == null ? Map.of() : Map.of("keys", (long) replica.size());
    }
}

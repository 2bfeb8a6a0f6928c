package org.quorate.example.kv;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.example.kv.ShardStore.Tail;

/**
 * A shard's replica on this node, leading or following. One lock: calls of one shard wait for each
 * other.
 *
 * <p>A write is acknowledged when every replica that may become leader has it on disk: those that
 * the map counts, and those that were brought up to date and will be counted soon. One that does
 * not answer stops the shard's writes until the planner has taken its node out of the map. So each
 * replica that survives has every acknowledged write; and a new leader still asks the others first.
 */
final class Replica implements AutoCloseable {
    /** How long a replica that was brought up to date is waited for until the map counts it. */
    static final Duration COUNTED_WITHIN = Duration.ofSeconds(30);

    private static final ExecutorService SHIPPING = Executors.newVirtualThreadPerTaskExecutor();

    private final ShardId shard;
    private final ShardStore store;
    private final Peers peers;
    private final Others others;
    // Of the leader.
    private @Nullable LeaderLease lease;
    private final Map<String, Tail> shipped = new ConcurrentHashMap<>();
    private final Map<String, Long> joinedNanos = new ConcurrentHashMap<>();

    /** Knows a shard's replicas. */
    interface Others {
        /**
         * Addresses of all replicas but this node's that may become leader, as the map says now.
         *
         * @throws IOException if they are not known now
         */
        Set<String> addresses(ShardId shard) throws IOException, InterruptedException;
    }

    Replica(ShardId shard, ShardStore store, Peers peers, Others others) {
        this.shard = shard;
        this.store = store;
        this.peers = peers;
        this.others = others;
    }

    /** This replica does not lead, or cannot be sure that it still does. */
    static final class NotLeaderException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    // ---- following

    /** What the shard's leader asks first; from now on older leaders are refused. */
    synchronized Tail tail(Epoch leader) throws StaleEpochException {
        follow(leader);
        return store.tail();
    }

    synchronized void append(Epoch leader, List<Entry> entries) throws StaleEpochException {
        follow(leader);
        store.append(entries.stream().filter(entry -> entry.seq() > store.tail().seq()).toList());
    }

    synchronized void replace(Epoch leader, List<Entry> everything) throws StaleEpochException {
        follow(leader);
        store.replace(everything);
    }

    synchronized List<Entry> everything(Epoch leader) throws StaleEpochException {
        follow(leader);
        return store.everything();
    }

    private void follow(Epoch leader) throws StaleEpochException {
        store.fence(leader);
        if (lease != null && lease.epoch().olderThan(leader)) {
            lease = null;
        }
    }

    /** Whoever led this shard is refused from now on; its pairs, for shards made from it. */
    synchronized List<Entry> inherit(Epoch above) throws StaleEpochException {
        follow(above);
        return store.everything().stream().filter(entry -> entry.seq() == 0).toList();
    }

    /** Makes this replica from pairs of other shards. */
    synchronized void derive(List<Entry> pairs) {
        store.derive(pairs);
    }

    // ---- leading

    /** Fences off all leaders before, here and at the others, and takes what they acknowledged. */
    synchronized void promote(LeaderLease granted)
            throws StaleEpochException, IOException, InterruptedException {
        Epoch epoch = granted.epoch();
        store.fence(epoch);
        shipped.clear();
        joinedNanos.clear();
        String ahead = null;
        Tail most = store.tail();
        for (String peer : others.addresses(shard)) {
            Tail there = peers.tail(peer, shard, epoch);
            if (there.compareTo(most) > 0) {
                ahead = peer;
                most = there;
            }
        }
        if (ahead != null) {
            store.replace(peers.everything(ahead, shard, epoch));
        }
        store.beginDerived(epoch);
        lease = granted;
    }

    synchronized void demote() {
        lease = null;
    }

    synchronized boolean leads() {
        return lease != null && lease.valid();
    }

    /** Brings a replica up to date before the map counts it, and ships to it from now on. */
    synchronized void join(String follower)
            throws NotLeaderException, IOException, InterruptedException {
        LeaderLease own = own();
        shipped.remove(follower);
        ship(follower, own.epoch());
        joinedNanos.put(follower, System.nanoTime());
        own();
    }

    /**
     * Writes one pair.
     *
     * @param value empty to delete
     * @return the write's place in the log
     * @throws NotLeaderException if this replica does not lead, or no longer: it may have happened
     * @throws IOException if not all replicas have it: it may become durable or not
     */
    synchronized long write(String key, String value)
            throws NotLeaderException, IOException, InterruptedException {
        LeaderLease own = own();
        settle(own); // What was left undone comes first, and does not pile up.
        Entry entry = new Entry(store.tail().seq() + 1, own.epoch().value(), key, value);
        store.append(List.of(entry));
        settle(own);
        return entry.seq();
    }

    /** Reads what is acknowledged; what may be or not is made so first. */
    synchronized Optional<String> read(String key)
            throws NotLeaderException, IOException, InterruptedException {
        settle(own());
        return Optional.ofNullable(store.get(key));
    }

    private LeaderLease own() throws NotLeaderException {
        LeaderLease own = lease;
        if (own == null || !own.valid()) {
            throw new NotLeaderException();
        }
        return own;
    }

    /** Lets all replicas have the whole log. */
    private void settle(LeaderLease own)
            throws NotLeaderException, IOException, InterruptedException {
        List<Future<?>> ships = new ArrayList<>();
        for (String follower : followers()) {
            if (!store.tail().equals(shipped.get(follower))) {
                ships.add(
                        SHIPPING.submit(() -> {
                            shipIfThere(follower, own.epoch());
                            return null;
                        }));
            }
        }
        for (Future<?> ship : ships) {
            try {
                ship.get();
            } catch (ExecutionException e) {
                throw new IOException("not all replicas have it: " + e.getCause(), e);
            }
        }
        own(); // Still? Otherwise a successor may have begun without this write.
    }

    private Set<String> followers() throws IOException, InterruptedException {
        Set<String> followers = new HashSet<>(others.addresses(shard));
        long now = System.nanoTime();
        joinedNanos
                .entrySet()
                .removeIf(joined ->
                        followers.contains(joined.getKey())
                                || now - joined.getValue() > COUNTED_WITHIN.toNanos());
        followers.addAll(joinedNanos.keySet());
        shipped.keySet().retainAll(followers);
        return followers;
    }

    /** A replica that joined and has gone again is not waited for: it must join anew. */
    private void shipIfThere(String follower, Epoch epoch)
            throws IOException, InterruptedException {
        try {
            ship(follower, epoch);
        } catch (Peers.NotHereException e) {
            if (joinedNanos.remove(follower) == null) {
                throw e;
            }
        }
    }

    /** Under the lock, for several followers at once: nobody writes the store meanwhile. */
    private void ship(String follower, Epoch epoch) throws IOException, InterruptedException {
        Tail known = shipped.remove(follower);
        Tail there = known == null ? peers.tail(follower, shard, epoch) : known;
        List<Entry> missing = store.after(there);
        if (missing == null) {
            peers.replace(follower, shard, epoch, store.everything());
        } else if (!missing.isEmpty()) {
            peers.append(follower, shard, epoch, missing);
        }
        shipped.put(follower, store.tail());
    }

    // ---- for people

    synchronized Tail tail() {
        return store.tail();
    }

    synchronized int size() {
        return store.size();
    }

    @Override
    public synchronized void close() {
        lease = null;
        store.close();
    }
}

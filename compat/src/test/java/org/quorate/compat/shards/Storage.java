package org.quorate.compat.shards;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Fence;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;

/**
 * What all owners write to, and the judge of them: it sees every write in the order in which it
 * takes them, with the time at which its sender's lease was asked. All processes are on one machine
 * and read one monotonic clock.
 */
final class Storage implements AutoCloseable {
    /**
     * When the leases of one epoch were seen to hold.
     *
     * @param owner whose they were
     */
    private record Reign(String owner, long firstNanos, long lastNanos) {}

    private final ServerSocket door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final boolean fenced;
    private final Fence fence = Fence.inMemory();
    // Guarded by this.
    private final Map<Integer, Long> newest = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Reign>> reigns = new HashMap<>();
    private final Map<Integer, Promotion> promotions = new HashMap<>();
    private int accepted;
    private int staleAccepted;
    private int staleRefused;
    private int doubleOwners;

    /** Who leads a shard by its own word, since when. */
    record Promotion(String owner, long epoch, long nanos) {}

    Storage(boolean fenced) throws IOException {
        this.fenced = fenced;
        Thread.ofVirtual().name("storage").start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket owner = door.accept();
                Thread.ofVirtual().name("owner").start(() -> listen(owner));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void listen(Socket owner) {
        try (owner;
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        owner.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line.split(" "));
            }
        } catch (IOException gone) {
            // Killed.
        }
    }

    private synchronized void take(String[] words) {
        if (words.length != 5) {
            return; // The last line of a process that was killed.
        }
        int shard = Integer.parseInt(words[2]);
        long epoch = Long.parseLong(words[3]);
        long nanos = Long.parseLong(words[4]);
        if (words[0].equals("P")) {
            promotions.put(shard, new Promotion(words[1], epoch, nanos));
        } else {
            reign(shard, epoch, new Reign(words[1], nanos, nanos));
            write(shard, epoch);
        }
        notifyAll();
    }

    private void reign(int shard, long epoch, Reign seen) {
        TreeMap<Long, Reign> all = reigns.computeIfAbsent(shard, none -> new TreeMap<>());
        Reign before = all.get(epoch);
        if (before != null && !before.owner().equals(seen.owner())) {
            doubleOwners++;
        }
        all.merge(
                epoch,
                seen,
                (old, now) ->
                        new Reign(
                                old.owner(),
                                Math.min(old.firstNanos(), now.firstNanos()),
                                Math.max(old.lastNanos(), now.lastNanos())));
    }

    private void write(int shard, long epoch) {
        if (fenced) {
            try {
                fence.check(new ShardId(Owner.TABLE, shard), new Epoch(epoch));
            } catch (StaleEpochException stale) {
                staleRefused++;
                return;
            }
        }
        accepted++;
        staleAccepted += epoch < newest.getOrDefault(shard, 0L) ? 1 : 0;
        newest.merge(shard, epoch, Math::max);
    }

    /** Shards by who leads them now, by its own word. */
    synchronized Map<Integer, Promotion> promotions() {
        return Map.copyOf(promotions);
    }

    synchronized int accepted() {
        return accepted;
    }

    /** Writes of an older epoch that were taken after one of a newer epoch. */
    synchronized int staleAccepted() {
        return staleAccepted;
    }

    synchronized int staleRefused() {
        return staleRefused;
    }

    /** How often a lease held while one of a later epoch, or another's of the same, held too. */
    synchronized int doubleOwners() {
        int all = doubleOwners;
        for (TreeMap<Long, Reign> reign : reigns.values()) {
            long last = Long.MIN_VALUE;
            for (Reign each : reign.values()) {
                all += each.firstNanos() <= last ? 1 : 0;
                last = Math.max(last, each.lastNanos());
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}

package org.quorate.compat.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/** The kinds of work that nothing done to the servers may disturb. Stateless. */
public final class Workers {
    private static final long LINE_SECONDS_MAX = 10;

    private Workers() {}

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static long number(byte[] data) {
        return Long.parseLong(new String(data, StandardCharsets.US_ASCII));
    }

    /**
     * Who stands in line for the lock: a znode there whose owner does not wait in it is one that
     * Curator has lost sight of. Says so if nobody answers, which may be what is looked for.
     */
    public static String lineForTheLock(Worker asking) throws InterruptedException {
        FutureTask<String> line =
                new FutureTask<>(() -> {
                    StringBuilder text = new StringBuilder();
                    for (String name : asking.client.getChildren(Locking.LOCK, false)) {
                        Stat stat = asking.client.exists(Locking.LOCK + "/" + name, false);
                        if (stat != null) {
                            text.append("%s of 0x%x%n".formatted(name, stat.getEphemeralOwner()));
                        }
                    }
                    return text.toString();
                });
        Thread.ofPlatform().daemon().name("line").start(line);
        try {
            return line.get(LINE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return "the line for the lock is not to be had: " + e + System.lineSeparator();
        }
    }

    /** Counts upwards in two znodes at once by multis; owns an ephemeral. */
    public static final class Counter extends Worker {
        private final String left;
        private final String right;
        private final String ephemeral;
        private long count;

        public Counter(String connect, ReadWriteLock gate, String name) throws Exception {
            super(connect, gate);
            left = name + "-left";
            right = name + "-right";
            ephemeral = name + "-here";
            make(CreateMode.PERSISTENT, left, right);
            make(CreateMode.EPHEMERAL, ephemeral);
        }

        @Override
        void work() throws Exception {
            byte[] data = bytes(count + 1);
            insist(() ->
                    client.multi(List.of(Op.setData(left, data, -1), Op.setData(right, data, -1))));
            count++;
        }

        @Override
        void checkWork() throws Exception {
            if (count > 0) {
                assertThat(number(insist(() -> client.getData(left, false, null))))
                        .isEqualTo(count);
                assertThat(number(insist(() -> client.getData(right, false, null))))
                        .isEqualTo(count);
            }
            Stat here = insist(() -> client.exists(ephemeral, false));
            assertThat(here).as(ephemeral).isNotNull();
            assertThat(here.getEphemeralOwner()).isEqualTo(client.getSessionId());
        }
    }

    /** Makes sequential znodes: no number comes twice, none that was answered is missing. */
    public static final class Sequencer extends Worker {
        private static final String PARENT = "/sequence";
        private final Set<String> made = new HashSet<>();

        public Sequencer(String connect, ReadWriteLock gate) throws Exception {
            super(connect, gate);
            make(CreateMode.PERSISTENT, PARENT);
        }

        @Override
        void work() throws Exception {
            try {
                String path =
                        client.create(
                                PARENT + "/n-",
                                null,
                                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                CreateMode.PERSISTENT_SEQUENTIAL);
                assertThat(made.add(path.substring(PARENT.length() + 1))).as(path).isTrue();
            } catch (KeeperException.ConnectionLossException e) {
                Thread.sleep(20); // Made or not: nobody was told a name.
            }
        }

        @Override
        void checkWork() throws Exception {
            assertThat(new HashSet<>(insist(() -> client.getChildren(PARENT, false))))
                    .containsAll(made);
        }
    }

    /** Writes a znode that it also watches: each change is seen in the end. */
    public static final class Watching extends Worker {
        private static final String PATH = "/watched";
        private static final long SEEN_SECONDS_MAX = 10;
        private final AtomicLong seen = new AtomicLong();
        private long written;

        public Watching(String connect, ReadWriteLock gate) throws Exception {
            super(connect, gate);
            make(CreateMode.PERSISTENT, PATH);
            insist(() -> client.setData(PATH, bytes(0), -1));
            arm();
        }

        /** Watches and reads; a lost connection keeps the watch, but the read must be had. */
        private void arm() {
            client.getData(
                    PATH,
                    (WatchedEvent event) -> {
                        if (event.getPath() != null) {
                            arm();
                        }
                    },
                    (code, path, context, data, stat) -> {
                        if (code == KeeperException.Code.CONNECTIONLOSS.intValue()) {
                            arm();
                        } else if (data != null) {
                            seen.accumulateAndGet(number(data), Math::max);
                        }
                    },
                    null);
        }

        @Override
        void work() throws Exception {
            long next = written + 1;
            insist(() -> client.setData(PATH, bytes(next), -1));
            written = next;
            Thread.sleep(2); // So that events are not all one.
        }

        @Override
        void checkWork() throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SEEN_SECONDS_MAX);
            while (seen.get() < written && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            assertThat(seen.get()).as("seen by the watch").isEqualTo(written);
        }
    }

    /** Takes Curator's lock in turn with others; nobody else may be in it meanwhile. */
    public static final class Locking extends Worker {
        private static final String LOCK = "/lock";

        private final InterProcessMutex mutex;
        private final AtomicInteger holders;

        public Locking(String connect, ReadWriteLock gate, AtomicInteger holders) throws Exception {
            super(connect, gate);
            this.mutex = new InterProcessMutex(curator, LOCK);
            this.holders = holders;
            // Curator would make a container, which the leader may remove at any time.
            make(CreateMode.PERSISTENT, LOCK);
        }

        @Override
        void work() throws Exception {
            if (!acquired()) {
                leave();
                return;
            }
            try {
                assertThat(holders.incrementAndGet()).as("holders of the lock").isEqualTo(1);
                Thread.sleep(1);
                holders.decrementAndGet();
            } finally {
                mutex.release();
            }
        }

        /**
         * Curator 5.9 loses its way where the answer to a create is lost, looking for the znode
         * finds none yet, and the answer to the next create is lost, too: the look-up inside has
         * ended the loop of retries outside, which comes to no path and no error. Both creates may
         * still be done; znodes that nobody knows to be his would keep all others from the lock.
         */
        private boolean acquired() throws Exception {
            try {
                mutex.acquire();
                return true;
            } catch (NullPointerException e) {
                return false;
            }
        }

        private void remove(String path) throws KeeperException, InterruptedException {
            try {
                client.delete(path, -1);
            } catch (KeeperException.NoNodeException e) {
                // Gone at the last try.
            }
        }

        /** Takes away what this session has in the line. */
        private void leave() throws Exception {
            insist(() -> {
                // Behind what the session has under way.
                client.setData(LOCK, new byte[0], -1);
                for (String name : client.getChildren(LOCK, false)) {
                    String path = LOCK + "/" + name;
                    Stat stat = client.exists(path, false);
                    if (stat != null && stat.getEphemeralOwner() == client.getSessionId()) {
                        remove(path);
                    }
                }
                return null;
            });
        }

        @Override
        void checkWork() {
            assertThat(holders.get()).isZero();
        }
    }
}

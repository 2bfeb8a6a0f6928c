package org.quorate.cli.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;

/**
 * A restoration of a subtree into an ensemble that serves, killed midway: what it has done until
 * then stays, what it was at is done whole or not at all, and the next run does the rest.
 */
class KilledRestoreTest {
    private static final Path SCRIPT = Path.of("..", "quorate").toAbsolutePath().normalize();
    private static final Pattern OUTCOME =
            Pattern.compile(
                    "(\\d+) created, (\\d+) set, (\\d+) access lists set, (\\d+) deleted, (\\d+) were alike");

    // Of the subtree: gone, changed, with another access list, as they were; and not of the backup.
    private static final int GONE_END = 200;
    private static final int CHANGED_END = 400;
    private static final int CLOSED_END = 403;
    private static final int ALL = 600;
    private static final int NEW = 600;
    private static final int BATCH = 100;
    private static final int ACCESS_LISTS = CLOSED_END - CHANGED_END;

    @TempDir Path dir;

    /**
     * Before anything is done; among creations; and among deletions, which come behind all else.
     */
    @Test
    void aRestorationThatIsKilledMidwayIsFinishedByTheNext() throws Exception {
        try (LocalEnsemble ensemble = LocalEnsemble.start(LocalFiles.make(dir.resolve("e"), 3));
                ZooKeeper client = new ZooKeeper(first(ensemble), 30_000, event -> {})) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> client.exists("/", false) != null);
            fill(client);
            SortedMap<String, String> backedUp = states(client);
            Path data = dir.resolve("e/server-1/data");
            Captured made =
                    Captured.run("backup", "create", "--data", data.toString(), "--to", kept());
            assertThat(made.exitCode()).as(made.err()).isZero();

            for (Cut cut :
                    List.of(
                            new Cut(0, false),
                            new Cut(0, true),
                            new Cut(2, false),
                            new Cut(8, true))) {
                spoil(client);
                SortedMap<String, String> spoilt = states(client);
                kill(cut, ensemble);
                SortedMap<String, String> midway = states(client);
                List<Long> left = difference(midway, backedUp);
                assertThat(done(spoilt, midway, backedUp))
                        .as(cut.toString())
                        .isBetween(cut.leastDone(), cut.mostDone());

                assertThat(restore(ensemble)).as(cut.toString()).isEqualTo(left);
                assertThat(states(client)).as(cut.toString()).isEqualTo(backedUp);
                assertThat(restore(ensemble))
                        .as(cut.toString())
                        .isEqualTo(
                                List.of(0L, 0L, 0L, 0L, (long) backedUp.size() - 1)); // but /other
            }
        }
    }

    /**
     * Where a restoration is killed.
     *
     * @param passed transactions that are answered before
     * @param unanswered whether the next reaches the server whole, so that it is done and nobody
     *     hears of it; else half of it does
     */
    private record Cut(int passed, boolean unanswered) {
        /** Where access lists, or deletions, come behind a transaction it need not be full. */
        long leastDone() {
            int done = passed + (unanswered ? 1 : 0);
            return done == 0 ? 0 : (long) Math.max(done - ACCESS_LISTS - 1, 0) * BATCH + 1;
        }

        long mostDone() {
            return (long) (passed + (unanswered ? 1 : 0)) * BATCH + ACCESS_LISTS;
        }
    }

    private static String first(LocalEnsemble ensemble) {
        return ensemble.connectString().split(",")[0];
    }

    private String kept() {
        return dir.resolve("kept").toString();
    }

    private static void fill(ZooKeeper client) throws Exception {
        client.create("/other", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        client.create("/app", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        List<Op> all = new ArrayList<>();
        for (int i = 0; i < ALL; i++) {
            all.add(create("/app/n" + i, "value " + i));
        }
        doAll(client, all);
    }

    private static void spoil(ZooKeeper client) throws Exception {
        List<Op> all = new ArrayList<>();
        for (int i = 0; i < ALL; i++) {
            if (i < GONE_END) {
                all.add(Op.delete("/app/n" + i, -1));
            } else if (i < CHANGED_END) {
                all.add(Op.setData("/app/n" + i, "spoilt".getBytes(), -1));
            }
        }
        for (int i = 0; i < NEW; i++) {
            all.add(create("/app/new" + i, "new"));
        }
        doAll(client, all);
        for (int i = CHANGED_END; i < CLOSED_END; i++) {
            int perms = ZooDefs.Perms.READ | ZooDefs.Perms.ADMIN;
            client.setACL(
                    "/app/n" + i, Arrays.asList(new ACL(perms, ZooDefs.Ids.ANYONE_ID_UNSAFE)), -1);
        }
    }

    private static Op create(String path, String data) {
        return Op.create(path, data.getBytes(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private static void doAll(ZooKeeper client, List<Op> all) throws Exception {
        for (int from = 0; from < all.size(); from += BATCH) {
            client.multi(all.subList(from, Math.min(from + BATCH, all.size())));
        }
    }

    /** Data and access list of each znode, as all servers have it. */
    private static SortedMap<String, String> states(ZooKeeper client) throws Exception {
        List<String> paths = new ArrayList<>(List.of("/other", "/app"));
        CountDownLatch synced = new CountDownLatch(1);
        client.sync("/", (code, path, context) -> synced.countDown(), null);
        assertThat(synced.await(60, TimeUnit.SECONDS)).isTrue();
        client.getChildren("/app", false).forEach(name -> paths.add("/app/" + name));
        Map<String, String> states = new ConcurrentHashMap<>();
        CountDownLatch read = new CountDownLatch(2 * paths.size());
        for (String path : paths) {
            client.getData(
                    path,
                    false,
                    (code, of, context, data, stat) -> {
                        states.merge(of, new String(data, StandardCharsets.UTF_8), String::concat);
                        read.countDown();
                    },
                    null);
            client.getACL(
                    path,
                    null,
                    (code, of, context, acl, stat) -> {
                        states.merge(of, acl.toString(), String::concat);
                        read.countDown();
                    },
                    null);
        }
        assertThat(read.await(60, TimeUnit.SECONDS)).isTrue();
        return new TreeMap<>(states);
    }

    /** What is to be done: created, set, access lists set, deleted; and how many are alike. */
    private static List<Long> difference(
            SortedMap<String, String> is, SortedMap<String, String> wanted) {
        long[] counts = new long[5];
        wanted.forEach((path, state) -> {
            String there = is.get(path);
            if (there == null) {
                counts[0]++;
            } else if (there.equals(state)) {
                counts[4] += path.startsWith("/app") ? 1 : 0;
            } else {
                counts[there.startsWith("spoilt") ? 1 : 2]++;
            }
        });
        is.keySet().forEach(path -> counts[3] += wanted.containsKey(path) ? 0 : 1);
        return List.of(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }

    /**
     * How much has been done, with each znode as it was before or as it is in the backup, and none
     * otherwise.
     */
    private static long done(
            SortedMap<String, String> before,
            SortedMap<String, String> now,
            SortedMap<String, String> wanted) {
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(wanted.keySet());
        long done = 0;
        for (String path : all) {
            assertThat(now.get(path)).as(path).isIn(before.get(path), wanted.get(path));
            done += Objects.equals(now.get(path), before.get(path)) ? 0 : 1;
        }
        return done;
    }

    private String[] restoration(String connect) {
        return new String[] {
            "backup",
            "restore-tree",
            "--from",
            kept(),
            "--path",
            "/app",
            "--connect",
            connect,
            "--delete"
        };
    }

    /** Restores; what was done of each kind. */
    private List<Long> restore(LocalEnsemble ensemble) {
        Captured done = Captured.run(restoration(ensemble.connectString()));
        assertThat(done.exitCode()).as(done.err()).isZero();
        Matcher outcome = OUTCOME.matcher(done.out());
        assertThat(outcome.find()).as(done.out()).isTrue();
        return IntStream.rangeClosed(1, outcome.groupCount())
                .mapToObj(i -> Long.valueOf(outcome.group(i)))
                .toList();
    }

    /** Starts a restoration as a process and kills it there. */
    private void kill(Cut cut, LocalEnsemble ensemble) throws Exception {
        int port = Integer.parseInt(first(ensemble).split(":")[1]);
        try (Door door = new Door(cut, port)) {
            List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
            command.addAll(List.of(restoration("127.0.0.1:" + door.port())));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.redirectOutput(dir.resolve("killed.log").toFile());
            builder.environment().put("QUORATE_CLASSPATH", System.getProperty("java.class.path"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            try {
                await().atMost(Duration.ofSeconds(120))
                        .until(() -> door.shut.getCount() == 0 || !process.isAlive());
                assertThat(door.shut.getCount())
                        .as(Files.readString(dir.resolve("killed.log")))
                        .isZero();
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /**
     * Stands before a server and lets a client's requests through, until so many transactions have
     * passed. Of what comes then nothing is answered, or half is let through, and nothing more.
     */
    private static final class Door implements AutoCloseable {
        private static final int MULTI = 14;
        private static final int NONE = 0; // no request has this number

        final CountDownLatch shut = new CountDownLatch(1);
        private final Cut cut;
        private final int port;
        private final ServerSocket listener;

        /** The request behind which nothing passes, in either direction. */
        private volatile int last = NONE;

        Door(Cut cut, int port) throws IOException {
            this.cut = cut;
            this.port = port;
            this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
            try (Socket client = listener.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> answer(server, client));
                pass(client, server);
            } catch (IOException e) {
                // The client is killed, or this is closed.
            }
        }

        private void answer(Socket server, Socket client) {
            try {
                DataInputStream in = new DataInputStream(server.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                while (true) {
                    byte[] frame = in.readNBytes(in.readInt());
                    if (last == NONE) {
                        out.write(ByteBuffer.allocate(4).putInt(frame.length).array());
                        out.write(frame);
                    } else if (ByteBuffer.wrap(frame).getInt() == last) {
                        shut.countDown(); // it is done
                    }
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private void pass(Socket client, Socket server) throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            byte[] greeting = in.readNBytes(in.readInt());
            out.writeInt(greeting.length);
            out.write(greeting);
            int transactions = 0;
            while (last == NONE) {
                byte[] frame = in.readNBytes(in.readInt());
                if (ByteBuffer.wrap(frame).getInt(4) == MULTI && transactions++ == cut.passed) {
                    last = ByteBuffer.wrap(frame).getInt();
                }
                boolean half = last != NONE && !cut.unanswered;
                out.writeInt(frame.length);
                out.write(frame, 0, half ? frame.length / 2 : frame.length);
                if (half) {
                    shut.countDown();
                }
            }
            in.readAllBytes(); // until the client is dead
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}

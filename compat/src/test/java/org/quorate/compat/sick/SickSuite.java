package org.quorate.compat.sick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * Sick disks, clocks and machines under ensembles of three processes that are written to all the
 * time: after each sickness everything that was acknowledged is on all three servers. {@code
 * compat/sick} builds the library that makes them sick ({@code -Dsick.library}) and prints the
 * table of docs/reliability.md. Linux.
 */
class SickSuite {
    private static final ServerProcess.Kind Q = ServerProcess.Kind.QUORATE;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POWER_CUTS = Integer.getInteger("sick.powerCuts", 8);
    private static final int SNAP_COUNT = Integer.getInteger("sick.snapCount", 3_000);
    private static final int DIRECTORY_SYNC_MILLIS = 200;
    private static final int LAST_WORDS_CHARS = 2_000;
    private static final int LOG_BYTES_MIN = 4_096;
    private static final int LOGGED_MIN = 100;
    private static final List<String> TABLE = new ArrayList<>();

    @TempDir Path dir;
    private EnsembleProcesses ensemble;
    private Writer writer;

    @BeforeEach
    void threeServersUnderLoad() throws Exception {
        List<ServerProcess.Place> places = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            Files.writeString(control(id), "");
            Files.createDirectories(undo(id));
            places.add(
                    new ServerProcess.Place(
                            "127.0.0.1",
                            List.of(
                                    "env",
                                    "LD_PRELOAD=" + System.getProperty("sick.library"),
                                    "SICK_CONTROL=" + control(id),
                                    "SICK_UNDO=" + undo(id))));
        }
        ensemble =
                EnsembleProcesses.start(
                        List.of(Q, Q, Q),
                        List.of("maxClientCnxns=0", "snapCount=" + SNAP_COUNT, "preAllocSize=1024"),
                        0,
                        places,
                        List.of(
                                "-XX:ErrorFile=" + dir.resolve("crash-%p.log"),
                                "-XX:ReplayDataFile=" + dir.resolve("replay-%p.log")));
        writer = new Writer(ensemble.connectString());
    }

    @AfterEach
    void stop() throws Exception {
        writer.close();
        ensemble.close();
    }

    @AfterAll
    static void table() {
        TABLE.forEach(System.out::println);
    }

    private Path control(int id) {
        return dir.resolve("control-" + id);
    }

    private Path undo(int id) {
        return dir.resolve("undo-" + id);
    }

    /** Tells the disk or the clock of a server how sick it is; nothing makes it well. */
    private void sick(int id, String words) throws IOException {
        Files.writeString(control(id), words);
    }

    private ServerProcess server(int id) {
        return ensemble.servers().get(id - 1);
    }

    private int leader() throws IOException {
        return ensemble.servers().indexOf(ensemble.leader()) + 1;
    }

    private static boolean isAlive(ServerProcess server) {
        return ProcessHandle.of(server.pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    /** What a server says for its operator, with these words in it. */
    private String told(int id, String words) throws IOException {
        return lastLine(id, words, "")
                .orElseThrow(() ->
                        new AssertionError(
                                "the server does not say: "
                                        + words
                                        + "; its last words: "
                                        + lastWords(id)));
    }

    private String lastWords(int id) {
        try {
            String output = server(id).output();
            return output.substring(Math.max(0, output.length() - LAST_WORDS_CHARS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, if it is more than information and there is such a line. */
    private String saysOf(int id, String words) throws IOException {
        return lastLine(id, words, " WARN ").or(() -> lastLine(id, words, " ERROR ")).orElse("–");
    }

    private Optional<String> lastLine(int id, String words, String level) {
        try {
            return server(id)
                    .output()
                    .lines()
                    .filter(line -> line.contains(words) && line.contains(level))
                    .reduce((first, last) -> last)
                    .map(line -> line.replaceFirst("^\\d\\S+ +\\d\\S+ +", "").strip())
                    .map(line -> line.replaceAll("/tmp/\\S*/", "…/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything goes on, and what was acknowledged is on each server. */
    private void assertNothingIsLost(String what, String happened, String told) throws Exception {
        ensemble.awaitServing();
        long before = writer.acknowledged.size();
        await().atMost(PATIENCE).until(() -> writer.acknowledged.size() > before + 20);
        Set<String> expected = new HashSet<>(writer.acknowledged);
        for (ServerProcess server : ensemble.servers()) {
            try (ZooKeeper client =
                    new ZooKeeper("127.0.0.1:" + server.clientPort(), 20_000, event -> {})) {
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(KeeperException.class)
                        .until(() -> {
                            client.sync("/");
                            return client.exists("/", false) != null;
                        });
                Set<String> lost = new HashSet<>(expected);
                client.getChildren(Writer.ROOT, false).forEach(lost::remove);
                assertThat(lost).as("lost at %d", server.clientPort()).isEmpty();
            }
        }
        TABLE.add(
                "| %s | %s | %,d, lost 0 | %s |"
                        .formatted(what, happened, expected.size(), told.replace("|", "\\|")));
        System.out.println(TABLE.getLast());
    }

    /** The others acknowledge again. */
    private void awaitWrites() {
        long before = writer.acknowledged.size();
        await().atMost(PATIENCE).until(() -> writer.acknowledged.size() > before + 20);
    }

    private void stopsAndComesBack(String what, String words, String told) throws Exception {
        int id = leader();
        sick(id, words);
        await().atMost(PATIENCE).until(() -> !isAlive(server(id)));
        awaitWrites();
        sick(id, "");
        server(id).restart();
        assertNothingIsLost(
                what, "the leader stops, the others go on; it joins again", told(id, told));
    }

    @Test
    void aWriteErrorOfTheLog() throws Exception {
        stopsAndComesBack(
                "write error (EIO) of the leader's disk", "write=5", "Input/output error");
    }

    @Test
    void aSyncErrorOfTheLog() throws Exception {
        stopsAndComesBack("sync error (EIO) of the leader's disk", "sync=5", "Input/output error");
    }

    @Test
    void aReadErrorAtTheStart() throws Exception {
        int id = leader();
        server(id).killHard();
        sick(id, "read=5");
        server(id).relaunch(Q);
        await().atMost(PATIENCE).until(() -> !isAlive(server(id)));
        awaitWrites();
        String told = told(id, "Input/output error");
        sick(id, "");
        server(id).restart();
        assertNothingIsLost(
                "read error (EIO) at a start",
                "it does not start; it joins when it can read",
                told);
    }

    @Test
    void aFullDiskOfTheLeader() throws Exception {
        int id = leader();
        sick(id, "write=28");
        await().atMost(PATIENCE).until(() -> server(id).output().contains("the disk is full"));
        awaitWrites();
        sick(id, "");
        assertNothingIsLost(
                "full disk of the leader",
                "another one leads; it takes part again by itself",
                told(id, "the disk is full"));
        assertThat(isAlive(server(id))).isTrue();
    }

    @Test
    void aPowerCutOfAllThatLosesWhatWasNotSynced() throws Exception {
        long bytes = 0;
        int names = 0;
        for (int id = 1; id <= 3; id++) {
            sick(id, "slow=" + DIRECTORY_SYNC_MILLIS); // so that a cut comes before it
        }
        for (int cut = 0; cut < POWER_CUTS; cut++) {
            if (cut % 2 == 1) {
                ensemble.awaitServing();
                awaitWrites();
            }
            boolean withNames = cut % 3 > 0;
            await().pollInterval(Duration.ofMillis(2))
                    .atMost(PATIENCE)
                    .until(() -> areFrozenBeforeASync(withNames)); // so all go at one moment
            for (ServerProcess server : ensemble.servers()) {
                server.killHard();
            }
            for (int id = 1; id <= 3; id++) {
                PowerCut lost = PowerCut.of(undo(id), server(id).dataDir(), withNames);
                bytes += lost.bytes();
                names += lost.names();
                server(id).relaunch(Q);
            }
        }
        assertThat(names).as("a disk that forgets no name shows nothing").isPositive();
        assertThat(bytes).as("nor does one that forgets no byte").isPositive();
        assertNothingIsLost(
                "%d power cuts of all three, %,d bytes and %d names that were not synced lost"
                        .formatted(POWER_CUTS, bytes, names),
                "all come back by themselves",
                "–");
    }

    /** The sync may have ended before the last of them stood still: then they go on. */
    private boolean areFrozenBeforeASync(boolean ofNames) throws IOException, InterruptedException {
        if (!isSomethingNotSynced(ofNames)) {
            return false;
        }
        freezeAll(true);
        if (isSomethingNotSynced(ofNames)) {
            return true;
        }
        freezeAll(false);
        return false;
    }

    private void freezeAll(boolean frozen) throws IOException, InterruptedException {
        for (ServerProcess server : ensemble.servers()) {
            server.freeze(frozen);
        }
    }

    /** Somebody has changed its directory, or a file there, and not synced it. */
    private boolean isSomethingNotSynced(boolean names) throws IOException {
        for (int id = 1; id <= 3; id++) {
            if (names ? PowerCut.hasNames(undo(id)) : PowerCut.hasBytes(undo(id))) {
                return true;
            }
        }
        return false;
    }

    /** Clients alone cannot use them up: {@code DescriptorRoom} of module node. */
    @Test
    void descriptorsThatRunOut() throws Exception {
        int id = leader();
        long pid = server(id).pid();
        // Its next log file cannot be opened.
        limit(pid, "--nofile=" + descriptors(pid));
        await().atMost(PATIENCE).until(() -> !isAlive(server(id)));
        awaitWrites();
        server(id).restart();
        assertNothingIsLost(
                "no more descriptors for the leader's files",
                "it stops, the others go on; it joins again",
                told(id, "Too many open files"));
    }

    @Test
    void aCrowdOfClientsWhereDescriptorsAreFew() throws Exception {
        ServerProcess.Place poor =
                new ServerProcess.Place("127.0.0.1", List.of("prlimit", "--nofile=256:256"));
        List<Socket> crowd = new ArrayList<>();
        try (EnsembleProcesses one =
                        EnsembleProcesses.start(
                                List.of(Q),
                                List.of("maxClientCnxns=0", "snapCount=200"),
                                0,
                                List.of(poor));
                ZooKeeper client = new ZooKeeper(one.connectString(), 20_000, event -> {})) {
            await().atMost(PATIENCE).until(() -> client.getState().isConnected());
            for (int i = 0; i < 400; i++) {
                Socket socket = new Socket();
                crowd.add(socket);
                socket.connect(one.servers().getFirst().address(), 5_000);
            }
            for (int i = 0; i < 1_000; i++) { // several log files and snapshots
                client.create("/n" + i, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            closeAll(crowd); // As long as it stands there is no room for this question, either.
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() ->
                            assertThat(one.servers().getFirst().ask("mntr"))
                                    .containsPattern("zk_connection_rejected\\s+[1-9]"));
        } finally {
            closeAll(crowd);
        }
        TABLE.add(
                "| 400 connections where 256 descriptors are to be had | those past the room are"
                        + " refused, the server opens its files | 1,000, lost 0 | – |");
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void memoryThatTheSystemDoesNotGive() throws Exception {
        int id = leader();
        limit(server(id).pid(), "--data=" + (200L << 20));
        try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
            await().atMost(PATIENCE).until(() -> client.getState().isConnected());
            for (int i = 0; i < 600 && isAlive(server(id)); i++) {
                try {
                    client.create(
                            Writer.ROOT + "/large-" + i,
                            new byte[1_000_000],
                            Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT);
                } catch (KeeperException e) {
                    Thread.sleep(20); // The leader goes: another one.
                }
            }
        }
        await().atMost(PATIENCE).until(() -> !isAlive(server(id)));
        awaitWrites();
        server(id).restart();
        assertNothingIsLost(
                "memory that the system does not give to the leader",
                "it ends, the others go on; it joins again",
                told(id, "emory"));
    }

    private static void limit(long pid, String limit) throws IOException, InterruptedException {
        int code = new ProcessBuilder("prlimit", "--pid=" + pid, limit).start().waitFor();
        assertThat(code).isZero();
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.count();
        }
    }

    @Test
    void bitRotInEachKindOfFileOfOneServer() throws Exception {
        await().atMost(PATIENCE).until(() -> writer.acknowledged.size() > LOGGED_MIN);
        for (String kind : List.of("log.", "snapshot.", "currentEpoch", "acceptedEpoch")) {
            awaitWrites();
            int id = leader() % 3 + 1; // somebody else
            server(id).killHard();
            Path file = newest(server(id), kind);
            flip(file);
            server(id).restart();
            assertNothingIsLost(
                    "bit rot in `%s` of one server".formatted(kind.replace(".", ".…")),
                    "it is repaired by its peers, or needs no repair",
                    saysOf(id, file.getFileName().toString()));
        }
    }

    /** Spoils the newest file of a kind on two servers; returns a copy of the first one's data. */
    private Path killAndFlip(int first, int second, String kind) throws Exception {
        Path copy = dir.resolve("copy");
        server(first).killHard();
        copy(server(first).dataDir(), copy);
        flip(newest(server(first), kind));
        server(second).killHard();
        flip(newest(server(second), kind));
        return copy;
    }

    @Test
    void bitRotInTheLogsOfTwoServers() throws Exception {
        await().atMost(PATIENCE).until(() -> writer.acknowledged.size() > LOGGED_MIN);
        int whole = leader();
        int first = whole % 3 + 1;
        int second = first % 3 + 1;
        Path copy = killAndFlip(first, second, "log.");
        server(first).relaunch(Q);
        server(second).relaunch(Q);
        await().atMost(PATIENCE).until(() -> server(whole).output().contains("nobody can lead"));
        String told = told(whole, "nobody can lead");
        server(first).killHard();
        delete(server(first).dataDir());
        copy(copy, server(first).dataDir());
        server(first).relaunch(Q);
        assertNothingIsLost(
                "bit rot in the logs of two servers",
                "nobody serves, nothing committed is given up; all do when one has its copy back",
                told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot.", "currentEpoch", "acceptedEpoch"})
    void bitRotInAnotherKindOfFileOfTwoServers(String kind) throws Exception {
        await().atMost(PATIENCE).until(() -> writer.acknowledged.size() > LOGGED_MIN);
        await().atMost(PATIENCE).until(() -> haveAll(kind));
        int whole = leader();
        int first = whole % 3 + 1;
        int second = first % 3 + 1;
        Path copy = killAndFlip(first, second, kind);
        long before = writer.acknowledged.size();
        server(first).relaunch(Q);
        server(second).relaunch(Q);
        await().atMost(PATIENCE)
                .until(() ->
                        writer.acknowledged.size() > before + 20
                                || server(whole).output().contains("nobody can lead"));
        boolean serve = writer.acknowledged.size() > before + 20;
        String told = serve ? saysOf(first, kind) : told(whole, "nobody can lead");
        if (!serve) {
            server(first).killHard();
            delete(server(first).dataDir());
            copy(copy, server(first).dataDir());
            server(first).relaunch(Q);
        }
        assertNothingIsLost(
                "bit rot in `%s` of two servers".formatted(kind.replace(".", ".…")),
                serve ? "they serve all the same" : "nobody serves; all do with one copy back",
                told);
    }

    private boolean haveAll(String kind) throws IOException {
        for (ServerProcess server : ensemble.servers()) {
            try (Stream<Path> files = Files.list(server.dataDir().resolve("version-2"))) {
                if (files.noneMatch(file -> file.getFileName().toString().startsWith(kind))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The newest that holds something: the log's next file is made ahead, and has a header. */
    private static Path newest(ServerProcess server, String kind) throws IOException {
        try (Stream<Path> files = Files.list(server.dataDir().resolve("version-2"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(kind))
                    .filter(file -> !kind.equals("log.") || written(file) > LOG_BYTES_MIN)
                    .max((a, b) -> Long.compare(number(a), number(b)))
                    .orElseThrow();
        }
    }

    /** Without the zeros at its end. */
    private static int written(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int length = bytes.length;
            while (length > 0 && bytes[length - 1] == 0) {
                length--;
            }
            return length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path file) {
        String[] words = file.getFileName().toString().split("\\.");
        return words.length < 2 ? 0 : Long.parseLong(words[1], 16);
    }

    /** A bit in the middle of what was written; zeros at the end were not. */
    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = written(file) / 2;
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    @Test
    void aServerThatIsFrozen() throws Exception {
        for (boolean leads : new boolean[] {true, false}) {
            int id = leads ? leader() : leader() % 3 + 1;
            server(id).freeze(true);
            awaitWrites();
            server(id).freeze(false);
            assertNothingIsLost(
                    "SIGSTOP of " + (leads ? "the leader" : "a follower"),
                    leads ? "another one leads; it follows" : "nobody notices; it catches up",
                    saysOf(id, "stood still"));
        }
    }

    @Test
    void aClockThatIsSetForwardAndBack() throws Exception {
        int id = leader();
        try (ZooKeeper served =
                new ZooKeeper("127.0.0.1:" + server(id).clientPort(), 4_000, event -> {})) {
            served.create(
                    Writer.ROOT + "/here", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            for (int seconds : new int[] {3_600, -7_200, 0}) {
                sick(id, "clock=" + seconds);
                awaitWrites();
                long session = served.getSessionId();
                assertThat(served.exists(Writer.ROOT + "/here", false)).isNotNull();
                assertThat(served.getSessionId()).isEqualTo(session);
            }
        }
        int follower = id % 3 + 1;
        assertNothingIsLost(
                "the leader's clock an hour ahead, an hour behind, right again",
                "no session expires, no write fails",
                saysOf(follower, "clock"));
    }

    /** Creates one znode after the other, through whichever server is there. */
    private static final class Writer implements AutoCloseable {
        static final String ROOT = "/sick";

        final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final String servers;
        private final Thread thread;
        private volatile boolean stopping;

        Writer(String servers) throws Exception {
            this.servers = servers;
            try (ZooKeeper client = new ZooKeeper(servers, 10_000, event -> {})) {
                await().atMost(PATIENCE).until(() -> client.getState().isConnected());
                client.create(ROOT, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            thread = Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            for (int session = 0; !stopping; session++) {
                try (ZooKeeper client = new ZooKeeper(servers, 10_000, event -> {})) {
                    for (int i = 0; !stopping; i++) {
                        String name = String.format(Locale.ROOT, "n%d-%d", session, i);
                        write(client, name);
                        Thread.sleep(2); // a load, not a race
                    }
                } catch (KeeperException e) {
                    // The session is over: another one.
                } catch (InterruptedException e) {
                    return; // closed
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private void write(ZooKeeper client, String name)
                throws KeeperException, InterruptedException {
            try {
                client.create(
                        ROOT + "/" + name,
                        new byte[200],
                        Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT);
                acknowledged.add(name);
            } catch (KeeperException.ConnectionLossException
                    | KeeperException.QuotaExceededException e) {
                // Perhaps it was done, or it was refused: not acknowledged.
            }
        }

        @Override
        public void close() throws InterruptedException {
            stopping = true;
            thread.interrupt();
            thread.join(10_000);
        }
    }
}

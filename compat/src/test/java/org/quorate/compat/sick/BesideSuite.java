package org.quorate.compat.sick;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.bench.ServerProcess;

/**
 * The same faults under three processes of Quorate, of ZooKeeper and of etcd while they are written
 * to: what happens is printed, not judged, except that Quorate loses nothing. {@code compat/sick
 * beside} runs it. Linux; root, for file systems of their own.
 *
 * <p>Under the servers in Java the library {@code faults.c} makes calls fail. etcd makes its system
 * calls itself: strace makes those fail, and nothing sets its clock.
 */
class BesideSuite {
    /** Writes before the fault, and how long they are waited for. */
    private static final int AT_WORK = 500;

    private static final long AT_WORK_SECONDS_MAX = 60;
    private static final int LOG_BYTES_MIN = 20_000;
    private static final long WATCHED_SECONDS = Long.getLong("sick.watched", 15);
    private static final long BACK_SECONDS_MAX = 30;
    private static final int VALUE_BYTES = 200;
    private static final int CUTS = 4;

    /** How long something is scarce, if nobody ends of it. */
    private static final long SCARCE_SECONDS = 40;

    /** Disks of files in memory are quick, and lose nothing that they were given. */
    private static final Path MEMORY_DISK = Path.of("/dev/shm");

    private static final int WORDS_MAX = 160;

    /** Who is made sick. */
    enum Make {
        QUORATE,
        ZOOKEEPER,
        ETCD
    }

    /** How. */
    enum Fault {
        FULL_DISK("full disk of the leader (a small file system, filled)"),
        WRITE_ERROR("write error (EIO) of the leader's log"),
        SYNC_ERROR("sync error (EIO) of the leader's log"),
        STOPPED("SIGSTOP of the leader"),
        BIT_ROT("one wrong bit in the log of a follower, at its start"),
        BIT_ROT_OF_TWO("one wrong bit in the logs of two of three, at their start"),
        TORN("the second half of a follower's newest log gone, at its start"),
        POWER_CUT("power cut of all three (ext4, without its journal)"),
        CLOCK("the leader's clock an hour ahead, then an hour behind"),
        DESCRIPTORS("no file descriptor more for the leader"),
        MEMORY("no memory more for the leader, large writes");

        private final String words;

        Fault(String words) {
            this.words = words;
        }

        boolean isByLibrary(Make make) {
            return make != Make.ETCD
                    && (this == WRITE_ERROR || this == SYNC_ERROR || this == CLOCK);
        }
    }

    private final List<String> table = new ArrayList<>();
    @TempDir Path dir;

    @Test
    void theSameFaults() throws Exception {
        for (Fault fault : chosen("sick.faults", Fault.values(), Fault.class)) {
            for (Make make : chosen("sick.makes", Make.values(), Make.class)) {
                if (make == Make.ETCD && fault == Fault.CLOCK) {
                    continue; // It asks the kernel itself.
                }
                String row = "| %s | %s | %s |".formatted(fault.words, make, strike(make, fault));
                table.add(row);
                System.out.println(row);
            }
        }
        assertThat(table).isNotEmpty();
    }

    private static <E extends Enum<E>> List<E> chosen(String property, E[] all, Class<E> type) {
        String told = System.getProperty(property, "");
        return told.isEmpty()
                ? List.of(all)
                : Arrays.stream(told.split(",")).map(name -> Enum.valueOf(type, name)).toList();
    }

    private String strike(Make make, Fault fault) throws Exception {
        List<Path> controls = new ArrayList<>();
        List<ServerProcess.Place> places = new ArrayList<>();
        for (int i = 0; i < Cluster.SIZE; i++) {
            Path own = Files.createDirectories(dir.resolve(make + "-" + fault + "-" + i));
            controls.add(Files.writeString(own.resolve("control"), ""));
            places.add(
                    new ServerProcess.Place(
                            "127.0.0.1",
                            fault.isByLibrary(make)
                                    ? List.of(
                                            "env",
                                            "LD_PRELOAD=" + System.getProperty("sick.library"),
                                            "SICK_CONTROL=" + controls.get(i))
                                    : List.of()));
        }
        try (Cluster cluster =
                        switch (make) {
                            case QUORATE ->
                                    new ZooKeeperCluster(ServerProcess.Kind.QUORATE, places);
                            case ZOOKEEPER ->
                                    new ZooKeeperCluster(ServerProcess.Kind.ZOOKEEPER, places);
                            case ETCD -> new EtcdCluster(Path.of(System.getProperty("sick.etcd")));
                        };
                Round round = new Round(make, cluster, controls)) {
            round.strike(fault);
            int lost = round.lost();
            if (make == Make.QUORATE) {
                assertThat(lost).as(fault + ": " + round.told()).isZero();
            }
            return round.told();
        }
    }

    /** One fault of one cluster. */
    private static final class Round implements AutoCloseable {
        private final Make make;
        private final Cluster cluster;
        private final List<Path> controls;
        private final int[] saidBefore = new int[Cluster.SIZE];
        private final List<Path> mounts = new ArrayList<>();
        private final List<Path> images = new ArrayList<>();
        private final List<String> happened = new ArrayList<>();
        private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final Thread writer;
        private volatile long lastNanos = System.nanoTime();
        private volatile long gapNanos;
        private volatile int bytes = VALUE_BYTES;
        private volatile boolean over;

        Round(Make make, Cluster cluster, List<Path> controls) {
            this.make = make;
            this.cluster = cluster;
            this.controls = controls;
            this.writer = Thread.ofPlatform().daemon().name("writer").start(this::write);
        }

        private void write() {
            try {
                for (int i = 0; !over; i++) {
                    String name = "n" + i;
                    try {
                        cluster.write(name, bytes);
                        acknowledged.add(name);
                        acknowledged(System.nanoTime());
                        TimeUnit.MILLISECONDS.sleep(2);
                    } catch (IOException failed) {
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                }
            } catch (InterruptedException closing) {
                // That is the end.
            }
        }

        private synchronized void acknowledged(long nowNanos) {
            gapNanos = Math.max(gapNanos, nowNanos - lastNanos);
            lastNanos = nowNanos;
        }

        private synchronized void watch() throws IOException {
            lastNanos = System.nanoTime();
            gapNanos = 0;
            for (int i = 0; i < Cluster.SIZE; i++) {
                saidBefore[i] = cluster.output(i).length();
            }
        }

        /** The longest time without an acknowledgement since {@link #watch}. */
        private synchronized double gapSeconds() {
            return Math.max(gapNanos, System.nanoTime() - lastNanos) / 1e9;
        }

        void strike(Fault fault) throws Exception {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AT_WORK_SECONDS_MAX);
            while (acknowledged.size() < AT_WORK && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            if (fault == Fault.FULL_DISK) {
                for (int i = 0; i < Cluster.SIZE; i++) {
                    ontoOwnDisk(i, "-t", "tmpfs", "-o", "size=160m", "tmpfs");
                }
            } else if (fault == Fault.POWER_CUT) {
                for (int i = 0; i < Cluster.SIZE; i++) {
                    Path image = Files.createTempFile(MEMORY_DISK, "quorate-sick", ".img");
                    images.add(image);
                    run("truncate", "-s", "400m", image.toString());
                    run("mkfs.ext4", "-q", "-F", image.toString());
                    ontoOwnDisk(i, "-o", "loop", image.toString());
                }
            }
            int leader = awaitLeader();
            int follower = (leader + 1) % Cluster.SIZE;
            int other = (leader + 2) % Cluster.SIZE;
            watch();
            switch (fault) {
                case FULL_DISK -> {
                    Path filler = cluster.dataDir(leader).resolve("filler");
                    fill(filler);
                    pause();
                    tellOf(leader);
                    Files.delete(filler);
                    comesBack(leader);
                }
                case WRITE_ERROR -> sickDisk(leader, "write");
                case SYNC_ERROR -> sickDisk(leader, "sync");
                case STOPPED -> {
                    signal(leader, "-STOP");
                    pause();
                    happened.add("writes went on after %.1f s".formatted(gapSeconds()));
                    signal(leader, "-CONT");
                    comesBack(leader);
                }
                case BIT_ROT -> damaged(List.of(follower), false);
                case BIT_ROT_OF_TWO -> damaged(List.of(follower, other), false);
                case TORN -> damaged(List.of(follower), true);
                case POWER_CUT -> powerCut();
                case CLOCK -> {
                    for (int seconds : new int[] {3_600, -3_600, 0}) {
                        Files.writeString(controls.get(leader), "clock=" + seconds);
                        TimeUnit.SECONDS.sleep(WATCHED_SECONDS / 3);
                    }
                    tellOf(leader);
                    comesBack(leader);
                }
                case DESCRIPTORS -> {
                    limit(leader, "--nofile=" + descriptors(leader));
                    bytes = 2_000; // so that files are filled
                    awaitEnd(leader);
                    bytes = VALUE_BYTES;
                    pause();
                    tellOf(leader);
                    limitIfAlive(leader, "--nofile=4096");
                    comesBack(leader);
                }
                case MEMORY -> {
                    limit(leader, "--data=" + (200L << 20));
                    bytes = 900_000;
                    awaitEnd(leader);
                    bytes = VALUE_BYTES;
                    pause();
                    tellOf(leader);
                    limitIfAlive(leader, "--data=unlimited");
                    comesBack(leader);
                }
            }
        }

        private void sickDisk(int leader, String what) throws Exception {
            if (make != Make.ETCD) {
                Files.writeString(controls.get(leader), what + "=5");
                pause();
                tellOf(leader);
                Files.writeString(controls.get(leader), "");
            } else {
                String calls =
                        what.equals("sync") ? "fsync,fdatasync" : "write,pwrite64,writev,pwritev";
                List<String> strace =
                        new ArrayList<>(
                                List.of(
                                        "strace",
                                        "-f",
                                        "-qq",
                                        "-o",
                                        "/dev/null",
                                        "-p",
                                        Long.toString(cluster.pid(leader)),
                                        "-e",
                                        "inject=" + calls + ":error=EIO"));
                for (Path log : cluster.logs(leader)) {
                    strace.addAll(List.of("-P", log.toString()));
                }
                Process sick = new ProcessBuilder(strace).inheritIO().start();
                pause();
                tellOf(leader);
                sick.destroy();
                sick.waitFor();
            }
            comesBack(leader);
        }

        private void damaged(List<Integer> servers, boolean torn) throws Exception {
            for (int server : servers) {
                cluster.kill(server);
                damage(cluster.logs(server), torn);
            }
            for (int server : servers) {
                cluster.launch(server);
            }
            pause();
            for (int server : servers) {
                tellOf(server);
            }
        }

        private void powerCut() throws Exception {
            int gone = 0; // of files that nobody has synced, beside the servers' own
            for (int cut = 0; cut < CUTS; cut++) {
                for (int i = 0; i < Cluster.SIZE; i++) {
                    signal(i, "-STOP");
                }
                for (int i = 0; i < Cluster.SIZE; i++) {
                    String data = cluster.dataDir(i).toString();
                    Path unsynced = cluster.dataDir(i).resolve("unsynced");
                    Files.writeString(unsynced, "x");
                    run(System.getProperty("sick.cut"), data);
                    cluster.kill(i);
                    run("umount", data);
                    run("mount", "-o", "loop", images.get(i).toString(), data);
                    gone += unsynced.toFile().length() == 0 ? 1 : 0;
                    Files.deleteIfExists(unsynced);
                }
                for (int i = 0; i < Cluster.SIZE; i++) {
                    cluster.launch(i);
                }
                pause();
                for (int i = 0; i < Cluster.SIZE; i++) {
                    if (!isAlive(i)) {
                        happened.add(
                                "server %d ended at its start behind cut %d: %s"
                                        .formatted(i, cut + 1, lastWords(i)));
                        System.out.println(cluster.output(i));
                        cluster.launch(i);
                    }
                }
            }
            assertThat(gone).as("the power was cut").isPositive();
            happened.add(
                    "%d cuts, %d of %d files gone that were not synced"
                            .formatted(CUTS, gone, CUTS * Cluster.SIZE));
            for (int i = 0; i < Cluster.SIZE; i++) {
                tellOf(i);
            }
        }

        private int awaitLeader() throws Exception {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BACK_SECONDS_MAX);
            while (true) {
                int leader = cluster.leader();
                if (leader >= 0 || System.nanoTime() > end) {
                    return leader;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }

        private static void pause() throws InterruptedException {
            TimeUnit.SECONDS.sleep(WATCHED_SECONDS);
        }

        private boolean isAlive(int server) {
            return ProcessHandle.of(cluster.pid(server)).map(ProcessHandle::isAlive).orElse(false);
        }

        /** How a server is, how the writes are, and what it says. */
        private void tellOf(int server) throws Exception {
            happened.add(
                    "server %d %s; longest time without an acknowledgement so far %.1f s; %s"
                            .formatted(
                                    server,
                                    isAlive(server) ? "runs" : "has ended",
                                    gapSeconds(),
                                    lastWords(server)));
        }

        /** The worst of what it has said since the fault, and of that the last. */
        private String lastWords(int server) throws IOException {
            List<String> lines =
                    cluster.output(server).substring(saidBefore[server]).lines().toList();
            return Stream.of(
                            "fatal|panic:| C \\| |ERROR|nsufficient memory|OutOfMemory",
                            "WARN| [WE] \\| ")
                    .map(Pattern::compile)
                    .flatMap(worst ->
                            lines.stream()
                                    .filter(line -> worst.matcher(line).find())
                                    .reduce((first, last) -> last)
                                    .stream())
                    .findFirst()
                    .map(line -> line.substring(0, Math.min(WORDS_MAX, line.length())))
                    .map(line -> "'" + line.replace('|', '/') + "'")
                    .orElse("says nothing");
        }

        /** It is well again: does it take part, and if not, does it after a start? */
        private void comesBack(int server) throws Exception {
            if (isAlive(server) && hasAll(server)) {
                happened.add("takes part again by itself");
                return;
            }
            boolean ended = !isAlive(server);
            cluster.kill(server);
            cluster.launch(server);
            happened.add(
                    (ended ? "" : "does not take part by itself; ")
                            + (hasAll(server)
                                    ? "takes part when started again"
                                    : "does not take part when started again"));
        }

        private boolean hasAll(int server) throws Exception {
            Set<String> wanted = new HashSet<>(acknowledged);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BACK_SECONDS_MAX);
            while (System.nanoTime() < end) {
                try {
                    if (cluster.names(server).containsAll(wanted)) {
                        return true;
                    }
                } catch (IOException notYet) {
                    // Again.
                }
                TimeUnit.MILLISECONDS.sleep(300);
            }
            return false;
        }

        /** The most that any server that answers lacks of what was acknowledged. */
        int lost() throws Exception {
            double gapSeconds = gapSeconds();
            over = true;
            writer.interrupt();
            writer.join();
            Set<String> wanted = new HashSet<>(acknowledged);
            int most = 0;
            List<Integer> silent = new ArrayList<>();
            for (int i = 0; i < Cluster.SIZE; i++) {
                if (hasAll(i)) {
                    continue;
                }
                try {
                    Set<String> missing = new HashSet<>(wanted);
                    missing.removeAll(cluster.names(i));
                    most = Math.max(most, missing.size());
                } catch (IOException away) {
                    silent.add(i);
                }
            }
            happened.add(
                    "%,d acknowledged, lost %,d%s; longest time without an acknowledgement %.1f s"
                            .formatted(
                                    wanted.size(),
                                    most,
                                    silent.isEmpty() ? "" : ", servers without an answer " + silent,
                                    gapSeconds));
            return most;
        }

        String told() {
            return String.join("; ", happened);
        }

        // ---- making sick

        /** Its data lie on a file system of their own from now on, which is mounted so. */
        private void ontoOwnDisk(int server, String... mount) throws Exception {
            cluster.kill(server);
            Path data = cluster.dataDir(server);
            Path aside = data.resolveSibling(data.getFileName() + "-aside");
            Files.move(data, aside);
            Files.createDirectory(data);
            List<String> command = new ArrayList<>(List.of("mount"));
            command.addAll(List.of(mount));
            command.add(data.toString());
            run(command.toArray(String[]::new));
            mounts.add(data);
            run("cp", "-a", aside + "/.", data.toString());
            run("sync", "-f", data.toString());
            run("rm", "-r", aside.toString());
            cluster.launch(server);
            hasAll(server);
        }

        private static void fill(Path file) throws IOException {
            byte[] piece = new byte[4_096];
            try (var out = Files.newOutputStream(file)) {
                while (true) {
                    out.write(piece);
                }
            } catch (IOException full) {
                // That was wanted.
            }
        }

        private static void damage(List<Path> logs, boolean torn) throws IOException {
            for (Path log : logs.reversed()) {
                byte[] all = Files.readAllBytes(log);
                int written = all.length;
                while (written > 0 && all[written - 1] == 0) {
                    written--;
                }
                if (written > LOG_BYTES_MIN) { // The newest that holds something.
                    if (torn) {
                        all = Arrays.copyOf(all, written / 2);
                    } else {
                        all[written / 2] ^= 0x10;
                    }
                    Files.write(log, all);
                    return;
                }
            }
            throw new IOException("no log is long enough: " + logs);
        }

        private void signal(int server, String which) throws Exception {
            run("kill", which, Long.toString(cluster.pid(server)));
        }

        /** Some time, or until it has ended. */
        private void awaitEnd(int server) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SCARCE_SECONDS);
            while (isAlive(server) && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }

        private void limitIfAlive(int server, String what) throws Exception {
            try {
                limit(server, what);
            } catch (IOException e) {
                if (isAlive(server)) {
                    throw e;
                }
            }
        }

        private void limit(int server, String what) throws Exception {
            run("prlimit", "--pid=" + cluster.pid(server), what);
        }

        private long descriptors(int server) throws IOException {
            try (Stream<Path> files = Files.list(Path.of("/proc/" + cluster.pid(server) + "/fd"))) {
                return files.count();
            }
        }

        private static void run(String... command) throws Exception {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        }

        @Override
        public void close() throws Exception {
            over = true;
            writer.interrupt();
            writer.join();
            for (int i = 0; i < Cluster.SIZE; i++) {
                cluster.kill(i);
            }
            for (Path mount : mounts) {
                run("umount", mount.toString());
            }
            for (Path image : images) {
                Files.delete(image);
            }
        }
    }
}

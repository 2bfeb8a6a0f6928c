package org.quorate.compat.sick;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/** Servers that speak ZooKeeper's protocol: Quorate's, or ZooKeeper's own. */
final class ZooKeeperCluster implements Cluster {
    private static final String ROOT = "/sick";
    private static final int SESSION_MILLIS = 4_000;

    private final ServerProcess.Kind kind;
    private final EnsembleProcesses ensemble;
    private @Nullable ZooKeeper writing; // The writer's alone.

    ZooKeeperCluster(ServerProcess.Kind kind, List<ServerProcess.Place> places)
            throws IOException, InterruptedException {
        this.kind = kind;
        this.ensemble =
                EnsembleProcesses.start(
                        Collections.nCopies(SIZE, kind),
                        List.of("maxClientCnxns=0", "snapCount=3000", "preAllocSize=1024"),
                        0,
                        places);
        try (ZooKeeper client = connect(ensemble.connectString())) {
            client.create(ROOT, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException e) {
            throw new IOException(e);
        }
    }

    private static ZooKeeper connect(String servers) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client =
                new ZooKeeper(
                        servers,
                        SESSION_MILLIS,
                        event -> {
                            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                                connected.countDown();
                            }
                        });
        if (!connected.await(2L * SESSION_MILLIS, TimeUnit.MILLISECONDS)) {
            client.close();
            throw new IOException("no session at " + servers);
        }
        return client;
    }

    @Override
    public void write(String name, int bytes) throws IOException, InterruptedException {
        ZooKeeper client = writing;
        if (client == null || !client.getState().isAlive()) {
            client = connect(ensemble.connectString());
            writing = client;
        }
        try {
            client.create(
                    ROOT + "/" + name, new byte[bytes], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Set<String> names(int server) throws IOException, InterruptedException {
        try (ZooKeeper client = connect("127.0.0.1:" + server(server).clientPort())) {
            CountDownLatch synced = new CountDownLatch(1);
            client.sync(ROOT, (code, path, context) -> synced.countDown(), null);
            if (!synced.await(SESSION_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("no sync");
            }
            return new HashSet<>(client.getChildren(ROOT, false));
        } catch (KeeperException e) {
            throw new IOException(e);
        }
    }

    @Override
    public int leader() {
        for (int i = 0; i < SIZE; i++) {
            try {
                if (EnsembleProcesses.mode(server(i)).equals("leader")) {
                    return i;
                }
            } catch (IOException away) {
                // The next.
            }
        }
        return -1;
    }

    private ServerProcess server(int i) {
        return ensemble.servers().get(i);
    }

    @Override
    public long pid(int server) {
        return server(server).pid();
    }

    @Override
    public void kill(int server) throws InterruptedException {
        server(server).killHard();
    }

    @Override
    public void launch(int server) throws IOException {
        server(server).relaunch(kind);
    }

    @Override
    public Path dataDir(int server) {
        return server(server).dataDir();
    }

    @Override
    public List<Path> logs(int server) throws IOException {
        try (Stream<Path> files = Files.list(dataDir(server).resolve("version-2"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log."))
                    .sorted(Comparator.comparingLong(ZooKeeperCluster::number))
                    .toList();
        }
    }

    private static long number(Path log) {
        return Long.parseLong(log.getFileName().toString().substring("log.".length()), 16);
    }

    @Override
    public String output(int server) throws IOException {
        return server(server).output();
    }

    @Override
    public void close() {
        ensemble.close();
    }
}

package org.quorate.cli.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** Apache ZooKeeper's own server in this JVM. */
final class RealZooKeeper implements AutoCloseable {
    private static final int TICK_MILLIS = 2000;

    private final ServerCnxnFactory factory;

    RealZooKeeper(Path dir) throws IOException, InterruptedException {
        System.setProperty("zookeeper.extendedTypesEnabled", "true");
        ZooKeeperServer server = new ZooKeeperServer(dir.toFile(), dir.toFile(), TICK_MILLIS);
        factory = new NIOServerCnxnFactory();
        factory.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        factory.startup(server);
    }

    String connectString() {
        return "127.0.0.1:" + factory.getLocalPort();
    }

    @Override
    public void close() {
        factory.shutdown();
    }
}

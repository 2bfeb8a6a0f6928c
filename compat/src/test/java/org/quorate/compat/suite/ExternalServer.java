package org.quorate.compat.suite;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server in a process of its own where ZooKeeper's tests believe to start one in theirs:
 * on the port and the directory they name, with the system properties they have set. What they then
 * do over the wire is answered by that server; what they do to the server object beside it is not.
 *
 * <p>{@code -Dsuite.server} chooses the main class: Quorate's unless it says {@code ZOOKEEPER}.
 */
public final class ExternalServer extends ServerCnxnFactory {
    private static final String[] PASSED_ON = {
        "zookeeper.", "jute.", "znode.", "readonlymode.", "java.security.auth", "fsync."
    };
    private static final int STOP_SECONDS_MAX = 10;

    private InetSocketAddress address = new InetSocketAddress(0);
    private int clientsPerAddressMax = 60;
    private int backlog = -1;
    private @Nullable Process process;

    @Override
    public void configure(InetSocketAddress addr, int maxcc, int listenBacklog, boolean isSecure) {
        address = addr;
        clientsPerAddressMax = maxcc;
        backlog = listenBacklog;
        secure = isSecure;
    }

    @Override
    public void startup(ZooKeeperServer server, boolean startServer)
            throws IOException, InterruptedException {
        setZooKeeperServer(server);
        File dataDir = server.getTxnLogFactory().getSnapDir().getParentFile();
        File logDir = server.getTxnLogFactory().getDataLogDir().getParentFile();
        Path config = Files.createTempFile("suite", ".cfg");
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "dataDir=" + dataDir,
                                "dataLogDir=" + logDir,
                                "clientPort=" + address.getPort(),
                                "tickTime=" + server.getTickTime(),
                                "maxClientCnxns=" + clientsPerAddressMax,
                                "minSessionTimeout=" + server.getMinSessionTimeout(),
                                "maxSessionTimeout=" + server.getMaxSessionTimeout(),
                                "clientPortListenBacklog=" + backlog,
                                "reconfigEnabled=" + server.isReconfigEnabled(),
                                "admin.enableServer=false"));
        if (!address.getAddress().isAnyLocalAddress()) {
            lines.add("clientPortAddress=" + address.getAddress().getHostAddress());
        }
        Files.write(config, lines);
        process =
                new ProcessBuilder(command(config))
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        new File(System.getProperty("suite.log", "/dev/null"))))
                        .start();
    }

    @Override
    public void shutdown() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new IllegalStateException("the server did not stop when asked to");
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int getLocalPort() {
        return address.getPort();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return address;
    }

    @Override
    public int getMaxClientCnxnsPerHost() {
        return clientsPerAddressMax;
    }

    @Override
    public void setMaxClientCnxnsPerHost(int max) {
        clientsPerAddressMax = max;
    }

    @Override
    public int getSocketListenBacklog() {
        return backlog;
    }

    @Override
    public void start() {}

    @Override
    public void join() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.waitFor();
        }
    }

    @Override
    public void reconfigure(InetSocketAddress addr) {
        throw new IllegalStateException("the server in the other process keeps its port");
    }

    @Override
    public Iterable<ServerCnxn> getConnections() {
        return List.of();
    }

    @Override
    public void closeAll(ServerCnxn.DisconnectReason reason) {
        throw new IllegalStateException("connections belong to the other process");
    }

    @Override
    public void resetAllConnectionStats() {
        throw new IllegalStateException("connections belong to the other process");
    }

    @Override
    public Iterable<Map<String, Object>> getAllConnectionInfo(boolean brief) {
        return List.of();
    }

    private static List<String> command(Path config) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path")));
        System.getProperties()
                .forEach((key, value) -> {
                    if (isPassedOn(key.toString())) {
                        command.add("-D" + key + "=" + value);
                    }
                });
        if ("ZOOKEEPER".equals(System.getProperty("suite.server"))) {
            command.add("org.apache.zookeeper.server.quorum.QuorumPeerMain");
        } else {
            command.add("org.quorate.cli.Main");
            command.add("serve");
        }
        command.add(config.toString());
        return command;
    }

    private static boolean isPassedOn(String key) {
        if (key.equals(ZOOKEEPER_SERVER_CNXN_FACTORY)) {
            return false;
        }
        for (String prefix : PASSED_ON) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}

package org.quorate.compat.suite;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server in a process of its own where ZooKeeper's tests believe to start one in theirs:
 * on the port and the directory they name, with the system properties they have set. What they then
 * do over the wire is answered by that server; what they do to the server object beside it is not.
 */
public final class ExternalServer extends ServerCnxnFactory {
    private InetSocketAddress address = new InetSocketAddress(0);
    private int clientsPerAddressMax = 60;
    private int backlog = -1;
    private @Nullable OutsideServer process;

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
        process = OutsideServer.start(lines);
    }

    @Override
    public void shutdown() {
        OutsideServer running = process;
        process = null;
        if (running != null) {
            running.close();
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
        OutsideServer running = process;
        if (running != null) {
            running.join();
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
}

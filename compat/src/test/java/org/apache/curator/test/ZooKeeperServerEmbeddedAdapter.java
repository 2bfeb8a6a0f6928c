package org.apache.curator.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Properties;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.quorate.compat.suite.OutsideServer;

/**
 * Stands before the class of this name in Curator's test library, through which its {@code
 * TestingServer} and {@code TestingCluster} start a ZooKeeper in the tests' own process: starts a
 * server in a process of its own instead, with the configuration that they ask for.
 */
public final class ZooKeeperServerEmbeddedAdapter implements ZooKeeperMainFace {
    private volatile OutsideServer server;
    private volatile int clientPort;

    @Override
    public void start(QuorumPeerConfigBuilder builder) {
        try {
            Properties properties = builder.buildProperties();
            clientPort = Integer.parseInt(properties.getProperty("clientPort"));
            if (clientPort == 0) {
                clientPort = freePort();
                properties.setProperty("clientPort", Integer.toString(clientPort));
            }
            properties.setProperty("admin.enableServer", "false");
            properties.setProperty("4lw.commands.whitelist", "*");
            // The tests switch it in a static field of their own process.
            if (QuorumPeerConfig.isReconfigEnabled()) {
                properties.setProperty("reconfigEnabled", "true");
            }
            List<String> lines =
                    properties.stringPropertyNames().stream()
                            .map(key -> key + "=" + properties.getProperty(key))
                            .toList();
            server = OutsideServer.start(lines);
            server.awaitListening(clientPort);
        } catch (Exception e) {
            throw new FailedServerStartException(e);
        }
    }

    @Override
    public int getClientPort() {
        return clientPort;
    }

    @Override
    public void kill() {
        OutsideServer running = server;
        server = null;
        if (running != null) {
            running.kill();
        }
    }

    @Override
    public void close() {
        OutsideServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

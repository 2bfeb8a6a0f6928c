package org.quorate.compat.suite;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.flexible.QuorumVerifier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code QuorumPeer} of ZooKeeper's tests does once {@link PeerClass} has changed it: its
 * thread starts a server in a process of its own, with the configuration file or the settings that
 * the test gave the peer, and lives as long as that. Any thread.
 */
public final class OutsidePeers {
    private static final int ASK_MILLIS_MAX = 2_000;

    /** What tests switch in static fields, which the other process does not see. */
    private static final List<String> SWITCHES =
            List.of("\nreconfigEnabled=true\n", "\nstandaloneEnabled=false\n");

    /** Guards itself. A peer that was shut down has null. */
    private static final Map<QuorumPeer, @Nullable OutsideServer> RUNNING = new WeakHashMap<>();

    private OutsidePeers() {}

    /**
     * In the place of what {@code QuorumPeer.start} does before its thread begins. Waits until the
     * client port is open, so that the time that tests allow for an election is not spent on the
     * start of a process.
     */
    public static void start(QuorumPeer peer) throws IOException, InterruptedException {
        OutsideServer server = launch(peer);
        synchronized (RUNNING) {
            RUNNING.put(peer, server);
        }
        InetSocketAddress clients = peer.getClientAddress();
        if (clients != null) {
            server.awaitListening(clients.getPort());
        }
        String file = configFile(peer);
        if (file != null) {
            // The tests compare the file, and the copy that the server has kept of it.
            withoutSwitches(Path.of(file));
            withoutSwitches(Path.of(file + ".bak"));
        }
    }

    private static void withoutSwitches(Path file) throws IOException {
        if (Files.exists(file)) {
            String told = Files.readString(file);
            String text = told;
            for (String line : SWITCHES.reversed()) {
                if (text.endsWith(line)) {
                    text = text.substring(0, text.length() - line.length());
                }
            }
            if (!text.equals(told)) {
                Files.writeString(file, text);
            }
        }
    }

    /** In the place of {@code QuorumPeer.run}: the peer's thread lives as long as the process. */
    public static void run(QuorumPeer peer) throws InterruptedException {
        OutsideServer server;
        synchronized (RUNNING) {
            server = RUNNING.get(peer);
        }
        if (server != null) {
            server.join();
        }
    }

    /** In the place of {@code QuorumPeer.shutdown}. */
    public static void shutdown(QuorumPeer peer) {
        OutsideServer server;
        synchronized (RUNNING) {
            server = RUNNING.put(peer, null);
        }
        if (server != null) {
            server.close();
        }
    }

    /** In the place of {@code QuorumPeer.getPeerState}. */
    public static QuorumPeer.ServerState state(QuorumPeer peer) {
        return switch (mode(peer)) {
            case "leader" -> QuorumPeer.ServerState.LEADING;
            case "follower" -> QuorumPeer.ServerState.FOLLOWING;
            case "observer" -> QuorumPeer.ServerState.OBSERVING;
            default -> QuorumPeer.ServerState.LOOKING;
        };
    }

    /**
     * In the place of {@code QuorumUtil.getLeaderServer}, which looks for the object that leads.
     *
     * @return the number of the peer whose process leads; −1 if none does
     */
    public static int leader(Object quorumUtil) throws ReflectiveOperationException {
        int all = quorumUtil.getClass().getField("ALL").getInt(quorumUtil);
        for (int number = 1; number <= all; number++) {
            Object struct =
                    quorumUtil
                            .getClass()
                            .getMethod("getPeer", int.class)
                            .invoke(quorumUtil, number);
            Field peer = struct.getClass().getField("peer");
            peer.setAccessible(true);
            if (state((QuorumPeer) peer.get(struct)) == QuorumPeer.ServerState.LEADING) {
                return number;
            }
        }
        return -1;
    }

    /** In the place of {@code QuorumUtil.leaderExists}, which looks for the object, too. */
    public static boolean isSome(int leader) {
        return leader > 0;
    }

    /** By the four-letter word {@code srvr}; empty if it does not serve. */
    private static String mode(QuorumPeer peer) {
        InetSocketAddress clients = peer.getClientAddress();
        if (clients == null) {
            return "";
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", clients.getPort()), ASK_MILLIS_MAX);
            socket.setSoTimeout(ASK_MILLIS_MAX);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String said =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return ""; // it does not serve
        }
    }

    private static OutsideServer launch(QuorumPeer peer) throws IOException {
        String file = configFile(peer);
        if (file == null) {
            return OutsideServer.start(settings(peer));
        }
        proposedMembers(peer, file);
        Path path = Path.of(file);
        String told = Files.readString(path);
        if (QuorumPeerConfig.isReconfigEnabled() && !told.contains("reconfigEnabled=")) {
            Files.writeString(path, SWITCHES.get(0), StandardOpenOption.APPEND);
        }
        if (!QuorumPeerConfig.isStandaloneEnabled() && !told.contains("standaloneEnabled=")) {
            Files.writeString(path, SWITCHES.get(1), StandardOpenOption.APPEND);
        }
        return OutsideServer.start(path);
    }

    /** The object has read the file of a change that was under way, and removed it. */
    private static void proposedMembers(QuorumPeer peer, String file) throws IOException {
        QuorumVerifier next = peer.getLastSeenQuorumVerifier();
        if (next != null && next.getVersion() > peer.getQuorumVerifier().getVersion()) {
            Files.writeString(
                    Path.of(file + QuorumPeerConfig.nextDynamicConfigFileSuffix), next.toString());
        }
    }

    private static @Nullable String configFile(QuorumPeer peer) {
        try {
            Field field = QuorumPeer.class.getDeclaredField("configFilename");
            field.setAccessible(true);
            return (String) field.get(peer);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("another QuorumPeer than expected", e);
        }
    }

    private static List<String> settings(QuorumPeer peer) {
        File dataDir = peer.getTxnFactory().getSnapDir().getParentFile();
        File logDir = peer.getTxnFactory().getDataLogDir().getParentFile();
        try {
            Files.writeString(new File(dataDir, "myid").toPath(), peer.getMyId() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> lines = new ArrayList<>();
        String members = peer.getQuorumVerifier().toString();
        members.lines().filter(line -> !line.startsWith("version=")).forEach(lines::add);
        lines.add("dataDir=" + dataDir);
        lines.add("dataLogDir=" + logDir);
        lines.add("tickTime=" + peer.getTickTime());
        lines.add("initLimit=" + peer.getInitLimit());
        lines.add("syncLimit=" + peer.getSyncLimit());
        lines.add("minSessionTimeout=" + peer.getMinSessionTimeout());
        lines.add("maxSessionTimeout=" + peer.getMaxSessionTimeout());
        lines.add("localSessionsEnabled=" + peer.areLocalSessionsEnabled());
        lines.add("localSessionsUpgradingEnabled=" + peer.isLocalSessionsUpgradingEnabled());
        lines.add("reconfigEnabled=" + QuorumPeerConfig.isReconfigEnabled());
        lines.add("admin.enableServer=false");
        if (peer.getLearnerType() == QuorumPeer.LearnerType.OBSERVER) {
            lines.add("peerType=observer");
        }
        if (!members.contains(";") && peer.getClientAddress() != null) {
            lines.add("clientPort=" + peer.getClientAddress().getPort());
        }
        return lines;
    }
}

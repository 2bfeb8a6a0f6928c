package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;

/** What tests of ensembles of Quorate and real ZooKeeper servers share. */
final class Mixed {
    static final int SESSION_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Mixed() {}

    /** Starts servers with arguments for each JVM; the last {@code observers} of them observe. */
    static EnsembleProcesses start(
            String letters, List<String> config, int observers, String... jvmArgs)
            throws IOException {
        List<Kind> kinds = kinds(letters);
        return EnsembleProcesses.start(
                kinds,
                config,
                observers,
                Collections.nCopies(kinds.size(), ServerProcess.Place.HERE),
                List.of(jvmArgs));
    }

    /**
     * Starts each server on a loopback address of its own, as they need who share the number of a
     * port.
     */
    static EnsembleProcesses startApart(String letters, List<String> config, int observers)
            throws IOException {
        List<ServerProcess.Place> places = new ArrayList<>();
        for (int id = 1; id <= letters.length(); id++) {
            places.add(new ServerProcess.Place("127.0.0." + id, List.of()));
        }
        return EnsembleProcesses.start(kinds(letters), config, observers, places);
    }

    /** Q is Quorate, Z is ZooKeeper; the last voter leads at first. */
    private static List<Kind> kinds(String letters) {
        return letters.chars().mapToObj(c -> c == 'Q' ? Kind.QUORATE : Kind.ZOOKEEPER).toList();
    }

    /** Has a server lead, which it does not at first if the others were up before it. */
    static void makeLead(EnsembleProcesses ensemble, ServerProcess wanted)
            throws IOException, InterruptedException {
        while (ensemble.leader() != wanted) {
            ServerProcess other = ensemble.leader();
            other.killHard();
            wanted.awaitServing();
            other.restart();
        }
    }

    static Client connect(ServerProcess server) throws IOException {
        return connected(new Client(server, 0, new byte[16]));
    }

    /** Takes a session to another server; the old client is left without a connection. */
    static Client move(Client from, ServerProcess to) throws IOException {
        from.forget();
        return connected(new Client(to, from.getSessionId(), from.getSessionPasswd()));
    }

    private static Client connected(Client client) {
        await().atMost(PATIENCE).until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }

    /** A client that can go without closing its session. */
    static final class Client extends ZooKeeper {
        private Client(ServerProcess server, long sessionId, byte[] password) throws IOException {
            super(
                    server.address().getHostString() + ":" + server.clientPort(),
                    SESSION_MILLIS,
                    event -> {},
                    sessionId,
                    password);
        }

        private void forget() {
            cnxn.disconnect();
        }
    }

    static void create(ZooKeeper client, String path, CreateMode mode)
            throws KeeperException, InterruptedException {
        client.create(path, new byte[] {1}, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    static void sync(ZooKeeper client) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        client.sync("/", (rc, path, context) -> done.countDown(), null);
        assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until a server, asked by a four-letter word, says something. */
    static void awaitWord(ServerProcess server, String word, String pattern) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(server.ask(word)).containsPattern(pattern));
    }

    /** A number that the word {@code mntr} gives; 0 if it is not there. */
    static long metric(ServerProcess server, String name) throws IOException {
        Matcher line =
                Pattern.compile("(?m)^zk_" + name + "\\s+(\\d+)").matcher(server.ask("mntr"));
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    /** ZooKeeper counts the transactions after which its tree is not what the leader said. */
    static void assertDigestsAgree(EnsembleProcesses ensemble) throws IOException {
        for (ServerProcess server : ensemble.servers()) {
            assertDigestsAgree(server);
        }
    }

    /** The same of one server, for instance before it is killed and forgets. */
    static void assertDigestsAgree(ServerProcess server) throws IOException {
        assertThat(server.ask("mntr"))
                .as("%s", server.kind())
                .containsPattern("zk_digest_mismatches_count\\s+0");
    }

    /** Kills a server that has seen no digest but its own. */
    static void kill(ServerProcess server) throws IOException, InterruptedException {
        assertDigestsAgree(server);
        server.killHard();
    }
}

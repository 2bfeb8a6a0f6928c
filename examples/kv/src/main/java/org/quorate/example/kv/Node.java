package org.quorate.example.kv;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.Route;
import org.quorate.cluster.shard.Router;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.example.kv.Replica.NotLeaderException;

/**
 * One node of the database as a process: {@code Node CONNECT ID ZONE DIRECTORY}. Any node may be
 * the planner too; one of them is.
 *
 * <pre>
 * PUT, GET, DELETE /kv/KEY            sends on to the shard's leader (307)
 * PUT, GET, DELETE /shards/N/kv/KEY   answers if this node leads shard N, 421 if not, 503 if unknown
 * GET /status                         shards of this node
 * POST /shards/N/replica/…            between nodes
 * </pre>
 */
public final class Node implements AutoCloseable {
    static final String ROOT = "/kv-example";
    static final String TABLE = "kv";

    /** The status of an answer that this node has no such replica, or does not lead it. */
    static final int NOT_HERE = 421;

    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration DRAIN_MOST = Duration.ofSeconds(30);

    private final Coordinator coordinator;
    private final HttpServer http;
    private final Database database;
    private final Router router;
    private final ShardNode node;
    private final ShardPlanner planner;

    /** Starts a node and returns when it listens; it joins soon. */
    public Node(String connectString, String id, String zone, Path dir, Duration session)
            throws IOException {
        Files.createDirectories(dir);
        coordinator = Coordinator.connect(connectString, session);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String address = "127.0.0.1:" + http.getAddress().getPort();
        database = new Database(dir, address, new Peers(), this::others);
        router = Router.open(coordinator, ROOT, TABLE);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/kv/", exchange -> answer(exchange, this::sendOn));
        http.createContext("/shards/", exchange -> answer(exchange, this::shard));
        http.createContext("/status", exchange -> answer(exchange, this::status));
        http.start();
        node =
                Shards.node(coordinator, ROOT, id)
                        .profile(Profile.at(address).zone(zone))
                        .host(database)
                        .start();
        planner = Shards.planner(coordinator, ROOT, id);
    }

    /** Runs one node until the process is stopped. */
    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: Node CONNECT ID ZONE DIRECTORY");
            System.exit(2);
        }
        Node node = new Node(args[0], args[1], args[2], Path.of(args[3]), SESSION);
        Runtime.getRuntime().addShutdownHook(new Thread(node::drainAndClose));
        System.out.println("node " + args[1] + " listens on " + node.address());
        Thread.currentThread().join();
    }

    String address() {
        return "127.0.0.1:" + http.getAddress().getPort();
    }

    /** Its session at the service; waits for one. */
    long sessionId() throws CoordinationException, InterruptedException {
        return coordinator.session().id();
    }

    private Set<String> others(ShardId shard) throws IOException, InterruptedException {
        try {
            return node.peers(shard).stream().map(NodeRef::address).collect(Collectors.toSet());
        } catch (CoordinationException e) {
            throw new IOException("the replicas of " + shard + " are not known", e);
        }
    }

    // ---- HTTP

    private static final class Answer {
        private final int status;
        private final byte[] body;

        private Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        static Answer of(int status, String text) {
            return new Answer(status, text.getBytes(StandardCharsets.UTF_8));
        }

        static Answer of(byte[] body) {
            return new Answer(200, body);
        }
    }

    private interface Handler {
        Answer answer(HttpExchange exchange) throws Exception;
    }

    private static void answer(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = handler.answer(exchange);
            } catch (NotLeaderException e) {
                answer = Answer.of(NOT_HERE, "not the leader");
            } catch (StaleEpochException e) {
                answer = Answer.of(409, String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                answer = Answer.of(400, String.valueOf(e.getMessage()));
            } catch (Exception e) {
                answer = Answer.of(503, e.toString());
            }
            int length = answer.body.length;
            exchange.sendResponseHeaders(answer.status, length == 0 ? -1 : length);
            exchange.getResponseBody().write(answer.body);
        }
    }

    private Answer sendOn(HttpExchange exchange) {
        String key = exchange.getRequestURI().getPath().substring("/kv/".length());
        Route route = router.route(key.getBytes(StandardCharsets.UTF_8));
        if (!route.led()) {
            return Answer.of(503, "nobody leads " + route.shard() + " now");
        }
        URI to =
                URI.create(
                        "http://%s/shards/%d%s"
                                .formatted(
                                        route.leader().address(),
                                        route.shard().index(),
                                        exchange.getRequestURI().getRawPath()));
        exchange.getResponseHeaders().set("Location", to.toString());
        return Answer.of(307, to.toString());
    }

    private Answer status(HttpExchange exchange) {
        StringBuilder text = new StringBuilder();
        database.replicas()
                .forEach((shard, replica) ->
                        text.append(
                                "%s %s, %d keys, log ends at %s%n"
                                        .formatted(
                                                shard,
                                                replica.leads() ? "leads" : "follows",
                                                replica.size(),
                                                replica.tail())));
        return Answer.of(200, text.toString());
    }

    /** {@code /shards/N/kv/KEY} and {@code /shards/N/replica/CALL}. */
    private Answer shard(HttpExchange exchange) throws Exception {
        String[] parts = exchange.getRequestURI().getPath().split("/", 5);
        if (parts.length != 5) {
            return Answer.of(404, "no such path");
        }
        ShardId shard = new ShardId(TABLE, Integer.parseInt(parts[2]));
        Replica replica = database.replica(shard);
        if (replica == null) {
            return Answer.of(NOT_HERE, shard + " is not here");
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        return switch (parts[3]) {
            case "kv" -> pair(exchange.getRequestMethod(), replica, parts[4], body);
            case "replica" -> call(exchange.getRequestURI(), replica, parts[4], body);
            default -> Answer.of(404, "no such path");
        };
    }

    private static Answer pair(String method, Replica replica, String key, byte[] body)
            throws Exception {
        return switch (method) {
            case "GET" ->
                    replica.read(key)
                            .map(value -> Answer.of(200, value))
                            .orElse(Answer.of(404, "no such key"));
            case "PUT" ->
                    body.length == 0
                            ? Answer.of(400, "an empty value; DELETE deletes")
                            : written(replica, key, new String(body, StandardCharsets.UTF_8));
            case "DELETE" -> written(replica, key, "");
            default -> Answer.of(405, "PUT, GET or DELETE");
        };
    }

    private static Answer written(Replica replica, String key, String value) throws Exception {
        return Answer.of(200, Long.toString(replica.write(key, value)));
    }

    private static Answer call(URI uri, Replica replica, String call, byte[] body)
            throws Exception {
        Map<String, String> query =
                Arrays.stream(uri.getQuery().split("&"))
                        .map(pair -> pair.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        if (call.equals("join")) {
            replica.join(query.getOrDefault("address", ""));
            return Answer.of(200, "");
        }
        Epoch epoch = new Epoch(Long.parseLong(query.getOrDefault("epoch", "")));
        switch (call) {
            case "tail" -> {
                return Answer.of(200, replica.tail(epoch).toString());
            }
            case "append" -> replica.append(epoch, Entry.decode(body));
            case "replace" -> replica.replace(epoch, Entry.decode(body));
            case "everything" -> {
                return Answer.of(Entry.encode(replica.everything(epoch)));
            }
            default -> {
                return Answer.of(404, "no such call");
            }
        }
        return Answer.of(200, "");
    }

    /** The version of the map that it has come to. */
    long mapVersion() {
        return node.version(TABLE);
    }

    /** Gives its shards away, so that nobody notices when it closes. */
    boolean drain(Duration atMost) throws InterruptedException {
        return node.drain(atMost);
    }

    private void drainAndClose() {
        try {
            drain(DRAIN_MOST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    @Override
    public void close() {
        planner.close();
        node.close();
        http.stop(0);
        router.close();
        database.replicas().values().forEach(Replica::close);
        coordinator.close();
    }
}

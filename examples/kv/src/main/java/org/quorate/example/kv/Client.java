package org.quorate.example.kv;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.shard.Route;
import org.quorate.cluster.shard.Router;

/**
 * A client of the database: finds the leader of a key's shard in its own copy of the map, and looks
 * again when that was old. Safe for many threads.
 */
public final class Client implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Router router;
    private final Duration patience;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();

    /**
     * @param patience how long a call is tried again
     */
    public Client(Coordinator coordinator, Duration patience) {
        this.router = Router.open(coordinator, Node.ROOT, Node.TABLE);
        this.patience = patience;
    }

    Router router() {
        return router;
    }

    /**
     * Writes a pair; returns when every replica has it.
     *
     * @throws IOException if that could not be had in time; the write may have happened
     */
    public void put(String key, String value) throws IOException, InterruptedException {
        call(key, HttpRequest.newBuilder().PUT(BodyPublishers.ofString(value)));
    }

    /** Reads a value; empty if the key has none. */
    public Optional<String> get(String key) throws IOException, InterruptedException {
        HttpResponse<String> answer = call(key, HttpRequest.newBuilder().GET());
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(answer.body());
    }

    /** Deletes a pair. */
    public void delete(String key) throws IOException, InterruptedException {
        call(key, HttpRequest.newBuilder().DELETE());
    }

    private HttpResponse<String> call(String key, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        if (!router.awaitReady(patience)) {
            throw new IOException("the map cannot be read");
        }
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        String why = "nobody leads the shard";
        do {
            Route route = router.route(key.getBytes(StandardCharsets.UTF_8));
            if (route.led()) {
                try {
                    HttpResponse<String> answer =
                            http.send(
                                    request.uri(uri(route, key))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    BodyHandlers.ofString());
                    if (answer.statusCode() == 200 || answer.statusCode() == 404) {
                        return answer;
                    }
                    why = route.leader().id() + " answers " + answer.body();
                } catch (IOException e) {
                    why = route.leader().id() + " does not answer: " + e;
                }
                router.stale(route, 0);
            }
            Thread.sleep(PAUSE);
        } while (System.nanoTime() - deadlineNanos < 0);
        throw new IOException(key + ": " + why);
    }

    private static URI uri(Route route, String key) {
        return URI.create(
                "http://%s/shards/%d/kv/%s"
                        .formatted(
                                route.leader().address(),
                                route.shard().index(),
                                URLEncoder.encode(key, StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        router.close();
        http.close();
    }
}

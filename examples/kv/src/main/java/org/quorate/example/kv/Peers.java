package org.quorate.example.kv;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.example.kv.ShardStore.Tail;

/** What nodes ask each other, by HTTP. Safe for many threads. */
final class Peers {
    private static final byte[] NOTHING = {};
    static final Duration ANSWER_MOST = Duration.ofSeconds(2);
    static final Duration COPY_MOST = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(ANSWER_MOST)
                    .build();

    /** The node that was asked has no such replica. */
    static final class NotHereException extends IOException {
        private static final long serialVersionUID = 1L;

        NotHereException(String message) {
            super(message);
        }
    }

    /** Asks a replica where its log ends; with it, it learns who leads now. */
    Tail tail(String address, ShardId shard, Epoch epoch) throws IOException, InterruptedException {
        byte[] answer = post(address, shard, "tail?epoch=" + epoch.value(), NOTHING);
        return Tail.parse(new String(answer, StandardCharsets.UTF_8));
    }

    void append(String address, ShardId shard, Epoch epoch, List<Entry> entries)
            throws IOException, InterruptedException {
        post(address, shard, "append?epoch=" + epoch.value(), Entry.encode(entries));
    }

    void replace(String address, ShardId shard, Epoch epoch, List<Entry> everything)
            throws IOException, InterruptedException {
        post(address, shard, "replace?epoch=" + epoch.value(), Entry.encode(everything));
    }

    /** Asks a replica for all it has. */
    List<Entry> everything(String address, ShardId shard, Epoch epoch)
            throws IOException, InterruptedException {
        return Entry.decode(post(address, shard, "everything?epoch=" + epoch.value(), NOTHING));
    }

    /** Asks a leader to bring the replica at {@code own} up to date, and to keep it so. */
    void join(String leader, ShardId shard, String own) throws IOException, InterruptedException {
        post(leader, shard, "join?address=" + own, NOTHING);
    }

    private byte[] post(String address, ShardId shard, String call, byte[] body)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://" + address + "/shards/" + shard.index() + "/replica/" + call);
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .timeout(isShort(call) ? ANSWER_MOST : COPY_MOST)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            String message = uri + " answered " + answer.statusCode() + ": " + text;
            throw answer.statusCode() == Node.NOT_HERE
                    ? new NotHereException(message)
                    : new IOException(message);
        }
        return answer.body();
    }

    /** A frozen node must not hold up a shard for as long as a copy may take. */
    private static boolean isShort(String call) {
        return call.startsWith("append") || call.startsWith("tail");
    }
}

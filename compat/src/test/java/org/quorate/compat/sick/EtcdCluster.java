package org.quorate.compat.sick;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.quorate.bench.ServerProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Members of etcd, asked through its JSON gateway (etcd 3.4). */
final class EtcdCluster implements Cluster {
    private static final String PREFIX = "/sick/";
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Path program;
    private final Path dir = Files.createTempDirectory("quorate-etcd");
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<Integer> peerPorts = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final ObjectMapper json = new ObjectMapper();
    private int next; // The writer's alone.

    EtcdCluster(Path program) throws IOException, InterruptedException {
        this.program = program;
        for (int i = 0; i < SIZE; i++) {
            clientPorts.add(ServerProcess.freePort());
            peerPorts.add(ServerProcess.freePort());
        }
        for (int i = 0; i < SIZE; i++) {
            processes.add(start(i));
        }
        long end = System.nanoTime() + START_MAX.toNanos();
        while (leader() < 0) {
            if (System.nanoTime() > end) {
                throw new IOException("etcd does not serve:\n" + output(0));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private Process start(int member) throws IOException {
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            cluster.add("m" + i + "=" + url(peerPorts.get(i)));
        }
        String client = url(clientPorts.get(member));
        String peer = url(peerPorts.get(member));
        return new ProcessBuilder(
                        program.toString(),
                        "--name=m" + member,
                        "--data-dir=" + dataDir(member),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=" + String.join(",", cluster),
                        "--snapshot-count=3000")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(member).toFile()))
                .start();
    }

    private Path log(int member) {
        return dir.resolve("output-" + member + ".log");
    }

    private JsonNode ask(int member, String what, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url(clientPorts.get(member)) + "/v3/" + what))
                        .timeout(ANSWER_MAX)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer =
                client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new IOException(answer.body());
        }
        return json.readTree(answer.body());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(String name, int bytes) throws IOException, InterruptedException {
        String value = Base64.getEncoder().encodeToString(new byte[bytes]);
        String put = "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64(PREFIX + name), value);
        try {
            ask(next, "kv/put", put);
        } catch (IOException failed) {
            next = (next + 1) % SIZE;
            throw failed;
        }
    }

    @Override
    public Set<String> names(int server) throws IOException, InterruptedException {
        String range =
                "{\"key\":\"%s\",\"range_end\":\"%s\",\"keys_only\":true}"
                        .formatted(base64(PREFIX), base64("/sick0"));
        Set<String> names = new HashSet<>();
        for (JsonNode kv : ask(server, "kv/range", range).path("kvs")) {
            byte[] key = Base64.getDecoder().decode(kv.path("key").asString());
            names.add(new String(key, StandardCharsets.UTF_8).substring(PREFIX.length()));
        }
        return names;
    }

    @Override
    public int leader() throws InterruptedException {
        for (int i = 0; i < SIZE; i++) {
            try {
                JsonNode status = ask(i, "maintenance/status", "{}");
                String self = status.path("header").path("member_id").asString();
                if (!self.isEmpty() && self.equals(status.path("leader").asString())) {
                    return i;
                }
            } catch (IOException away) {
                // The next.
            }
        }
        return -1;
    }

    @Override
    public long pid(int server) {
        return processes.get(server).pid();
    }

    @Override
    public void kill(int server) throws InterruptedException {
        processes.get(server).destroyForcibly().waitFor();
    }

    @Override
    public void launch(int server) throws IOException {
        processes.set(server, start(server));
    }

    @Override
    public Path dataDir(int server) {
        return dir.resolve("data-" + server);
    }

    @Override
    public List<Path> logs(int server) throws IOException {
        try (Stream<Path> files = Files.list(dataDir(server).resolve("member/wal"))) {
            return files.filter(file -> file.toString().endsWith(".wal")).sorted().toList();
        }
    }

    @Override
    public String output(int server) throws IOException {
        return Files.readString(log(server));
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        try {
            for (Process process : processes) {
                process.waitFor();
            }
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

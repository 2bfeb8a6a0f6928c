package org.quorate.node.console;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.protocol.peer.Endpoint;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server with its admin port, and a browser's requests to it. */
final class OneServer implements AutoCloseable {
    /** Of "correct horse", with as few rounds as are taken. */
    static final String PASSWORD_HASH =
            "pbkdf2-sha256:100000:MDEyMzQ1Njc4OWFiY2RlZg:"
                    + "WYEVV1ul0qBt7iGnOFpq5RmH0aOFvmOKTlUAgn9mWYM";

    private static final JsonMapper JSON = new JsonMapper();

    final Server server;
    final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param lines further ones for its configuration file
     */
    OneServer(Path dir, String... lines) throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                """
                dataDir=%s
                tickTime=200
                clientPort=2181
                preAllocSize=1024
                admin.serverAddress=127.0.0.1
                admin.serverPort=0
                %s
                """
                        .formatted(dir.resolve("data"), String.join("\n", lines)));
        ServerConfig config = ZooCfg.read(file, new Properties(), warning -> {});
        Endpoint anyPort = new Endpoint("127.0.0.1", 0);
        server =
                Server.start(
                        config.withPorts(config.ports().withPlain(anyPort)), (what, why) -> {});
    }

    String connectString() {
        return "127.0.0.1:" + server.clientPort();
    }

    /** To a path below the root of the admin port. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.admin().adminPort() + path));
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a question of the console's page. */
    JsonNode ask(String question, String... headers) throws Exception {
        HttpResponse<String> response = get("/console/api/" + question, headers);
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** What the console's own page would send. */
    HttpResponse<String> post(String change, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                request("/console/api/" + change)
                        .header("X-Quorate-Console", "1")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
        server.close();
    }
}

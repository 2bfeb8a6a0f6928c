package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.node.http.HttpExchange;
import org.quorate.node.http.HttpHandler;
import org.quorate.node.metrics.PrometheusText;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What stands at which URL of the admin port: ZooKeeper's commands, {@code /health} for load
 * balancers, {@code /metrics}; the rest is the console's. Any thread that may wait.
 */
final class AdminHttp implements HttpHandler {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String JSON = "application/json";

    private final ServerView server;
    private final Monitor monitor;
    private final Commands commands;
    private final SnapshotCommands snapshots;
    private final HandOverCommand handOver;
    private final HttpHandler console;
    private final String commandUrl;

    /** Made when the first answer is: it takes hundreds of classes. */
    private static final class Json {
        static final JsonMapper MAPPER =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    }

    AdminHttp(
            ServerView server,
            Monitor monitor,
            Commands commands,
            RootAccess access,
            HttpHandler console) {
        this.server = server;
        this.monitor = monitor;
        this.commands = commands;
        this.snapshots = new SnapshotCommands(server, access, System::nanoTime);
        this.handOver = new HandOverCommand(server, access);
        this.console = console;
        this.commandUrl = server.config().admin().commandUrl();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.path();
        if (exchange.method().equals("TRACE")) {
            exchange.send(403, "text/plain; charset=utf-8", "TRACE is refused\n");
        } else if (path.equals(commandUrl) || path.equals(commandUrl + "/")) {
            exchange.send(200, HTML, index());
        } else if (path.startsWith(commandUrl + "/")) {
            command(exchange, path.substring(commandUrl.length() + 1));
        } else if (path.equals("/metrics")) {
            exchange.send(200, PrometheusText.CONTENT_TYPE, monitor.prometheus());
        } else if (path.equals("/health") || path.equals("/health/ready")) {
            boolean ready = isReady();
            health(exchange, ready, ready);
        } else if (path.equals("/health/live")) {
            health(exchange, true, server.isServing());
        } else if (path.equals("/health/verbose")) {
            Command command = commands.find("health");
            if (command != null) {
                send(
                        exchange,
                        commands.run(command, exchange.query()).statusUnless(server.isServing()));
            }
        } else {
            console.handle(exchange);
        }
    }

    private void command(HttpExchange exchange, String name) throws IOException {
        boolean post = exchange.method().equals("POST");
        boolean get = exchange.method().equals("GET") || exchange.method().equals("HEAD");
        boolean restore = name.equals(SnapshotCommands.RESTORE) || name.equals("rest");
        boolean changes = restore || name.equals(HandOverCommand.NAME);
        if (changes ? !post : !get) {
            String wanted = changes ? "POST" : "GET";
            send(exchange, Reply.error(name, "the command wants " + wanted, 405));
        } else if (name.equals(HandOverCommand.NAME)) {
            send(exchange, handOver.run(exchange));
        } else if (restore) {
            send(exchange, snapshots.restore(exchange));
        } else if (name.equals(SnapshotCommands.SNAPSHOT) || name.equals("snap")) {
            Reply reply = snapshots.snapshot(exchange);
            if (reply != null) {
                send(exchange, reply);
            }
        } else {
            @Nullable Command command = commands.find(name);
            send(
                    exchange,
                    command == null
                            ? Reply.error(name, "Unknown command: " + name, 200)
                            : commands.run(command, exchange.query()));
        }
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException {
        exchange.send(reply.status(), JSON, Json.MAPPER.writeValueAsString(reply.fields()));
    }

    private String index() {
        List<String> names = new ArrayList<>(commands.names());
        names.add(SnapshotCommands.SNAPSHOT);
        names.add(SnapshotCommands.RESTORE);
        names.add(HandOverCommand.NAME);
        names.sort(null);
        StringBuilder page = new StringBuilder();
        for (String name : names) {
            page.append("<a href=\"%s/%s\">%s</a>\n<br/>\n".formatted(commandUrl, name, name));
        }
        return page.toString();
    }

    /** No client is to be sent to a server whose core stands still. */
    private boolean isReady() {
        if (!server.isServing()) {
            return false;
        }
        try {
            server.hearCore();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Live: the process answers. Ready: it serves clients too, and its core answers. */
    private void health(HttpExchange exchange, boolean well, boolean ready) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("live", true);
        fields.put("ready", ready);
        fields.put("mode", Mode.of(server));
        exchange.send(well ? 200 : 503, JSON, Json.MAPPER.writeValueAsString(fields));
    }
}

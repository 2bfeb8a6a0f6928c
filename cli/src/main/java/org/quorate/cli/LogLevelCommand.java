package org.quorate.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.ConfigSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code quorate log-level}: shows and changes how much a running server logs. A change needs the
 * console's password, from the terminal or in a line of standard input.
 */
@Command(
        name = "log-level",
        description = "Show how much a running server logs; with LOGGER and LEVEL, change it.",
        footer = {
            "",
            "LOGGER is ROOT, a class or a package; LEVEL is TRACE, DEBUG, INFO, WARN, ERROR, OFF,",
            "or INHERIT. A change lasts until the server stops, and needs the console's password",
            "(admin.console.passwordHash). Exit codes: 0 done, 1 refused or no contact, 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class LogLevelCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Spec private CommandSpec spec;

    @Option(
            names = "--connect",
            paramLabel = "HOST[:PORT]",
            description =
                    "The server's admin address (127.0.0.1:8080); https:// may stand in front.")
    private String admin = "127.0.0.1";

    @Parameters(index = "0", arity = "0..1", paramLabel = "LOGGER")
    private @Nullable String logger;

    @Parameters(index = "1", arity = "0..1", paramLabel = "LEVEL")
    private @Nullable String level;

    private final JsonMapper json = new JsonMapper();

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    LogLevelCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (logger != null && level == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "which level shall " + logger + " have?");
        }
        AdminPort port;
        try {
            port = AdminPort.parse(admin);
        } catch (ConfigSyntaxException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(e.getMessage()));
        }
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            print(logger == null ? levels(http, port) : change(http, port));
        }
        return 0;
    }

    private static void print(JsonNode answer) {
        answer.path("log_levels")
                .properties()
                .forEach(entry ->
                        System.out.println(entry.getKey() + " " + entry.getValue().asString()));
    }

    private JsonNode levels(HttpClient http, AdminPort port)
            throws IOException, InterruptedException {
        JsonNode answer =
                read(send(http, port, HttpRequest.newBuilder(port.uri("/commands/log_levels"))));
        if (!answer.has("log_levels")) {
            throw new IOException(port.endpoint() + " knows no log levels");
        }
        return answer;
    }

    private JsonNode change(HttpClient http, AdminPort port)
            throws IOException, InterruptedException {
        String password = String.valueOf(PasswordCommand.read("Password of the console: "));
        HttpResponse<String> login = post(http, port, "login", Map.of("password", password), null);
        String cookie = login.headers().firstValue("Set-Cookie").orElse("").replaceFirst(";.*", "");
        if (logger == null || level == null) {
            throw new IllegalStateException("nothing to change");
        }
        JsonNode answer =
                read(
                        post(
                                http,
                                port,
                                "log/level",
                                Map.of("logger", logger, "level", level),
                                cookie));
        read(post(http, port, "logout", Map.of(), cookie));
        return answer;
    }

    private HttpResponse<String> post(
            HttpClient http,
            AdminPort port,
            String change,
            Map<String, String> body,
            @Nullable String cookie)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(port.uri("/console/api/" + change))
                        .header("Content-Type", "application/json")
                        .header("X-Quorate-Console", "1")
                        .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        HttpResponse<String> response = send(http, port, request);
        if (response.statusCode() != 200) {
            throw new IOException(
                    "%s: %s"
                            .formatted(
                                    port.endpoint(),
                                    read(response).path("error").asString("refused")));
        }
        return response;
    }

    private static HttpResponse<String> send(
            HttpClient http, AdminPort port, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try {
            return http.send(
                    request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException(port.endpoint() + ": " + port.explain(e, TIMEOUT), e);
        }
    }

    private JsonNode read(HttpResponse<String> response) throws IOException {
        try {
            return json.readTree(response.body());
        } catch (JacksonException e) {
            throw new IOException("what listens there speaks HTTP, but is no admin port", e);
        }
    }
}

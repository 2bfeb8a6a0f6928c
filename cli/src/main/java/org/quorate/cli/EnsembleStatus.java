package org.quorate.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code quorate status --connect}: asks the admin ports of an ensemble, compares, and prints. */
final class EnsembleStatus {
    static final int WARNING = 1;
    static final int CRITICAL = 3;

    /** A server tells of a core that does not answer it after five seconds. */
    private static final Duration CORE_SILENCE = Duration.ofSeconds(6);

    private final Duration timeout;
    private final JsonMapper json = new JsonMapper();

    EnsembleStatus(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Asks and prints.
     *
     * @param admins addresses of admin ports
     * @return the exit code
     */
    int print(List<AdminPort> admins, boolean asJson) throws InterruptedException {
        List<EnsembleHealth.Asked> asked = ask(admins);
        List<EnsembleHealth.Finding> findings = new EnsembleHealth(asked).findings();
        String level = EnsembleHealth.level(findings);
        System.out.println(
                asJson
                        ? json(asked, findings, level)
                        : new StatusText(asked).text(level, findings));
        return switch (level) {
            case EnsembleHealth.CRITICAL -> CRITICAL;
            case EnsembleHealth.WARNING -> WARNING;
            default -> 0;
        };
    }

    private List<EnsembleHealth.Asked> ask(List<AdminPort> admins) throws InterruptedException {
        List<EnsembleHealth.Asked> all = new ArrayList<>();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build()) {
            for (AdminPort admin : admins) {
                all.add(ask(client, admin));
            }
        }
        return all;
    }

    private EnsembleHealth.Asked ask(HttpClient client, AdminPort admin)
            throws InterruptedException {
        String address = admin.endpoint().toString();
        HttpRequest request =
                HttpRequest.newBuilder(admin.uri("/commands/health"))
                        .timeout(timeout.plus(CORE_SILENCE))
                        .build();
        try {
            long begin = System.currentTimeMillis();
            String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            long end = System.currentTimeMillis();
            JsonNode health = json.readTree(body);
            String error = health.path("error").isNull() ? "" : health.path("error").asString();
            if (!error.isEmpty() || !health.has("level")) {
                return new EnsembleHealth.Asked(
                        address, null, 0, error.isEmpty() ? "it knows no health" : error);
            }
            // It was taken somewhere between: if it was there, too, nothing says that it is wrong.
            long taken = health.path("time_ms").asLong();
            long skew = taken - Math.clamp(taken, begin, end);
            return new EnsembleHealth.Asked(address, health, skew, "");
        } catch (IOException e) {
            return new EnsembleHealth.Asked(address, null, 0, admin.explain(e, timeout));
        } catch (JacksonException e) {
            return new EnsembleHealth.Asked(
                    address, null, 0, "what listens there speaks HTTP, but is no admin port");
        }
    }

    private String json(
            List<EnsembleHealth.Asked> asked, List<EnsembleHealth.Finding> findings, String level) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("level", level);
        fields.put("findings", findings.stream().map(EnsembleHealth.Finding::fields).toList());
        List<Map<String, @Nullable Object>> servers = new ArrayList<>();
        for (EnsembleHealth.Asked server : asked) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("address", server.address());
            one.put("error", server.error().isEmpty() ? null : server.error());
            one.put("clock_skew_ms", server.skewMillis());
            one.put("behind", EnsembleHealth.behind(server, asked));
            one.put("health", server.health());
            servers.add(one);
        }
        fields.put("servers", servers);
        return json.writeValueAsString(fields);
    }
}

package org.quorate.node.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.quorate.node.http.HttpExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the console's page and the server tell each other, as JSON. Stateless. */
final class Answers {
    private static final String JSON = "application/json";
    private static final int PACK_FROM_BYTES = 1024;
    private static final JsonMapper MAPPER = new JsonMapper();

    private Answers() {}

    /** A value as one line of JSON; maps keep their order. */
    static String json(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /**
     * Reads what a page has sent.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON
     */
    static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    /** The answer to a request that succeeded. */
    static void send(HttpExchange exchange, Object value) throws IOException {
        send(exchange, 200, value);
    }

    /** An answer that says in a sentence what is wrong. */
    static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, Map.of("error", why));
    }

    private static void send(HttpExchange exchange, int status, Object value) throws IOException {
        byte[] bytes = json(value).getBytes(StandardCharsets.UTF_8);
        exchange.addHeader("Cache-Control", "no-store");
        if (bytes.length >= PACK_FROM_BYTES && Assets.takesGzip(exchange)) {
            exchange.addHeader("Content-Encoding", "gzip");
            bytes = Assets.gzip(bytes);
        }
        exchange.send(status, JSON, bytes);
    }
}

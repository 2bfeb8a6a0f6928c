package org.quorate.node.console;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.node.admin.LogLevels;
import org.quorate.node.admin.ServerView;
import org.quorate.node.config.PasswordHash;
import org.quorate.node.config.Secrets;
import org.quorate.node.http.HttpExchange;
import org.quorate.node.http.HttpHandler;
import org.quorate.node.oidc.BearerTokens;
import org.quorate.node.oidc.TokenVerdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What stands below {@code /console/} on the admin port: the page, the questions it asks, and the
 * changes it may make (decisions 150 to 152). Any thread that may wait.
 */
public final class ConsoleHttp implements HttpHandler {
    /** Of what a page sends: a znode's data in Base64 and some more. */
    static final int BODY_BYTES_MAX = 2 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleHttp.class);
    private static final String ROOT = "/console/";
    private static final String API = "api/";
    private static final String COOKIE = "quorate-console";

    /** Only the page itself sends it: another site's page cannot without asking first. */
    private static final String OWN_HEADER = "X-Quorate-Console";

    /** Nothing but this server's own files runs or is loaded; nobody may frame the page. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final ServerView server;
    private final String commandUrl;
    private final Overview overview;
    private final LiveStream live;
    private final TreeQuestions tree;
    private final SessionQuestions sessions;
    private final ChangeQuestions changes;
    private final ConsoleGuest guest;
    private final Logins logins;
    private final @Nullable BearerTokens tokens;
    private final boolean openToAnyone;

    /** Read when the first page is asked for, not at the start of the server. */
    private static final class Page {
        static final Assets FILES = Assets.load();
    }

    /**
     * Asks nothing yet.
     *
     * @param server to be asked later
     * @param guest answers what the server does not understand
     * @param logs may be changed
     */
    public ConsoleHttp(
            ServerView server,
            TreeAccess access,
            Changes operations,
            ConsoleGuest guest,
            LogLevels logs) {
        this.server = server;
        this.guest = guest;
        this.commandUrl = server.config().admin().commandUrl();
        this.overview = new Overview(server);
        this.live = new LiveStream(overview);
        this.tree = new TreeQuestions(server, access);
        this.sessions = new SessionQuestions(server);
        this.changes = new ChangeQuestions(server, operations, logs);
        PasswordHash password = server.config().admin().consolePassword();
        this.logins = new Logins(password == null ? null : password::matches, System::nanoTime);
        this.tokens = BearerTokens.of(server.config().admin());
        this.openToAnyone = !logins.isEnabled() && server.config().auth().enforcedSchemes() == null;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.path();
        if (path.equals("/") || path.equals("/console")) {
            exchange.addHeader("Location", ROOT);
            exchange.send(302, "", new byte[0]);
        } else if (path.startsWith(ROOT)) {
            exchange.addHeader("Content-Security-Policy", POLICY);
            exchange.addHeader("Referrer-Policy", "no-referrer");
            below(exchange, path.substring(ROOT.length()));
        }
    }

    private void below(HttpExchange exchange, String name) throws IOException {
        try {
            boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
            if (reads && !name.startsWith(API)) {
                Page.FILES.send(exchange, name);
            } else if (reads) {
                ask(exchange, name.substring(API.length()));
            } else if (exchange.method().equals("POST") && name.startsWith(API)) {
                change(exchange, name.substring(API.length()));
            } else {
                throw new Refusal(405, "only GET is answered here");
            }
        } catch (Refusal e) {
            Answers.refuse(exchange, e.status, e.why());
        } catch (IOException e) {
            if (exchange.isAnswered()) {
                throw e;
            }
            Answers.refuse(exchange, 503, "the server does not answer: " + e.getMessage());
        }
    }

    // ---- questions

    private void ask(HttpExchange exchange, String question) throws IOException, Refusal {
        Map<String, String> query = exchange.query();
        switch (question) {
            case "access" -> Answers.send(exchange, access(exchange));
            // What a page asks again and again by itself is no use of a login.
            case "overview" -> {
                requireMayLook(mayStillLook(exchange));
                Answers.send(exchange, overview.get());
            }
            case "events" -> {
                requireMayLook(mayStillLook(exchange));
                live.run(exchange, () -> mayStillLook(exchange));
            }
            case "sessions" -> {
                requireMayLook(mayStillLook(exchange));
                Answers.send(exchange, sessions.list(query));
            }
            default -> {
                boolean signedIn = isSignedIn(exchange);
                requireMayLook(openToAnyone || signedIn);
                answer(exchange, question, query, signedIn);
            }
        }
    }

    /**
     * @param signedIn then access lists do not bind
     */
    private void answer(
            HttpExchange exchange, String question, Map<String, String> query, boolean signedIn)
            throws IOException, Refusal {
        switch (question) {
            case "configuration" -> Answers.send(exchange, Map.of("text", configuration()));
            case "tree/children" -> Answers.send(exchange, tree.children(query, signedIn));
            case "tree/node" -> Answers.send(exchange, tree.node(query, signedIn));
            case "tree/data" -> download(exchange, tree.data(query, signedIn));
            case "tree/watchers" -> Answers.send(exchange, tree.watchers(query));
            case "session" -> Answers.send(exchange, sessions.session(query));
            default ->
                    Answers.send(
                            exchange,
                            known(
                                    guestSays(() -> guest.ask(question, query)),
                                    "no such question: " + question));
        }
    }

    /** The file without its secrets. ZooKeeper's command tells it of a standalone server alone. */
    private String configuration() {
        return Secrets.shown(server.config().fileText());
    }

    private interface Guest {
        @Nullable Object says() throws IOException;
    }

    private static @Nullable Object guestSays(Guest asked) throws IOException, Refusal {
        try {
            return asked.says();
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
    }

    private static Object known(@Nullable Object answer, String otherwise) throws Refusal {
        if (answer == null) {
            throw new Refusal(404, otherwise);
        }
        return answer;
    }

    /** What may this browser do? */
    private Map<String, Object> access(HttpExchange exchange) {
        Map<String, Object> answer = new LinkedHashMap<>();
        boolean signedIn = isSignedIn(exchange);
        answer.put("commandUrl", commandUrl);
        answer.put("loginEnabled", logins.isEnabled());
        answer.put("signedIn", signedIn);
        answer.put("mayLook", openToAnyone || signedIn);
        return answer;
    }

    private boolean mayStillLook(HttpExchange exchange) {
        return openToAnyone
                || logins.isStillSignedIn(token(exchange))
                || operator(exchange) != null;
    }

    private void requireMayLook(boolean mayLook) throws Refusal {
        if (!mayLook) {
            throw new Refusal(
                    401,
                    logins.isEnabled()
                            ? "sign in to look at this"
                            : "clients have to authenticate here; the console shows something only"
                                    + " to who signs in, and no password is configured");
        }
    }

    /** Never as a page: the bytes are whoever's wrote them. */
    private static void download(HttpExchange exchange, byte[] data) throws IOException {
        exchange.addHeader("Content-Disposition", "attachment; filename=\"znode\"");
        exchange.addHeader("Cache-Control", "no-store");
        exchange.send(200, "application/octet-stream", data);
    }

    // ---- changes

    private void change(HttpExchange exchange, String name) throws IOException, Refusal {
        String byToken = operator(exchange);
        if (byToken == null) {
            requireOwnPage(exchange);
        }
        JsonNode body = body(exchange);
        String address = exchange.remote().getAddress().getHostAddress();
        String operator = byToken == null ? address : byToken + " at " + address;
        if (name.equals("login")) {
            signIn(exchange, operator, body);
            return;
        }
        if (name.equals("logout")) {
            logins.signOut(token(exchange));
            exchange.addHeader("Set-Cookie", cookie("", 0));
            Answers.send(exchange, Map.of("signedIn", false));
            return;
        }
        if (byToken == null && !isSignedIn(exchange)) {
            throw new Refusal(401, "sign in to change anything");
        }
        Answers.send(
                exchange,
                switch (name) {
                    case "session/end" -> changes.endSession(operator, body);
                    case "tree/set" -> changes.setData(operator, body);
                    case "tree/create" -> changes.create(operator, body);
                    case "tree/delete" -> changes.delete(operator, body);
                    case "log/level" -> changes.logLevel(operator, body);
                    case "reconfig/preview" -> changes.preview(body);
                    case "reconfig/apply" -> changes.reconfigure(operator, body);
                    default ->
                            known(
                                    guestSays(() -> guest.change(name, body)),
                                    "no such change: " + name);
                });
    }

    private void signIn(HttpExchange exchange, String operator, JsonNode body)
            throws IOException, Refusal {
        JsonNode password = body.get("password");
        if (password == null || !password.isString()) {
            throw new Refusal(400, "password is missing");
        }
        try {
            String token = logins.signIn(password.asString().toCharArray());
            LOG.info("an operator at {} has signed in to the console", operator);
            exchange.addHeader("Set-Cookie", cookie(token, Logins.AGE_NANOS_MAX / 1_000_000_000));
            Answers.send(exchange, Map.of("signedIn", true));
        } catch (Refusal e) {
            LOG.warn("{} could not sign in to the console: {}", operator, e.why());
            throw e;
        }
    }

    /** The request must come from a page of this very origin. */
    private static void requireOwnPage(HttpExchange exchange) throws Refusal {
        String type = exchange.header("Content-Type");
        if (exchange.header(OWN_HEADER) == null
                || type == null
                || !type.startsWith("application/json")) {
            throw new Refusal(403, "changes are taken from the console's own page only");
        }
        String origin = exchange.header("Origin");
        if (origin != null && !isHost(origin, exchange.header("Host"))) {
            throw new Refusal(403, "this comes from another site: " + origin);
        }
    }

    private static boolean isHost(String origin, @Nullable String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode body(HttpExchange exchange) throws IOException, Refusal {
        byte[] bytes = exchange.body().readNBytes(BODY_BYTES_MAX + 1);
        if (bytes.length > BODY_BYTES_MAX) {
            throw new Refusal(413, "more than %d bytes".formatted(BODY_BYTES_MAX));
        }
        try {
            JsonNode body = Answers.read(new String(bytes, StandardCharsets.UTF_8));
            if (body.isObject()) {
                return body;
            }
        } catch (JacksonException e) {
            throw new Refusal(400, "the request is not JSON");
        }
        throw new Refusal(400, "the request is no JSON object");
    }

    // ---- who it is

    private boolean isSignedIn(HttpExchange exchange) {
        return logins.isSignedIn(token(exchange)) || operator(exchange) != null;
    }

    /**
     * Whose bearer token it shows, if it is an operator's; else null. No other site's page can have
     * a browser show one.
     */
    private @Nullable String operator(HttpExchange exchange) {
        BearerTokens known = tokens;
        return known != null
                        && known.judge(exchange.header("Authorization"))
                                instanceof TokenVerdict.Operator(String name)
                ? name
                : null;
    }

    private static String cookie(String token, long seconds) {
        return "%s=%s; Path=%s; Max-Age=%d; HttpOnly; SameSite=Strict"
                .formatted(COOKIE, token, ROOT, seconds);
    }

    private static @Nullable String token(HttpExchange exchange) {
        String cookies = exchange.header("Cookie");
        if (cookies != null) {
            for (String each : cookies.split(";")) {
                String cookie = each.strip();
                if (cookie.startsWith(COOKIE + "=")) {
                    return cookie.substring(COOKIE.length() + 1);
                }
            }
        }
        return null;
    }
}

package org.quorate.node.console;

import java.io.IOException;
import org.quorate.node.admin.ServerView;
import org.quorate.node.http.HttpExchange;
import org.quorate.node.http.HttpHandler;

/**
 * What stands below {@code /console/} on the admin port: the page, and the questions it asks. Any
 * thread that may wait.
 */
public final class ConsoleHttp implements HttpHandler {
    private static final String ROOT = "/console/";
    private static final String API = "api/";

    /** Nothing but this server's own files runs or is loaded; nobody may frame the page. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final Overview overview;
    private final LiveStream live;

    /** Read when the first page is asked for, not at the start of the server. */
    private static final class Page {
        static final Assets FILES = Assets.load();
    }

    /**
     * Asks nothing yet.
     *
     * @param server to be asked later
     * @param history of its roles
     */
    public ConsoleHttp(ServerView server, RoleHistory history) {
        this.overview = new Overview(server, history);
        this.live = new LiveStream(overview);
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
        boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
        if (!reads) {
            Answers.refuse(exchange, 405, "only GET is answered here");
        } else if (name.startsWith(API)) {
            ask(exchange, name.substring(API.length()));
        } else {
            Page.FILES.send(exchange, name);
        }
    }

    private void ask(HttpExchange exchange, String question) throws IOException {
        try {
            switch (question) {
                case "overview" -> Answers.send(exchange, overview.get());
                case "events" -> live.run(exchange);
                default -> Answers.refuse(exchange, 404, "no such question: " + question);
            }
        } catch (IOException e) {
            if (exchange.isAnswered()) {
                throw e;
            }
            Answers.refuse(exchange, 503, "the server does not answer: " + e.getMessage());
        }
    }
}

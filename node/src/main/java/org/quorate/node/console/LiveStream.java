package org.quorate.node.console;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.quorate.node.http.HttpExchange;

/**
 * Tells pages what is new, once a second, as server-sent events, until they go away or the server
 * is closed. Any thread that may be kept so long.
 */
final class LiveStream {
    /** Pages that are told at a time; more are refused and ask again later. */
    static final int STREAMS_MAX = 64;

    private static final long PERIOD_MILLIS = 1_000;

    private final Overview overview;
    private final AtomicInteger streams = new AtomicInteger();

    LiveStream(Overview overview) {
        this.overview = overview;
    }

    /**
     * Tells until the browser is gone.
     *
     * @param mayLook asked before each picture; the stream ends when it says no
     */
    void run(HttpExchange exchange, BooleanSupplier mayLook) throws IOException {
        if (streams.incrementAndGet() > STREAMS_MAX) {
            streams.decrementAndGet();
            Answers.refuse(exchange, 503, "too many pages are open");
            return;
        }
        try {
            exchange.addHeader("Cache-Control", "no-store");
            try (OutputStream out = exchange.stream(200, "text/event-stream")) {
                tell(out, mayLook);
            }
        } finally {
            streams.decrementAndGet();
        }
    }

    /** Ends by the exception that the broken connection causes, if not before. */
    private void tell(OutputStream out, BooleanSupplier mayLook) throws IOException {
        while (mayLook.getAsBoolean()) {
            String data = Answers.json(overview.get());
            String event = "event: overview\ndata: " + data + "\n\n";
            out.write(event.getBytes(StandardCharsets.UTF_8));
            out.flush();
            try {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while telling");
            }
        }
    }
}

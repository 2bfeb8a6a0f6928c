package org.quorate.node.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.FourLetterWords;
import org.quorate.net.tls.HandshakeLimit;
import org.quorate.net.tls.TlsContext;
import org.quorate.net.tls.TlsException;
import org.quorate.net.tls.TlsFront;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.http.HttpHandler;
import org.quorate.node.http.HttpServer;
import org.quorate.node.metrics.Jvm;
import org.quorate.node.metrics.PrometheusText;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a server offers its operators: the four-letter words, which the clients' edge asks for,
 * and the HTTP servers. Made before the server serves; methods may be called by any thread, {@link
 * #start} and {@link #close} once.
 */
public final class AdminSurface implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminSurface.class);

    private final ServerView server;
    private final LogLevels logs;
    private final HttpHandler console;
    private final Jvm jvm = new Jvm();
    private final Monitor monitor;
    private final TraceMask traceMask = new TraceMask();
    private final WordHandler words;
    private volatile @Nullable HttpServer admin;
    private volatile @Nullable HttpServer metrics;
    private volatile @Nullable TlsContext adminTls;

    /** Without a console. */
    AdminSurface(ServerView server) {
        this(server, LogLevels.UNKNOWN, exchange -> {});
    }

    /**
     * Opens nothing yet and asks nothing yet.
     *
     * @param server to be asked later
     * @param logs to be asked later
     * @param console answers on the admin port what is not the commands' own
     */
    public AdminSurface(ServerView server, LogLevels logs, HttpHandler console) {
        this.server = server;
        this.logs = logs;
        this.console = console;
        this.monitor = new Monitor(server, jvm);
        this.words = new WordHandler(new Words(server, monitor, traceMask));
    }

    /** For the clients' edge. */
    public FourLetterWords words() {
        return words;
    }

    /**
     * Opens the HTTP servers that the configuration wants. As with ZooKeeper, an admin port that
     * cannot be had is warned about, and the server goes on without.
     *
     * @throws IOException with one line if the port for Prometheus cannot be had
     */
    public void start() throws IOException {
        ServerConfig config = server.config();
        if (config.metrics().prometheus()) {
            metrics = startMetrics(config);
        }
        if (config.admin().enabled()) {
            try {
                admin = startAdmin(config.admin());
            } catch (IOException e) {
                LOG.warn("no admin server: {}", e.getMessage());
            }
        }
    }

    /** The admin server's port; −1 if it does not run. */
    public int adminPort() {
        HttpServer running = admin;
        return running == null ? -1 : running.port();
    }

    /** Prometheus' port; −1 if it is not open. */
    public int metricsPort() {
        HttpServer running = metrics;
        return running == null ? -1 : running.port();
    }

    @Override
    public void close() {
        close(admin);
        close(metrics);
        TlsContext tls = adminTls;
        if (tls != null) {
            tls.close();
        }
        jvm.close();
    }

    private static void close(@Nullable HttpServer http) {
        if (http != null) {
            http.close();
        }
    }

    private HttpServer startAdmin(ServerConfig.Admin config) throws IOException {
        AdminHttp handler =
                new AdminHttp(
                        server,
                        monitor,
                        new Commands(server, monitor, traceMask, logs),
                        new RootAccess(server),
                        console);
        return HttpServer.start(
                "quorate-admin",
                address(config.address()),
                config.idleTimeoutMillis(),
                handler,
                tls(config.tls()));
    }

    private @Nullable Supplier<TlsFront> tls(ServerConfig.@Nullable AdminTls told)
            throws TlsException {
        if (told == null) {
            return null;
        }
        TlsContext context = TlsContext.open(told.options());
        adminTls = context;
        HandshakeLimit handshakes = new HandshakeLimit(HttpServer.CONNECTIONS_MAX);
        return () -> new TlsFront(context, handshakes, told.plainToo());
    }

    private HttpServer startMetrics(ServerConfig config) throws IOException {
        return HttpServer.start(
                "quorate-metrics",
                address(config.metrics().address()),
                config.admin().idleTimeoutMillis(),
                exchange -> {
                    if (exchange.path().equals("/metrics")) {
                        exchange.send(200, PrometheusText.CONTENT_TYPE, monitor.prometheus());
                    }
                });
    }

    private static InetSocketAddress address(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.host(), endpoint.port());
    }
}

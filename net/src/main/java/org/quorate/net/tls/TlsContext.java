package org.quorate.net.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the TLS handlers of connections, from files that may change while it runs. What blocks or
 * takes long in a handshake (checking certificates, asking for revocation) runs on its few threads,
 * never on an event loop. Any thread.
 */
public final class TlsContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
    private static final long LOOK_EVERY_MILLIS = 1_000;
    private static final int THREADS_MAX = 4;
    private static final long IDLE_SECONDS_MAX = 30;

    private record Sides(@Nullable SslContext accepting, SslContext dialling) {}

    private final TlsOptions options;
    private final ExecutorService tasks;
    private final @Nullable Thread watcher;
    private volatile Sides sides;

    private TlsContext(TlsOptions options) throws TlsException {
        this.options = options;
        // Holds at most one task of each handshake, and those are limited by whoever accepts.
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        THREADS_MAX,
                        THREADS_MAX,
                        IDLE_SECONDS_MAX,
                        TimeUnit.SECONDS,
                        // One task a connection; HandshakeLimit bounds those taken, the members
                        // those dialled.
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("quorate-tls-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        this.tasks = pool;
        List<Object> seen = marks();
        this.sides = load();
        this.watcher = options.reload() ? watch(seen) : null;
    }

    /**
     * Reads the stores.
     *
     * @throws TlsException with one line for the operator
     */
    public static TlsContext open(TlsOptions options) throws TlsException {
        return new TlsContext(options);
    }

    /** Is the native library used? */
    public boolean isNative() {
        return provider() == SslProvider.OPENSSL;
    }

    /** A handler for a connection that the other side has opened. */
    public SslHandler accept(Channel channel) {
        SslContext context = sides.accepting();
        if (context == null) {
            throw new IllegalStateException("there is no key store to accept with");
        }
        SslHandler handler =
                channel.remoteAddress() instanceof InetSocketAddress remote
                        // Where the trust manager finds whose names it is to check.
                        ? context.newHandler(
                                channel.alloc(),
                                remote.getAddress().getHostAddress(),
                                remote.getPort(),
                                tasks)
                        : context.newHandler(channel.alloc(), tasks);
        handler.setHandshakeTimeoutMillis(options.handshakeMillisMax());
        handler.setWrapDataSize(0); // what is written together is a record, and nothing else
        return handler;
    }

    /**
     * A handler for a connection that this side opens.
     *
     * @param host as this side knows the other: what its certificate is compared with
     */
    public SslHandler dial(Channel channel, String host, int port) {
        SslHandler handler = sides.dialling().newHandler(channel.alloc(), host, port, tasks);
        handler.setHandshakeTimeoutMillis(options.handshakeMillisMax());
        return handler;
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.interrupt();
        }
        tasks.shutdown();
    }

    private Sides load() throws TlsException {
        TlsOptions.Store keys = options.keyStore();
        try {
            SslContextBuilder dialling =
                    keys == null ? SslContextBuilder.forClient() : Stores.keys(keys, false);
            dialling.endpointIdentificationAlgorithm(
                    options.names().ofAcceptors() ? "HTTPS" : null);
            SslContext accepting = null;
            if (keys != null) {
                accepting =
                        common(Stores.keys(keys, true))
                                .clientAuth(ClientAuth.valueOf(clientAuth()))
                                .build();
            }
            return new Sides(accepting, common(dialling).build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private String clientAuth() {
        return switch (options.clientAuth()) {
            case NONE -> "NONE";
            case WANT -> "OPTIONAL";
            case NEED -> "REQUIRE";
        };
    }

    private SslContextBuilder common(SslContextBuilder builder) throws TlsException {
        builder.sslProvider(provider()).protocols(options.protocols());
        if (options.ciphers().isEmpty()) {
            // Those of them that the library has.
            builder.ciphers(TlsOptions.DEFAULT_CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
        } else {
            builder.ciphers(options.ciphers());
        }
        TlsOptions.Store trust = options.trustStore();
        TrustManagerFactory factory = Stores.trust(trust, options.revocation());
        return options.names().ofDiallers()
                ? builder.trustManager(NameCheck.around(factory, options.names().reverseLookup()))
                : builder.trustManager(factory);
    }

    private SslProvider provider() {
        // Suites that were asked for and that BoringSSL has not, DHE above all, the JDK has.
        boolean there =
                OpenSsl.isAvailable()
                        && options.ciphers().stream().allMatch(OpenSsl::isCipherSuiteAvailable);
        return switch (options.library()) {
            case JDK -> SslProvider.JDK;
            case NATIVE -> SslProvider.OPENSSL;
            case BEST -> there ? SslProvider.OPENSSL : SslProvider.JDK;
        };
    }

    // ---- changes of the files

    private Thread watch(List<Object> first) {
        return Thread.ofVirtual()
                .name("quorate-tls-files")
                .start(() -> {
                    List<Object> seen = first;
                    while (pause()) {
                        List<Object> now = marks();
                        if (!now.equals(seen)) {
                            seen = now;
                            reload();
                        }
                    }
                });
    }

    private static boolean pause() {
        try {
            Thread.sleep(LOOK_EVERY_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void reload() {
        try {
            sides = load();
            LOG.info("the TLS certificates have been read again");
        } catch (TlsException e) {
            // Half written perhaps: the next change is looked at again.
            LOG.error("the TLS certificates stay as they were: {}", e.getMessage());
        }
    }

    /** What shows that a file has changed. */
    private List<Object> marks() {
        List<Object> marks = new ArrayList<>();
        for (TlsOptions.Store store :
                new TlsOptions.Store[] {options.keyStore(), options.trustStore()}) {
            if (store != null) {
                mark(store.location(), marks);
                if (store.passwordFile() != null) {
                    mark(store.passwordFile(), marks);
                }
            }
        }
        return marks;
    }

    private static void mark(Path file, List<Object> to) {
        try {
            to.add(Files.getLastModifiedTime(file));
            to.add(Files.size(file));
        } catch (IOException e) {
            to.add("none");
        }
    }
}

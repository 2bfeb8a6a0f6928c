package org.quorate.node.host;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.node.auth.AuthenticationProvider;
import org.quorate.node.auth.Plugins;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.AuthRequest;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.replica.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has plug-ins look at the auth packets of their schemes, on threads of its own, and hands the core
 * what came of it. A connection has one packet here at most, and nothing else under way meanwhile:
 * the reader sees to that.
 */
final class PluginDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginDesk.class);

    private final Plugins plugins;
    private final ReaderContext context;
    private final Desk desk;

    PluginDesk(String threadName, Plugins plugins, ReaderContext context) {
        this.plugins = plugins;
        this.context = context;
        this.desk = new Desk(threadName);
    }

    /** Who looks at an auth packet; null if no plug-in does. The client's event loop. */
    @Nullable AuthenticationProvider providerOf(byte[] bytes, int at) {
        AuthRequest request = read(bytes, at);
        return request == null ? null : plugins.of(request.scheme.text());
    }

    private static @Nullable AuthRequest read(byte[] bytes, int at) {
        int end = at + 4 + Frames.length(bytes, at);
        try {
            return new AuthRequest()
                    .read(new JuteIn(Integer.MAX_VALUE).wrap(bytes, at + Frames.BODY_AT, end));
        } catch (JuteException e) {
            return null; // the core closes its connection
        }
    }

    /**
     * Takes a packet; the core answers it later, in its order. The client's event loop.
     *
     * @return false if too many wait
     */
    boolean take(HostedClient client, byte[] bytes, int at) {
        AuthRequest request = read(bytes, at);
        AuthenticationProvider provider = providerOf(bytes, at);
        if (request == null || provider == null) {
            throw new IllegalStateException("no packet of a plug-in");
        }
        int xid = Frames.xid(bytes, at);
        byte[] credentials = request.auth.isNull() ? new byte[0] : request.auth.copy();
        InetSocketAddress remote = client.link.remote();
        AuthenticationProvider.Client who =
                new AuthenticationProvider.Client(
                        remote == null ? new InetSocketAddress(client.link.address(), 0) : remote,
                        client.link.certificates());
        long heardNanos = client.link.heardNanos();
        long handedNanos = System.nanoTime();
        return desk.take(() -> {
            List<Id> proven = authenticate(provider, who, credentials);
            context.core()
                    .putAndRun(replica -> {
                        Connection connection = client.connection;
                        if (!client.closed && connection != null) {
                            context.effects()
                                    .taken(client, 1, heardNanos, handedNanos, System.nanoTime());
                            replica.authenticated(connection, xid, proven);
                        }
                    });
        });
    }

    /** What others have written may throw anything: then nothing is proven. */
    private static List<Id> authenticate(
            AuthenticationProvider provider,
            AuthenticationProvider.Client who,
            byte[] credentials) {
        try {
            List<Id> proven = List.copyOf(provider.authenticate(who, credentials));
            if (proven.isEmpty()) {
                LOG.warn("{} has not proven who it is by {}", who.address(), provider.name());
            }
            return proven;
        } catch (Exception | LinkageError e) {
            LOG.warn(
                    "{} has not proven who it is by {}: {}",
                    who.address(),
                    provider.name(),
                    e.toString());
            return List.of();
        }
    }

    @Override
    public void close() {
        desk.close();
    }
}

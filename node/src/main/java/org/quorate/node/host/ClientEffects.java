package org.quorate.node.host;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.quorate.net.ClientLink;
import org.quorate.net.Outbox;
import org.quorate.replica.Connection;
import org.quorate.replica.Effects;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the replica asks for towards clients. Owned by the core thread. */
final class ClientEffects implements Effects {
    private static final Logger LOG = LoggerFactory.getLogger("org.quorate.core");

    private final CopyOnWriteArrayList<Consumer<Role>> roleListeners = new CopyOnWriteArrayList<>();
    private volatile Role role = Role.LOOKING;

    /** The last role heard of. Any thread. */
    Role role() {
        return role;
    }

    /** The listener is called on the core thread and must be quick. */
    void onRole(Consumer<Role> listener) {
        roleListeners.add(listener);
    }

    @Override
    public void reply(Connection to, byte[] bytes, int from, int length) {
        ClientLink link = client(to).link;
        outbox(link).reply(link, bytes, from, length);
    }

    @Override
    public void push(Connection to, byte[] bytes, int from, int length) {
        ClientLink link = client(to).link;
        outbox(link).push(link, bytes, from, length);
    }

    @Override
    public void close(Connection connection) {
        HostedClient client = client(connection);
        client.closed = true;
        outbox(client.link).close(client.link);
    }

    @Override
    public void established(Connection connection) {
        ClientLink link = client(connection).link;
        outbox(link).established(link, connection.sessionId(), connection.timeoutMillis());
    }

    @Override
    public void role(Role newRole) {
        role = newRole;
        LOG.atInfo()
                .addKeyValue("epoch", newRole.epoch())
                .log("{}, leader {}", newRole.kind(), newRole.leader());
        roleListeners.forEach(listener -> listener.accept(newRole));
    }

    @Override
    public void notice(Level level, String message) {
        switch (level) {
            case INFO -> LOG.info(message);
            case WARN -> LOG.warn(message);
            case ERROR -> LOG.error(message);
        }
    }

    private static HostedClient client(Connection connection) {
        if (connection.attachment instanceof HostedClient client) {
            return client;
        }
        throw new IllegalStateException("connection %d is nobody's".formatted(connection.id()));
    }

    private static Outbox outbox(ClientLink link) {
        return link.loop().outbox();
    }
}

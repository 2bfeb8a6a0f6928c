package org.quorate.node.auth;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.server.DumbWatcher;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider;
import org.quorate.protocol.acl.Id;

/**
 * A provider of ZooKeeper's kind. It is shown a connection that knows the client's address and
 * certificates and takes its ids, and nothing else. Loaded only where ZooKeeper's jar is.
 */
final class ZooKeeperProvider implements AuthenticationProvider {
    /**
     * The method is found by its exact type: the interface has another one of this name, for whose
     * parameters servlets would have to be on the class path.
     */
    private static final MethodHandle HANDLE = handle();

    private final org.apache.zookeeper.server.auth.AuthenticationProvider provider;

    private static MethodHandle handle() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(
                            org.apache.zookeeper.server.auth.AuthenticationProvider.class,
                            "handleAuthentication",
                            MethodType.methodType(
                                    KeeperException.Code.class, ServerCnxn.class, byte[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ZooKeeper's interface has changed", e);
        }
    }

    private ZooKeeperProvider(org.apache.zookeeper.server.auth.AuthenticationProvider provider) {
        this.provider = provider;
    }

    /**
     * @param provider an instance of ZooKeeper's interface
     * @throws PluginException if it wants ZooKeeper's server itself
     */
    static AuthenticationProvider of(Object provider) throws PluginException {
        if (provider instanceof ServerAuthenticationProvider) {
            throw new PluginException(
                    ("authProvider: '%s' is a ServerAuthenticationProvider: those work on"
                                    + " ZooKeeper's own server alone")
                            .formatted(provider.getClass().getName()),
                    null);
        }
        return new ZooKeeperProvider(
                (org.apache.zookeeper.server.auth.AuthenticationProvider) provider);
    }

    @Override
    public String name() {
        return provider.getScheme();
    }

    @Override
    public boolean isValid(String id) {
        return provider.isValid(id);
    }

    @Override
    public boolean matches(String id, String wanted) {
        return provider.matches(id, wanted);
    }

    @Override
    public boolean isAuthenticated() {
        return provider.isAuthenticated();
    }

    @Override
    public String userName(String id) {
        String name = provider.getUserName(id);
        return name == null ? id : name;
    }

    @Override
    public List<Id> authenticate(Client client, byte[] credentials) throws Exception {
        Shown shown = new Shown(client);
        return handle(shown, credentials) == KeeperException.Code.OK
                ? shown.getAuthInfo().stream()
                        .map(id -> new Id(id.getScheme(), id.getId()))
                        .toList()
                : List.of();
    }

    private KeeperException.Code handle(ServerCnxn shown, byte[] credentials) throws Exception {
        try {
            return (KeeperException.Code) HANDLE.invokeExact(provider, shown, credentials);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What ZooKeeper's providers see of a connection; of all else ZooKeeper's own stand-in for one
     * knows nothing. Used by one thread.
     */
    private static final class Shown extends DumbWatcher {
        private final Client client;

        Shown(Client client) {
            this.client = client;
        }

        @Override
        public InetSocketAddress getRemoteSocketAddress() {
            return client.address();
        }

        @Override
        public Certificate[] getClientCertificateChain() {
            return client.certificates().toArray(Certificate[]::new);
        }

        @Override
        public boolean isSecure() {
            return !client.certificates().isEmpty();
        }
    }
}

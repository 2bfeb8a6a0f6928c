package org.quorate.net.sasl;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/**
 * SASL between servers (peer protocol §10): whoever dials proves who it is, on both ports. Any
 * thread; tokens are evaluated on threads of its own, of which there are few, and which connections
 * wait for: so many of these as there may be connections.
 */
public final class PeerSasl implements AutoCloseable {
    private static final String PROTOCOL = "zookeeper-quorum";
    private static final String REALM = "zk-quorum-sasl-md5";
    private static final String OWN_HOST = "_HOST";
    private static final long IDLE_SECONDS = 30;

    /** Steps that may wait for a thread; the connection of a further one is closed. */
    static final int WAITING_MAX = 1_000;

    /**
     * What ZooKeeper's keys {@code quorum.auth.…} say.
     *
     * @param dials whoever is dialled is shown who this server is: {@code learnerRequireSasl}
     * @param required whoever dials must prove who it is: {@code serverRequireSasl}
     * @param acceptorSection of the JAAS configuration, for those who dial
     * @param diallerSection who this server is to those whom it dials
     * @param servicePrincipal of the servers that are dialled; {@code _HOST} stands for their host
     * @param canonicalHosts their hosts by the names that the name service has for them
     * @param fips no DIGEST-MD5 towards those who are dialled, as ZooKeeper has it
     * @param minReLoginMillis shortest time between two logins
     * @param threadsMax tokens evaluated at once: {@code quorum.cnxn.threads.size}
     */
    public record Options(
            boolean dials,
            boolean required,
            String acceptorSection,
            String diallerSection,
            String servicePrincipal,
            boolean canonicalHosts,
            boolean fips,
            int minReLoginMillis,
            int threadsMax) {}

    private final Options options;
    private final SaslAcceptor acceptor;
    private final JaasLogin login;
    private final ThreadPoolExecutor threads;
    private volatile Set<String> hosts = Set.of();

    private PeerSasl(String threadName, Options options, JaasLogin acceptor, JaasLogin dialler) {
        this.options = options;
        this.login = dialler;
        this.acceptor =
                new SaslAcceptor(
                        acceptor,
                        PROTOCOL,
                        REALM,
                        acceptor.users(),
                        (proven, claimed) -> name(acceptor, proven, claimed));
        this.threads =
                new ThreadPoolExecutor(
                        options.threadsMax,
                        options.threadsMax,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().daemon().name(threadName, 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Logs in.
     *
     * @throws LoginFailure if a section is not there, or its login fails
     */
    public static PeerSasl open(String threadName, Options options) throws LoginFailure {
        JaasLogin acceptor = login(options.acceptorSection, options.minReLoginMillis);
        JaasLogin dialler = login(options.diallerSection, options.minReLoginMillis);
        if (options.dials && options.fips && dialler.principal() == null) {
            throw new LoginFailure(
                    "the JAAS section '%s' wants DIGEST-MD5, which ZooKeeper's servers do not use"
                                    .formatted(options.diallerSection)
                            + " between each other unless fips-mode=false");
        }
        PeerSasl sasl = new PeerSasl(threadName, options, acceptor, dialler);
        sasl.acceptor.check(options.acceptorSection);
        return sasl;
    }

    private static JaasLogin login(String section, int minReLoginMillis) throws LoginFailure {
        JaasLogin login = JaasLogin.open(section, minReLoginMillis);
        if (login == null) {
            throw new LoginFailure("the JAAS configuration has no section '%s'".formatted(section));
        }
        return login;
    }

    /** The hosts of the ensemble's servers: from others no Kerberos principal may come. */
    public void hosts(Collection<String> ofMembers) {
        hosts =
                ofMembers.stream()
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** A dialler is nobody but whom it has proven to be, and of a host of the ensemble. */
    private String name(JaasLogin acceptor, String proven, String claimed) throws SaslException {
        if (!proven.equals(claimed)) {
            throw new SaslException("'%s' wants to be '%s'".formatted(proven, claimed));
        }
        if (acceptor.principal() != null) {
            String[] parts = proven.split("[/@]");
            if (parts.length != 3 || !hosts.contains(parts[1].toLowerCase(Locale.ROOT))) {
                throw new SaslException("'%s' is of no host of the ensemble".formatted(proven));
            }
        }
        return proven;
    }

    /** Does this server prove who it is to those whom it dials? */
    public boolean dials() {
        return options.dials;
    }

    /**
     * Lets the other side of an accepted connection prove who it is, in front of all else that it
     * says. The connection's event loop.
     *
     * @param before the handler that is to hear the rest; null if it is not there yet: then it is
     *     added by {@code then}
     * @param then hears, on the loop, why the connection is to be closed, or null when the other
     *     side is known or need not be
     * @return hears what was read already
     */
    public PeerProof accepted(
            Channel channel, @Nullable ChannelHandler before, Consumer<@Nullable Throwable> then) {
        return add(channel, before, new AcceptorProof(acceptor, options.required, threads, then));
    }

    /**
     * Proves to the other side of a connection that this server has opened who it is. The
     * connection's event loop.
     *
     * @param host of the server that was dialled, as it is configured
     */
    public void dialled(
            Channel channel,
            String host,
            @Nullable ChannelHandler before,
            Consumer<@Nullable Throwable> then) {
        add(channel, before, new DiallerProof(login, () -> newClient(host), threads, then));
    }

    private static PeerProof add(
            Channel channel, @Nullable ChannelHandler before, PeerProof proof) {
        if (before == null) {
            channel.pipeline().addLast(proof);
        } else {
            String name = channel.pipeline().context(before).name();
            channel.pipeline().addBefore(name, null, proof);
        }
        return proof;
    }

    private SaslClient newClient(String host) throws SaslException {
        KerberosPrincipal self = login.principal();
        SaslClient client = self == null ? digest() : kerberos(self, host);
        if (client == null) {
            throw new SaslException((self == null ? "DIGEST-MD5" : "GSSAPI") + " is not there");
        }
        return client;
    }

    private @Nullable SaslClient digest() throws SaslException {
        String user = login.option("username");
        String password = login.option("password");
        if (user == null || password == null) {
            throw new SaslException(
                    "the JAAS section '%s' has no username and password"
                            .formatted(options.diallerSection));
        }
        return Sasl.createSaslClient(
                new String[] {"DIGEST-MD5"},
                user,
                PROTOCOL,
                REALM,
                Map.of(),
                callbacks -> answer(callbacks, user, password));
    }

    private @Nullable SaslClient kerberos(KerberosPrincipal self, String host)
            throws SaslException {
        String[] parts = options.servicePrincipal.split("[/@]");
        if (parts.length < 2) {
            throw new SaslException(
                    "'%s' is no principal of a service".formatted(options.servicePrincipal));
        }
        String ofServer = parts[1].equals(OWN_HOST) ? host(host) : parts[1];
        return Sasl.createSaslClient(
                new String[] {"GSSAPI"},
                self.getName(),
                parts[0],
                ofServer,
                Map.of(),
                callbacks -> answer(callbacks, self.getName(), ""));
    }

    private String host(String configured) throws SaslException {
        if (!options.canonicalHosts) {
            return configured.toLowerCase(Locale.ROOT);
        }
        try {
            return InetAddress.getByName(configured)
                    .getCanonicalHostName()
                    .toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            throw new SaslException("unknown host " + configured, e);
        }
    }

    private static void answer(Callback[] callbacks, String user, String password) {
        Arrays.stream(callbacks)
                .forEach(callback -> {
                    switch (callback) {
                        case NameCallback name -> name.setName(user);
                        case PasswordCallback secret -> secret.setPassword(password.toCharArray());
                        case RealmCallback realm -> realm.setText(realm.getDefaultText());
                        case AuthorizeCallback authorize ->
                                authorize.setAuthorized(
                                        authorize
                                                .getAuthenticationID()
                                                .equals(authorize.getAuthorizationID()));
                        default -> {
                            // Nothing else is asked for by these mechanisms.
                        }
                    }
                });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

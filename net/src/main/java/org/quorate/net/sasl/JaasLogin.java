package org.quorate.net.sasl;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this server is by a section of the JAAS configuration: a Kerberos principal, or the users and
 * passwords of ZooKeeper's {@code DigestLoginModule}, which is understood by its name and not
 * loaded. Any thread.
 */
final class JaasLogin {
    private static final Logger LOG = LoggerFactory.getLogger(JaasLogin.class);

    private static final String DIGEST_MODULE =
            "org.apache.zookeeper.server.auth.DigestLoginModule";
    private static final String USER_PREFIX = "user_";

    /** A ticket is renewed when the last part, of so many, of its life begins. */
    private static final int RENEWED_BEFORE = 5;

    private final String section;
    private final Configuration configuration;
    private final long pauseNanos;
    private final Map<String, String> options = new HashMap<>();

    // Guarded by this; null when there is nobody to log in.
    private @Nullable LoginContext context;
    private @Nullable Subject subject;
    private long loggedInNanos;

    private JaasLogin(String section, AppConfigurationEntry[] entries, int minReLoginMillis) {
        this.section = section;
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(minReLoginMillis);
        AppConfigurationEntry[] toLogIn =
                Arrays.stream(entries)
                        .filter(entry -> !entry.getLoginModuleName().equals(DIGEST_MODULE))
                        .toArray(AppConfigurationEntry[]::new);
        for (AppConfigurationEntry entry : entries) {
            entry.getOptions().forEach((key, value) -> options.put(key, String.valueOf(value)));
        }
        this.configuration =
                new Configuration() {
                    @Override
                    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                        return toLogIn;
                    }
                };
    }

    /**
     * Reads a section and logs in.
     *
     * @param minReLoginMillis shortest time between two logins
     * @return null if there is no such section
     * @throws LoginFailure if there is no JAAS configuration, or the login fails
     */
    static @Nullable JaasLogin open(String section, int minReLoginMillis) throws LoginFailure {
        AppConfigurationEntry[] entries;
        try {
            entries = Configuration.getConfiguration().getAppConfigurationEntry(section);
        } catch (SecurityException e) {
            throw LoginFailure.withoutConfiguration(e);
        }
        if (entries == null || entries.length == 0) {
            return null;
        }
        JaasLogin login = new JaasLogin(section, entries, minReLoginMillis);
        login.logIn(entries);
        return login;
    }

    private synchronized void logIn(AppConfigurationEntry[] entries) throws LoginFailure {
        if (Arrays.stream(entries)
                .allMatch(entry -> entry.getLoginModuleName().equals(DIGEST_MODULE))) {
            return;
        }
        try {
            logIn();
        } catch (LoginException e) {
            throw new LoginFailure(
                    "the login of the JAAS section '%s' has failed: %s"
                            .formatted(
                                    section,
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    e);
        }
        KerberosPrincipal self = principal();
        LOG.info("logged in by the JAAS section '{}' as {}", section, self);
    }

    private void logIn() throws LoginException {
        LoginContext fresh =
                new LoginContext(section, new Subject(), JaasLogin::refuse, configuration);
        fresh.login();
        context = fresh;
        subject = fresh.getSubject();
        loggedInNanos = System.nanoTime();
    }

    /** Nobody sits in front of a server. */
    private static void refuse(Callback[] callbacks) throws UnsupportedCallbackException {
        if (callbacks.length > 0) {
            throw new UnsupportedCallbackException(
                    callbacks[0], "there is nobody to be asked: use a key tab");
        }
    }

    /** The users of a server's section: passwords by name. Not to be shown. */
    Map<String, String> users() {
        Map<String, String> users = new HashMap<>();
        options.forEach((key, value) -> {
            if (key.startsWith(USER_PREFIX)) {
                users.put(key.substring(USER_PREFIX.length()), value);
            }
        });
        return users;
    }

    /** An option of any module of the section. */
    @Nullable String option(String name) {
        return options.get(name);
    }

    /** Who has logged in; null without Kerberos, which means DIGEST-MD5. */
    synchronized @Nullable KerberosPrincipal principal() {
        Subject known = subject;
        if (known == null) {
            return null;
        }
        for (Principal each : known.getPrincipals()) {
            if (each instanceof KerberosPrincipal kerberos) {
                return kerberos;
            }
        }
        return null;
    }

    /** Does something as who has logged in. */
    <T> T as(Callable<T> action) throws SaslException {
        Subject known;
        synchronized (this) {
            known = subject;
        }
        try {
            return known == null ? action.call() : Subject.callAs(known, action);
        } catch (CompletionException e) {
            throw failure(e.getCause());
        } catch (Exception e) {
            throw failure(e);
        }
    }

    /**
     * The same with a ticket that is still good for a while, for those who dial: it is renewed
     * before it ends, and once it has ended.
     */
    <T> T withTicket(Callable<T> action) throws SaslException {
        renewIfOld();
        return as(action);
    }

    private synchronized void renewIfOld() {
        LoginContext known = context;
        if (known == null
                || !isOld(known.getSubject())
                || System.nanoTime() - loggedInNanos < pauseNanos) {
            return;
        }
        try {
            logIn();
        } catch (LoginException e) {
            loggedInNanos = System.nanoTime();
            LOG.warn("the login of '{}' cannot be renewed: {}", section, e.getMessage());
        }
    }

    private static boolean isOld(Subject subject) {
        Instant now = Instant.now();
        for (KerberosTicket ticket : subject.getPrivateCredentials(KerberosTicket.class)) {
            if (ticket.getServer().getName().startsWith("krbtgt/")) {
                Instant to = ticket.getEndTime().toInstant();
                Duration life = Duration.between(ticket.getAuthTime().toInstant(), to);
                return now.isAfter(to.minus(life.dividedBy(RENEWED_BEFORE)));
            }
        }
        return true;
    }

    private static SaslException failure(@Nullable Throwable cause) {
        return cause instanceof SaslException already
                ? already
                : new SaslException(String.valueOf(cause), cause);
    }
}

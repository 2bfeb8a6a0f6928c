package org.quorate.net.sasl;

import java.util.HashMap;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.jspecify.annotations.Nullable;

/**
 * Lets others prove who they are to this server: by GSSAPI where it has logged in as a Kerberos
 * principal, else by DIGEST-MD5 with the users of its JAAS section. Any thread; what it begins
 * belongs to one thread at a time.
 */
public final class SaslAcceptor {
    private static final String SUPER = "super";

    /** Decides who somebody is who has proven a name. */
    interface Authority {
        /**
         * The name to go by.
         *
         * @param proven the name that was proven
         * @param claimed the name that the other side wants to be known by
         * @throws SaslException if it is to be refused
         */
        String name(String proven, String claimed) throws SaslException;
    }

    private final JaasLogin login;
    private final String protocol;
    private final String realm;
    private final Map<String, String> users;
    private final Authority authority;

    SaslAcceptor(
            JaasLogin login,
            String protocol,
            String realm,
            Map<String, String> users,
            Authority authority) {
        this.login = login;
        this.protocol = protocol;
        this.realm = realm;
        this.users = Map.copyOf(users);
        this.authority = authority;
    }

    /**
     * For clients (client protocol §10).
     *
     * @param section of the JAAS configuration
     * @param superPassword beats the one that the section has for the user {@code super}; or null
     * @param minReLoginMillis shortest time between two logins of this server
     * @return null if there is no such section
     * @throws LoginFailure if there is no JAAS configuration, or this server cannot log in
     */
    public static @Nullable SaslAcceptor forClients(
            String section,
            @Nullable String superPassword,
            PrincipalNames names,
            int minReLoginMillis)
            throws LoginFailure {
        JaasLogin login = JaasLogin.open(section, minReLoginMillis);
        if (login == null) {
            return null;
        }
        Map<String, String> users = new HashMap<>(login.users());
        if (superPassword != null && users.containsKey(SUPER)) {
            users.put(SUPER, superPassword);
        }
        SaslAcceptor acceptor =
                new SaslAcceptor(
                        login,
                        "zookeeper",
                        "zk-sasl-md5",
                        users,
                        (proven, claimed) -> name(names, proven, claimed));
        acceptor.check(section);
        return acceptor;
    }

    /** Whom no rule names may go by what he has proven, and by nothing else. */
    private static String name(PrincipalNames names, String proven, String claimed)
            throws SaslException {
        String name = names.of(proven);
        if (name == null && !proven.equals(claimed)) {
            throw new SaslException(
                    "'%s' wants to be '%s', and no rule names it".formatted(proven, claimed));
        }
        return name == null ? proven : name;
    }

    /**
     * A server's principal names its service and its host; without that nobody could prove a thing.
     */
    void check(String section) throws LoginFailure {
        KerberosPrincipal self = login.principal();
        if (self != null && !self.getName().matches("[^/@]+/[^/@]+@[^/@]+")) {
            throw new LoginFailure(
                    "the JAAS section '%s' logs in as %s; a server's principal is service/host@REALM"
                            .formatted(section, self.getName()));
        }
    }

    /** By which mechanism, for people. */
    public String mechanism() {
        return login.principal() == null ? "DIGEST-MD5" : "GSSAPI";
    }

    /** Somebody begins. */
    public Conversation begin() throws SaslException {
        return new Conversation();
    }

    private SaslServer newServer() throws SaslException {
        SaslServer server = login.as(this::create);
        if (server == null) {
            throw new SaslException(mechanism() + " is not there");
        }
        return server;
    }

    private @Nullable SaslServer create() throws SaslException {
        KerberosPrincipal self = login.principal();
        if (self == null) {
            return Sasl.createSaslServer("DIGEST-MD5", protocol, realm, null, new Answers());
        }
        String[] parts = self.getName().split("[/@]");
        return Sasl.createSaslServer("GSSAPI", parts[0], parts[1], null, new Answers());
    }

    /** One side of one conversation; ended when the other side is known. */
    public final class Conversation {
        private final SaslServer server = newServer();

        private Conversation() throws SaslException {}

        /**
         * Answers a token. May take long.
         *
         * @return null if there is nothing to be said
         * @throws SaslException if the other side is not who it says; nothing more can be said then
         */
        public byte @Nullable [] answer(byte[] token) throws SaslException {
            return login.as(() -> server.evaluateResponse(token));
        }

        /** Is the other side known? */
        public boolean isComplete() {
            return server.isComplete();
        }

        /** Who the other side is, once it is known. */
        public String name() {
            return server.getAuthorizationID();
        }
    }

    /** What the JDK's mechanisms ask for. Of one conversation. */
    private final class Answers implements CallbackHandler {
        private String user = "";

        @Override
        public void handle(Callback[] callbacks) {
            for (Callback callback : callbacks) {
                switch (callback) {
                    case NameCallback name -> {
                        user = String.valueOf(name.getDefaultName());
                        name.setName(user);
                    }
                    case PasswordCallback password -> {
                        String known = users.get(user);
                        if (known != null) {
                            password.setPassword(known.toCharArray());
                        }
                    }
                    case RealmCallback asked -> asked.setText(asked.getDefaultText());
                    case AuthorizeCallback authorize -> authorize(authorize);
                    default -> {
                        // Nothing else is asked for by these mechanisms.
                    }
                }
            }
        }

        private void authorize(AuthorizeCallback callback) {
            try {
                String name =
                        authority.name(
                                callback.getAuthenticationID(), callback.getAuthorizationID());
                callback.setAuthorized(true);
                callback.setAuthorizedID(name);
            } catch (SaslException e) {
                callback.setAuthorized(false);
            }
        }
    }
}

package org.quorate.node.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.sasl.PrincipalNames;
import org.quorate.net.tls.TlsOptions;
import org.quorate.protocol.peer.Endpoint;

/**
 * Puts a {@link ServerConfig} together from what was told, and checks what one setting says against
 * another. Used once.
 */
final class Assembler {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ALL_ADDRESSES = "0.0.0.0";
    private static final int PORT_DEFAULT = 2181;
    private static final int SNAPSHOTS_RETAINED_MIN = 3;
    private static final int FIELD_EXTRA_MIN = 1024;
    private static final int REPLY_BYTES_MIN = 1 << 20;
    private static final int REPLY_BYTES_MAX = 1 << 30;

    private static final String PROVIDER = "authProvider.";
    private static final String PROVIDER_PACKAGE = "org.apache.zookeeper.server.auth.";
    private static final String X509_PROVIDER = PROVIDER_PACKAGE + "X509AuthenticationProvider";
    private static final String SASL_PROVIDER = PROVIDER_PACKAGE + "SASLAuthenticationProvider";
    private static final List<String> PROVIDERS =
            List.of(
                    PROVIDER_PACKAGE + "DigestAuthenticationProvider",
                    PROVIDER_PACKAGE + "IPAuthenticationProvider",
                    X509_PROVIDER,
                    SASL_PROVIDER);

    /** Further super users by SASL, each with a name of its own behind. */
    static final String SUPER_USERS = "superUser.";

    private final Values values;
    private final Consumer<String> warnings;

    Assembler(Values values, Consumer<String> warnings) {
        this.values = values;
        this.warnings = warnings;
    }

    ServerConfig embedded(Path dir) throws ConfigException {
        QuorumReader.Found alone = QuorumReader.alone(values);
        Endpoint admin =
                new Endpoint(
                        values.isTold(AdminSettings.ADMIN_ADDRESS)
                                ? values.get(AdminSettings.ADMIN_ADDRESS)
                                : LOOPBACK,
                        values.get(AdminSettings.ADMIN_PORT));
        return assemble(dir, dir, new Endpoint(LOOPBACK, PORT_DEFAULT), alone, admin, "");
    }

    /**
     * @param file null if there are only arguments
     */
    ServerConfig fromFile(@Nullable Path file, String text) throws ConfigException {
        String data = values.getIfTold(StorageSettings.DATA_DIR);
        if (data == null) {
            throw new ConfigException("dataDir is not set: name the directory of the data");
        }
        String log = values.getIfTold(StorageSettings.DATA_LOG_DIR);
        Path dataDir = directory(StorageSettings.DATA_DIR, data);
        Path logDir = log == null ? dataDir : directory(StorageSettings.DATA_LOG_DIR, log);
        QuorumReader.Found quorum = new QuorumReader(values, warnings).read(dataDir, file);
        Endpoint plain =
                quorum.clientAddress(
                        endpoint(ClientSettings.CLIENT_PORT, ClientSettings.CLIENT_PORT_ADDRESS));
        Endpoint admin =
                new Endpoint(
                        values.get(AdminSettings.ADMIN_ADDRESS),
                        values.get(AdminSettings.ADMIN_PORT));
        return assemble(dataDir, logDir, plain, quorum, admin, text);
    }

    private ServerConfig assemble(
            Path dataDir,
            Path logDir,
            @Nullable Endpoint plain,
            QuorumReader.Found quorum,
            Endpoint admin,
            String text)
            throws ConfigException {
        checkSwitches();
        ServerConfig.Ports ports = ports(plain);
        if (ports.plain() == null && ports.secure() == null && quorum.quorum().standalone()) {
            throw new ConfigException(
                    "clientPort is not set: name the port that clients connect to");
        }
        return new ServerConfig(
                quorum.serverId(),
                ports,
                new ServerConfig.Directories(
                        dataDir,
                        logDir,
                        values.get(StorageSettings.DATADIR_AUTOCREATE),
                        values.get(StorageSettings.DB_AUTOCREATE)),
                timing(),
                limits(),
                storage(),
                purge(),
                quorum.quorum(),
                behaviour(),
                auth(ports),
                admin(admin),
                metrics(),
                tls(ports),
                properties(),
                text);
    }

    private ServerConfig.Ports ports(@Nullable Endpoint plain) throws ConfigException {
        Endpoint secure =
                endpoint(
                        ClientSettings.SECURE_CLIENT_PORT,
                        ClientSettings.SECURE_CLIENT_PORT_ADDRESS);
        boolean unified = values.get(ClientSettings.PORT_UNIFICATION);
        return new ServerConfig.Ports(
                plain,
                secure,
                unified,
                values.get(ClientSettings.LISTEN_BACKLOG),
                values.get(ClientSettings.CLIENT_KEEP_ALIVE));
    }

    private ServerConfig.Tls tls(ServerConfig.Ports ports) throws ConfigException {
        Map<String, String> told = TlsKeys.read(values);
        boolean forClients = ports.secure() != null || ports.unified();
        return new ServerConfig.Tls(
                told,
                forClients
                        ? new TlsKeys(told, TlsKeys.CLIENTS, warnings)
                                .options(
                                        values.get(TlsSettings.CLIENT_CERT_RELOAD),
                                        values.get(LimitSettings.HANDSHAKE_TIMEOUT))
                        : null,
                values.get(TlsSettings.HANDSHAKES_MAX),
                peersTls(told));
    }

    private ServerConfig.@Nullable PeersTls peersTls(Map<String, String> told)
            throws ConfigException {
        boolean dials = values.get(TlsSettings.SSL_QUORUM);
        boolean plainToo = values.get(TlsSettings.QUORUM_PORT_UNIFICATION);
        if (!dials && !plainToo) {
            return null;
        }
        TlsKeys keys = new TlsKeys(told, TlsKeys.PEERS, warnings);
        return new ServerConfig.PeersTls(
                keys.options(
                        values.get(TlsSettings.QUORUM_CERT_RELOAD),
                        keys.handshakeDetectionMillis()),
                dials,
                plainToo);
    }

    private @Nullable Endpoint endpoint(Setting<Integer> port, Setting<String> address)
            throws ConfigException {
        Integer number = values.getIfTold(port);
        String host = values.getIfTold(address);
        if (number == null || number == 0) {
            if (host != null) {
                throw new ConfigException(
                        "%s: '%s' is set but %s is not"
                                .formatted(values.origin(address), host, port.key()));
            }
            return null;
        }
        return new Endpoint(host == null ? ALL_ADDRESSES : host, number);
    }

    private ServerConfig.Timing timing() throws ConfigException {
        int tick = values.get(TimeSettings.TICK_TIME);
        int min = orTicks(values.get(TimeSettings.MIN_SESSION_TIMEOUT), 2, tick);
        int max = orTicks(values.get(TimeSettings.MAX_SESSION_TIMEOUT), 20, tick);
        if (min > max) {
            throw new ConfigException(
                    "minSessionTimeout %d must not be larger than maxSessionTimeout %d"
                            .formatted(min, max));
        }
        return new ServerConfig.Timing(
                tick,
                min,
                max,
                values.get(TimeSettings.CONTAINER_CHECK),
                values.get(TimeSettings.CONTAINER_MAX_PER_MINUTE),
                values.get(TimeSettings.CONTAINER_NEVER_USED));
    }

    private static int orTicks(int told, int ticks, int tickMillis) {
        return told == -1 ? (int) Math.min(Integer.MAX_VALUE, (long) ticks * tickMillis) : told;
    }

    private ServerConfig.Limits limits() throws ConfigException {
        long tree = values.get(OwnSettings.TREE_MEMORY_LIMIT);
        int frame = values.get(LimitSettings.JUTE_MAXBUFFER);
        int aclEntries = values.get(OwnSettings.ACL_ENTRIES);
        Integer extra = values.getIfTold(LimitSettings.JUTE_EXTRASIZE);
        long field = frame + (long) Math.max(FIELD_EXTRA_MIN, extra == null ? frame : extra);
        return new ServerConfig.Limits(
                frame,
                (int) Math.min(field, Integer.MAX_VALUE),
                Math.max(0, values.get(LimitSettings.MAX_CLIENT_CNXNS)),
                values.get(LimitSettings.MAX_CNXNS),
                values.get(LimitSettings.GLOBAL_OUTSTANDING_LIMIT),
                values.get(LimitSettings.LARGE_REQUEST_MAX_BYTES),
                values.get(LimitSettings.LARGE_REQUEST_THRESHOLD),
                values.get(LimitSettings.HANDSHAKE_TIMEOUT),
                tree == 0 ? Long.MAX_VALUE : tree,
                Math.clamp(values.get(OwnSettings.REPLY_LIMIT), REPLY_BYTES_MIN, REPLY_BYTES_MAX),
                values.get(OwnSettings.CONNECTION_UNSENT_LIMIT),
                values.get(OwnSettings.UNSENT_LIMIT),
                values.get(OwnSettings.HOLD_MILLIS),
                values.get(OwnSettings.HOLD_REQUESTS),
                values.get(OwnSettings.HOLD_BYTES),
                values.get(OwnSettings.CONNECTION_IDS),
                aclEntries == 0 ? Integer.MAX_VALUE : aclEntries,
                shares());
    }

    private ServerConfig.Shares shares() throws ConfigException {
        ServerConfig.Share path =
                new ServerConfig.Share(
                        values.get(ShareSettings.PATH_REQUESTS),
                        values.get(ShareSettings.PATH_BYTES),
                        0,
                        0,
                        values.get(ShareSettings.PATH_WATCHES));
        String listed = values.getIfTold(ShareSettings.PATH_PREFIXES);
        List<String> prefixes = listed == null ? List.of() : splitAtCommas(listed);
        for (String prefix : prefixes) {
            boolean legal =
                    prefix.equals("/")
                            || prefix.startsWith("/")
                                    && !prefix.endsWith("/")
                                    && !prefix.contains("//");
            if (!legal) {
                throw new ConfigException(
                        "%s: '%s' is no path: it begins with / and does not end with it"
                                .formatted(values.origin(ShareSettings.PATH_PREFIXES), prefix));
            }
        }
        if (prefixes.isEmpty() == (path.hasRates() || path.watches() > 0)) {
            throw new ConfigException(
                    "limit.path.prefixes and limit.path.requestsPerSecond,"
                            + " limit.path.bytesPerSecond, or limit.path.watches, need each"
                            + " other");
        }
        return new ServerConfig.Shares(
                new ServerConfig.Share(
                        values.get(ShareSettings.USER_REQUESTS),
                        values.get(ShareSettings.USER_BYTES),
                        values.get(ShareSettings.USER_CONNECTIONS),
                        values.get(ShareSettings.USER_SESSIONS),
                        values.get(ShareSettings.USER_WATCHES)),
                new ServerConfig.Share(
                        values.get(ShareSettings.ADDRESS_REQUESTS),
                        values.get(ShareSettings.ADDRESS_BYTES),
                        0,
                        values.get(ShareSettings.ADDRESS_SESSIONS),
                        values.get(ShareSettings.ADDRESS_WATCHES)),
                prefixes,
                path);
    }

    private ServerConfig.Storage storage() throws ConfigException {
        long snapKilobytes = values.get(StorageSettings.SNAP_SIZE_LIMIT);
        boolean forceSync = values.get(StorageSettings.FORCE_SYNC);
        if (!forceSync) {
            warnings.accept("forceSync=no: a crash of the machine loses acknowledged writes");
        }
        return new ServerConfig.Storage(
                values.get(StorageSettings.SNAP_COUNT),
                snapKilobytes <= 0 ? Long.MAX_VALUE : snapKilobytes << 10,
                values.get(StorageSettings.PRE_ALLOC_SIZE) << 10,
                forceSync,
                values.get(StorageSettings.SNAPSHOT_COMPRESSION),
                values.get(StorageSettings.SNAPSHOT_TRUST_EMPTY),
                values.get(StorageSettings.DIGEST_ENABLED),
                values.get(StorageSettings.FSYNC_WARNING),
                values.get(StorageSettings.COMMIT_LOG_COUNT),
                values.get(OwnSettings.SNAPSHOT_IMAGE));
    }

    private ServerConfig.Purge purge() throws ConfigException {
        int retain = values.get(StorageSettings.SNAP_RETAIN_COUNT);
        if (retain < SNAPSHOTS_RETAINED_MIN) {
            warnings.accept(
                    "%s: %d snapshots are too few to keep; 3 are kept"
                            .formatted(values.origin(StorageSettings.SNAP_RETAIN_COUNT), retain));
        }
        return new ServerConfig.Purge(
                Math.max(SNAPSHOTS_RETAINED_MIN, retain),
                values.get(StorageSettings.PURGE_INTERVAL));
    }

    private ServerConfig.Behaviour behaviour() throws ConfigException {
        return new ServerConfig.Behaviour(
                values.get(BehaviourSettings.EXTENDED_TYPES),
                values.get(BehaviourSettings.ENFORCE_QUOTA),
                values.get(BehaviourSettings.SKIP_ACL),
                values.get(EnsembleSettings.READ_ONLY_MODE),
                values.get(EnsembleSettings.LOCAL_SESSIONS),
                values.get(EnsembleSettings.LOCAL_SESSIONS_UPGRADING));
    }

    private ServerConfig.Auth auth(ServerConfig.Ports ports) throws ConfigException {
        boolean sasl = isProviderTold(SASL_PROVIDER);
        boolean x509 = ports.secure() != null || ports.unified() || isProviderTold(X509_PROVIDER);
        String enforced = enforcedSchemes(sasl, x509);
        return new ServerConfig.Auth(
                values.get(AuthenticationSettings.DIGEST_AUTH),
                values.getIfTold(AuthenticationSettings.SUPER_DIGEST),
                enforced,
                x509,
                values.getIfTold(AuthenticationSettings.X509_SUPER_USER),
                plugins(),
                sasl(sasl, enforced),
                peerSasl());
    }

    private PeerSasl.@Nullable Options peerSasl() throws ConfigException {
        boolean enabled = values.get(AuthenticationSettings.QUORUM_SASL);
        boolean dials = values.get(AuthenticationSettings.QUORUM_SASL_DIALS);
        boolean required = values.get(AuthenticationSettings.QUORUM_SASL_REQUIRED);
        needs(
                AuthenticationSettings.QUORUM_SASL_DIALS,
                dials,
                AuthenticationSettings.QUORUM_SASL,
                enabled);
        needs(
                AuthenticationSettings.QUORUM_SASL_REQUIRED,
                required,
                AuthenticationSettings.QUORUM_SASL,
                enabled);
        // Else this server could not join those that are set up as it is.
        needs(
                AuthenticationSettings.QUORUM_SASL_REQUIRED,
                required,
                AuthenticationSettings.QUORUM_SASL_DIALS,
                dials);
        if (!enabled) {
            return null;
        }
        return new PeerSasl.Options(
                dials,
                required,
                values.get(AuthenticationSettings.QUORUM_ACCEPTOR_SECTION),
                values.get(AuthenticationSettings.QUORUM_DIALLER_SECTION),
                values.get(AuthenticationSettings.QUORUM_SERVICE_PRINCIPAL),
                values.get(AuthenticationSettings.CANONICAL_HOSTS),
                values.get(AuthenticationSettings.FIPS_MODE),
                values.get(AuthenticationSettings.MIN_RELOGIN),
                values.get(AuthenticationSettings.QUORUM_SASL_THREADS));
    }

    private void needs(
            Setting<Boolean> setting, boolean on, Setting<Boolean> other, boolean otherOn)
            throws ConfigException {
        if (on && !otherOn) {
            throw new ConfigException(
                    "%s: 'true' needs %s=true".formatted(values.origin(setting), other.key()));
        }
    }

    /** One of which is needed, separated by commas; null if a client need not authenticate. */
    private @Nullable String enforcedSchemes(boolean sasl, boolean x509) throws ConfigException {
        boolean saslAlone = values.get(AuthenticationSettings.REQUIRE_SASL);
        boolean enforce = values.get(AuthenticationSettings.ENFORCE_AUTH);
        String schemes =
                saslAlone ? "sasl" : values.getIfTold(AuthenticationSettings.ENFORCE_AUTH_SCHEMES);
        if (!saslAlone && !enforce) {
            return null;
        }
        if (schemes == null) {
            throw new ConfigException(
                    "enforce.auth.enabled=true needs enforce.auth.schemes: a comma list of"
                            + " schemes");
        }
        for (String scheme : splitAtCommas(schemes)) {
            boolean there =
                    switch (scheme) {
                        case "ip" -> true;
                        case "digest" -> values.get(AuthenticationSettings.DIGEST_AUTH);
                        case "sasl" -> sasl;
                        case "x509" -> x509;
                        default -> !plugins().isEmpty(); // which says so when it is made
                    };
            if (!there) {
                throw new ConfigException(
                        "%s: the scheme '%s' is not available; authProvider.%s names its provider"
                                .formatted(
                                        values.origin(
                                                saslAlone
                                                        ? AuthenticationSettings.REQUIRE_SASL
                                                        : AuthenticationSettings
                                                                .ENFORCE_AUTH_SCHEMES),
                                        scheme,
                                        scheme));
            }
        }
        return schemes;
    }

    private ServerConfig.Sasl sasl(boolean inAccessLists, @Nullable String enforced)
            throws ConfigException {
        boolean required = enforced != null && splitAtCommas(enforced).contains("sasl");
        return new ServerConfig.Sasl(
                values.get(AuthenticationSettings.SASL_SECTION),
                values.isTold(AuthenticationSettings.SASL_SECTION),
                inAccessLists,
                values.get(AuthenticationSettings.SASL_FAILED_STAY) && !required,
                superUsers(),
                values.getIfTold(AuthenticationSettings.SASL_SUPER_PASSWORD),
                principalNames(),
                values.getIfTold(AuthenticationSettings.ANY_SASL_USER),
                values.get(AuthenticationSettings.MIN_RELOGIN));
    }

    private List<String> superUsers() throws ConfigException {
        Set<String> names = new LinkedHashSet<>();
        String first = values.getIfTold(AuthenticationSettings.SASL_SUPER_USER);
        if (first != null) {
            names.add(first);
        }
        names.addAll(under(SUPER_USERS).values());
        return List.copyOf(names);
    }

    private PrincipalNames principalNames() throws ConfigException {
        try {
            return new PrincipalNames(
                    values.get(AuthenticationSettings.AUTH_TO_LOCAL),
                    values.get(AuthenticationSettings.REMOVE_HOST),
                    values.get(AuthenticationSettings.REMOVE_REALM));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "%s: %s"
                            .formatted(
                                    values.origin(AuthenticationSettings.AUTH_TO_LOCAL),
                                    e.getMessage()));
        }
    }

    private boolean isProviderTold(String className) {
        return under(PROVIDER).containsValue(className);
    }

    /** What is told by keys that begin so, by where it was told. */
    private Map<String, String> under(String prefix) {
        Map<String, String> told = new LinkedHashMap<>();
        for (String key : values.fileKeys()) {
            String name = values.inFile(key);
            if (name != null && key.startsWith(prefix)) {
                told.put(values.fileOrigin(key), name);
            }
        }
        for (String key : values.prefixedProperties()) {
            String name = values.raw(key);
            if (name != null && key.startsWith(prefix)) {
                told.put("-D" + Setting.PREFIX + key, name);
            }
        }
        return told;
    }

    private ServerConfig.Admin admin(Endpoint address) throws ConfigException {
        return new ServerConfig.Admin(
                values.get(AdminSettings.ADMIN_ENABLED),
                address,
                values.get(AdminSettings.ADMIN_COMMAND_URL),
                values.get(AdminSettings.ADMIN_IDLE_TIMEOUT),
                values.get(AdminSettings.ADMIN_SNAPSHOT),
                values.get(AdminSettings.ADMIN_RESTORE),
                values.get(AdminSettings.ADMIN_RATE_LIMIT),
                splitAtCommas(values.get(AdminSettings.FOUR_LETTER_WORDS)),
                values.getIfTold(AdminSettings.CONSOLE_PASSWORD_HASH),
                issuer(),
                adminTls());
    }

    private ServerConfig.@Nullable Issuer issuer() throws ConfigException {
        String url = values.get(AdminSettings.OIDC_ISSUER).strip();
        if (url.isEmpty()) {
            return null;
        }
        try {
            return new ServerConfig.Issuer(
                    url,
                    required(AdminSettings.OIDC_AUDIENCE),
                    values.get(AdminSettings.OIDC_CLAIM).strip(),
                    required(AdminSettings.OIDC_OPERATORS));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "%s: %s".formatted(values.origin(AdminSettings.OIDC_ISSUER), e.getMessage()));
        }
    }

    private Set<String> required(Setting<String> setting) throws ConfigException {
        Set<String> told = Set.copyOf(splitAtCommas(values.get(setting)));
        if (told.isEmpty()) {
            throw new ConfigException(
                    "%s needs %s beside it"
                            .formatted(values.origin(AdminSettings.OIDC_ISSUER), setting.key()));
        }
        return told;
    }

    /** Browsers come from anywhere: their names are not compared, even where servers' are. */
    private ServerConfig.@Nullable AdminTls adminTls() throws ConfigException {
        boolean forced = values.get(AdminSettings.ADMIN_FORCE_HTTPS);
        if (!values.get(AdminSettings.ADMIN_ENABLED)
                || !forced && !values.get(AdminSettings.ADMIN_PORT_UNIFICATION)) {
            return null;
        }
        TlsKeys keys = new TlsKeys(TlsKeys.read(values), TlsKeys.PEERS, warnings);
        TlsOptions ofServers =
                keys.options(
                        values.get(TlsSettings.QUORUM_CERT_RELOAD),
                        keys.handshakeDetectionMillis());
        return new ServerConfig.AdminTls(
                ofServers.forAnybody(values.get(AdminSettings.ADMIN_NEED_CLIENT_AUTH)), !forced);
    }

    private ServerConfig.Metrics metrics() throws ConfigException {
        return new ServerConfig.Metrics(
                values.get(AdminSettings.METRICS_CLASS).endsWith("PrometheusMetricsProvider"),
                new Endpoint(
                        values.get(AdminSettings.METRICS_HOST),
                        values.get(AdminSettings.METRICS_PORT)),
                values.get(AdminSettings.METRICS_JVM),
                values.get(OwnSettings.SLOW_OPERATION),
                values.get(BehaviourSettings.AUDIT),
                values.get(OwnSettings.TRACE_EVERY));
    }

    /** Switches that are read only to refuse them, and providers of authentication. */
    private void checkSwitches() throws ConfigException {
        for (Setting<?> setting : Settings.all()) {
            if (values.isTold(setting)) {
                values.getIfTold(setting);
            }
        }
        for (Map.Entry<String, String> told : under(PROVIDER).entrySet()) {
            checkProvider(told.getKey(), told.getValue());
        }
    }

    /** Those of ZooKeeper are part of the server, as far as they are there. */
    private static void checkProvider(String origin, String name) throws ConfigException {
        if (name.startsWith(PROVIDER_PACKAGE) && !PROVIDERS.contains(name)) {
            throw new ConfigException(
                    "%s: '%s' is not supported; there are the schemes %s, and classes of one's own"
                            .formatted(origin, name, "world, auth, digest, ip, x509, sasl"));
        }
    }

    /** Classes that are not part of the server. */
    private List<String> plugins() {
        return under(PROVIDER).values().stream()
                .filter(name -> !PROVIDERS.contains(name))
                .distinct()
                .toList();
    }

    /** What ZooKeeper would turn into system properties. */
    private Map<String, String> properties() {
        Map<String, String> told = new TreeMap<>();
        for (String key : values.fileKeys()) {
            String value = values.inFile(key);
            if (value != null && KeyCheck.becomesProperty(key)) {
                told.put(Setting.PREFIX + key, value);
            }
        }
        return told;
    }

    private Path directory(Setting<String> setting, String text) throws ConfigException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(
                    "%s: '%s' is not a path".formatted(values.origin(setting), text));
        }
    }

    private static List<String> splitAtCommas(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}

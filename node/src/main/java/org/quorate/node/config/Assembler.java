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
                        values.isTold(Settings.ADMIN_ADDRESS)
                                ? values.get(Settings.ADMIN_ADDRESS)
                                : LOOPBACK,
                        values.get(Settings.ADMIN_PORT));
        return assemble(dir, dir, new Endpoint(LOOPBACK, PORT_DEFAULT), alone, admin, "");
    }

    /**
     * @param file null if there are only arguments
     */
    ServerConfig fromFile(@Nullable Path file, String text) throws ConfigException {
        String data = values.getIfTold(Settings.DATA_DIR);
        if (data == null) {
            throw new ConfigException("dataDir is not set: name the directory of the data");
        }
        String log = values.getIfTold(Settings.DATA_LOG_DIR);
        Path dataDir = directory(Settings.DATA_DIR, data);
        Path logDir = log == null ? dataDir : directory(Settings.DATA_LOG_DIR, log);
        QuorumReader.Found quorum = new QuorumReader(values, warnings).read(dataDir, file);
        Endpoint plain =
                quorum.clientAddress(endpoint(Settings.CLIENT_PORT, Settings.CLIENT_PORT_ADDRESS));
        Endpoint admin =
                new Endpoint(values.get(Settings.ADMIN_ADDRESS), values.get(Settings.ADMIN_PORT));
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
                        values.get(Settings.DATADIR_AUTOCREATE),
                        values.get(Settings.DB_AUTOCREATE)),
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
                endpoint(Settings.SECURE_CLIENT_PORT, Settings.SECURE_CLIENT_PORT_ADDRESS);
        boolean unified = values.get(Settings.PORT_UNIFICATION);
        return new ServerConfig.Ports(
                plain,
                secure,
                unified,
                values.get(Settings.LISTEN_BACKLOG),
                values.get(Settings.CLIENT_KEEP_ALIVE));
    }

    private ServerConfig.Tls tls(ServerConfig.Ports ports) throws ConfigException {
        Map<String, String> told = TlsKeys.read(values);
        boolean forClients = ports.secure() != null || ports.unified();
        return new ServerConfig.Tls(
                told,
                forClients
                        ? new TlsKeys(told, TlsKeys.CLIENTS, warnings)
                                .options(
                                        values.get(Settings.CLIENT_CERT_RELOAD),
                                        values.get(Settings.HANDSHAKE_TIMEOUT))
                        : null,
                values.get(Settings.HANDSHAKES_MAX),
                peersTls(told));
    }

    private ServerConfig.@Nullable PeersTls peersTls(Map<String, String> told)
            throws ConfigException {
        boolean dials = values.get(Settings.SSL_QUORUM);
        boolean plainToo = values.get(Settings.QUORUM_PORT_UNIFICATION);
        if (!dials && !plainToo) {
            return null;
        }
        TlsKeys keys = new TlsKeys(told, TlsKeys.PEERS, warnings);
        return new ServerConfig.PeersTls(
                keys.options(
                        values.get(Settings.QUORUM_CERT_RELOAD), keys.handshakeDetectionMillis()),
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
        int tick = values.get(Settings.TICK_TIME);
        int min = orTicks(values.get(Settings.MIN_SESSION_TIMEOUT), 2, tick);
        int max = orTicks(values.get(Settings.MAX_SESSION_TIMEOUT), 20, tick);
        if (min > max) {
            throw new ConfigException(
                    "minSessionTimeout %d must not be larger than maxSessionTimeout %d"
                            .formatted(min, max));
        }
        return new ServerConfig.Timing(
                tick,
                min,
                max,
                values.get(Settings.CONTAINER_CHECK),
                values.get(Settings.CONTAINER_MAX_PER_MINUTE),
                values.get(Settings.CONTAINER_NEVER_USED));
    }

    private static int orTicks(int told, int ticks, int tickMillis) {
        return told == -1 ? (int) Math.min(Integer.MAX_VALUE, (long) ticks * tickMillis) : told;
    }

    private ServerConfig.Limits limits() throws ConfigException {
        long tree = values.get(Settings.TREE_MEMORY_LIMIT);
        int frame = values.get(Settings.JUTE_MAXBUFFER);
        Integer extra = values.getIfTold(Settings.JUTE_EXTRASIZE);
        long field = frame + (long) Math.max(FIELD_EXTRA_MIN, extra == null ? frame : extra);
        return new ServerConfig.Limits(
                frame,
                (int) Math.min(field, Integer.MAX_VALUE),
                Math.max(0, values.get(Settings.MAX_CLIENT_CNXNS)),
                values.get(Settings.MAX_CNXNS),
                values.get(Settings.GLOBAL_OUTSTANDING_LIMIT),
                values.get(Settings.LARGE_REQUEST_MAX_BYTES),
                values.get(Settings.LARGE_REQUEST_THRESHOLD),
                values.get(Settings.HANDSHAKE_TIMEOUT),
                tree == 0 ? Long.MAX_VALUE : tree,
                Math.clamp(values.get(Settings.REPLY_LIMIT), REPLY_BYTES_MIN, REPLY_BYTES_MAX),
                values.get(Settings.CONNECTION_UNSENT_LIMIT),
                values.get(Settings.UNSENT_LIMIT),
                values.get(Settings.HOLD_MILLIS),
                values.get(Settings.HOLD_REQUESTS),
                values.get(Settings.HOLD_BYTES),
                values.get(Settings.CONNECTION_IDS),
                shares());
    }

    private ServerConfig.Shares shares() throws ConfigException {
        ServerConfig.Share path =
                new ServerConfig.Share(
                        values.get(Settings.PATH_REQUESTS),
                        values.get(Settings.PATH_BYTES),
                        0,
                        0,
                        0);
        String listed = values.getIfTold(Settings.PATH_PREFIXES);
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
                                .formatted(values.origin(Settings.PATH_PREFIXES), prefix));
            }
        }
        if (prefixes.isEmpty() == path.hasRates()) {
            throw new ConfigException(
                    "limit.path.prefixes and limit.path.requestsPerSecond, or"
                            + " limit.path.bytesPerSecond, need each other");
        }
        return new ServerConfig.Shares(
                new ServerConfig.Share(
                        values.get(Settings.USER_REQUESTS),
                        values.get(Settings.USER_BYTES),
                        values.get(Settings.USER_CONNECTIONS),
                        values.get(Settings.USER_SESSIONS),
                        values.get(Settings.USER_WATCHES)),
                new ServerConfig.Share(
                        values.get(Settings.ADDRESS_REQUESTS),
                        values.get(Settings.ADDRESS_BYTES),
                        0,
                        values.get(Settings.ADDRESS_SESSIONS),
                        values.get(Settings.ADDRESS_WATCHES)),
                prefixes,
                path);
    }

    private ServerConfig.Storage storage() throws ConfigException {
        long snapKilobytes = values.get(Settings.SNAP_SIZE_LIMIT);
        boolean forceSync = values.get(Settings.FORCE_SYNC);
        if (!forceSync) {
            warnings.accept("forceSync=no: a crash of the machine loses acknowledged writes");
        }
        return new ServerConfig.Storage(
                values.get(Settings.SNAP_COUNT),
                snapKilobytes <= 0 ? Long.MAX_VALUE : snapKilobytes << 10,
                values.get(Settings.PRE_ALLOC_SIZE) << 10,
                forceSync,
                values.get(Settings.SNAPSHOT_COMPRESSION),
                values.get(Settings.SNAPSHOT_TRUST_EMPTY),
                values.get(Settings.DIGEST_ENABLED),
                values.get(Settings.FSYNC_WARNING),
                values.get(Settings.COMMIT_LOG_COUNT));
    }

    private ServerConfig.Purge purge() throws ConfigException {
        int retain = values.get(Settings.SNAP_RETAIN_COUNT);
        if (retain < SNAPSHOTS_RETAINED_MIN) {
            warnings.accept(
                    "%s: %d snapshots are too few to keep; 3 are kept"
                            .formatted(values.origin(Settings.SNAP_RETAIN_COUNT), retain));
        }
        return new ServerConfig.Purge(
                Math.max(SNAPSHOTS_RETAINED_MIN, retain), values.get(Settings.PURGE_INTERVAL));
    }

    private ServerConfig.Behaviour behaviour() throws ConfigException {
        return new ServerConfig.Behaviour(
                values.get(Settings.EXTENDED_TYPES),
                values.get(Settings.ENFORCE_QUOTA),
                values.get(Settings.SKIP_ACL),
                values.get(Settings.READ_ONLY_MODE),
                values.get(Settings.LOCAL_SESSIONS),
                values.get(Settings.LOCAL_SESSIONS_UPGRADING));
    }

    private ServerConfig.Auth auth(ServerConfig.Ports ports) throws ConfigException {
        boolean sasl = isProviderTold(SASL_PROVIDER);
        boolean x509 = ports.secure() != null || ports.unified() || isProviderTold(X509_PROVIDER);
        String enforced = enforcedSchemes(sasl, x509);
        return new ServerConfig.Auth(
                values.get(Settings.DIGEST_AUTH),
                values.getIfTold(Settings.SUPER_DIGEST),
                enforced,
                x509,
                values.getIfTold(Settings.X509_SUPER_USER),
                plugins(),
                sasl(sasl, enforced),
                peerSasl());
    }

    private PeerSasl.@Nullable Options peerSasl() throws ConfigException {
        boolean enabled = values.get(Settings.QUORUM_SASL);
        boolean dials = values.get(Settings.QUORUM_SASL_DIALS);
        boolean required = values.get(Settings.QUORUM_SASL_REQUIRED);
        needs(Settings.QUORUM_SASL_DIALS, dials, Settings.QUORUM_SASL, enabled);
        needs(Settings.QUORUM_SASL_REQUIRED, required, Settings.QUORUM_SASL, enabled);
        // Else this server could not join those that are set up as it is.
        needs(Settings.QUORUM_SASL_REQUIRED, required, Settings.QUORUM_SASL_DIALS, dials);
        if (!enabled) {
            return null;
        }
        return new PeerSasl.Options(
                dials,
                required,
                values.get(Settings.QUORUM_ACCEPTOR_SECTION),
                values.get(Settings.QUORUM_DIALLER_SECTION),
                values.get(Settings.QUORUM_SERVICE_PRINCIPAL),
                values.get(Settings.CANONICAL_HOSTS),
                values.get(Settings.FIPS_MODE),
                values.get(Settings.MIN_RELOGIN),
                values.get(Settings.QUORUM_SASL_THREADS));
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
        boolean saslAlone = values.get(Settings.REQUIRE_SASL);
        boolean enforce = values.get(Settings.ENFORCE_AUTH);
        String schemes = saslAlone ? "sasl" : values.getIfTold(Settings.ENFORCE_AUTH_SCHEMES);
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
                        case "digest" -> values.get(Settings.DIGEST_AUTH);
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
                                                        ? Settings.REQUIRE_SASL
                                                        : Settings.ENFORCE_AUTH_SCHEMES),
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
                values.get(Settings.SASL_SECTION),
                values.isTold(Settings.SASL_SECTION),
                inAccessLists,
                values.get(Settings.SASL_FAILED_STAY) && !required,
                superUsers(),
                values.getIfTold(Settings.SASL_SUPER_PASSWORD),
                principalNames(),
                values.getIfTold(Settings.ANY_SASL_USER),
                values.get(Settings.MIN_RELOGIN));
    }

    private List<String> superUsers() throws ConfigException {
        Set<String> names = new LinkedHashSet<>();
        String first = values.getIfTold(Settings.SASL_SUPER_USER);
        if (first != null) {
            names.add(first);
        }
        names.addAll(under(SUPER_USERS).values());
        return List.copyOf(names);
    }

    private PrincipalNames principalNames() throws ConfigException {
        try {
            return new PrincipalNames(
                    values.get(Settings.AUTH_TO_LOCAL),
                    values.get(Settings.REMOVE_HOST),
                    values.get(Settings.REMOVE_REALM));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "%s: %s".formatted(values.origin(Settings.AUTH_TO_LOCAL), e.getMessage()));
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
                values.get(Settings.ADMIN_ENABLED),
                address,
                values.get(Settings.ADMIN_COMMAND_URL),
                values.get(Settings.ADMIN_IDLE_TIMEOUT),
                values.get(Settings.ADMIN_SNAPSHOT),
                values.get(Settings.ADMIN_RESTORE),
                values.get(Settings.ADMIN_RATE_LIMIT),
                splitAtCommas(values.get(Settings.FOUR_LETTER_WORDS)),
                values.getIfTold(Settings.CONSOLE_PASSWORD_HASH),
                adminTls());
    }

    /** Browsers come from anywhere: their names are not compared, even where servers' are. */
    private ServerConfig.@Nullable AdminTls adminTls() throws ConfigException {
        boolean forced = values.get(Settings.ADMIN_FORCE_HTTPS);
        if (!values.get(Settings.ADMIN_ENABLED)
                || !forced && !values.get(Settings.ADMIN_PORT_UNIFICATION)) {
            return null;
        }
        TlsKeys keys = new TlsKeys(TlsKeys.read(values), TlsKeys.PEERS, warnings);
        TlsOptions ofServers =
                keys.options(
                        values.get(Settings.QUORUM_CERT_RELOAD), keys.handshakeDetectionMillis());
        return new ServerConfig.AdminTls(
                ofServers.forAnybody(values.get(Settings.ADMIN_NEED_CLIENT_AUTH)), !forced);
    }

    private ServerConfig.Metrics metrics() throws ConfigException {
        return new ServerConfig.Metrics(
                values.get(Settings.METRICS_CLASS).endsWith("PrometheusMetricsProvider"),
                new Endpoint(values.get(Settings.METRICS_HOST), values.get(Settings.METRICS_PORT)),
                values.get(Settings.METRICS_JVM),
                values.get(Settings.SLOW_OPERATION),
                values.get(Settings.AUDIT));
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

package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.longInteger;
import static org.quorate.node.config.ValueType.text;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell the admin port, the console and metrics. Immutable. */
final class AdminSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.ADMINISTRATION);

    static final Setting<String> FOUR_LETTER_WORDS =
            TABLE.both(
                    "4lw.commands.whitelist",
                    text(),
                    "srvr",
                    "Four-letter words that are answered, separated by commas; * for all.",
                    "admin");
    static final Setting<Boolean> ADMIN_ENABLED =
            TABLE.both(
                    "admin.enableServer",
                    bool(),
                    "true",
                    "Whether the admin server runs.",
                    "admin");
    static final Setting<String> ADMIN_ADDRESS =
            TABLE.both(
                    "admin.serverAddress",
                    text(),
                    "0.0.0.0",
                    "Address the admin server is bound to; 127.0.0.1 when there is no file.",
                    "admin");
    static final Setting<Integer> ADMIN_PORT =
            TABLE.both(
                    "admin.serverPort",
                    integer(0, 65_535),
                    "8080",
                    "Its port; 0 for a free one.",
                    "admin");
    static final Setting<String> ADMIN_COMMAND_URL =
            TABLE.both(
                    "admin.commandURL",
                    urlPath(),
                    "/commands",
                    "Where its commands stand.",
                    "admin");
    static final Setting<Integer> ADMIN_IDLE_TIMEOUT =
            TABLE.both(
                    "admin.idleTimeout",
                    integer(1, ANY),
                    "30000",
                    "A connection idle for so long is closed, ms.",
                    "admin");
    static final Setting<Boolean> ADMIN_SNAPSHOT =
            TABLE.both(
                    "admin.snapshot.enabled",
                    bool(),
                    "true",
                    "Whether the command snapshot is answered.",
                    "admin");
    static final Setting<Boolean> ADMIN_RESTORE =
            TABLE.both(
                    "admin.restore.enabled",
                    bool(),
                    "true",
                    "Whether the command restore is answered.",
                    "admin");
    static final Setting<Long> ADMIN_RATE_LIMIT =
            TABLE.both(
                    "admin.rateLimiterIntervalInMS",
                    longInteger(0, Long.MAX_VALUE / 1_000_000),
                    "300000",
                    "Shortest time between two snapshots, and between two restores, ms.",
                    "admin");
    static final Setting<PasswordHash> CONSOLE_PASSWORD_HASH =
            TABLE.both(
                    "admin.console.passwordHash",
                    passwordHash(),
                    "",
                    "Hash of the password with which operators sign in to the console, as"
                            + " `quorate password` prints it; without it nobody can sign in, and"
                            + " the console changes nothing.",
                    "admin");
    static final Setting<String> OIDC_ISSUER =
            TABLE.both(
                    "admin.oidc.issuer",
                    text(),
                    "",
                    "URL of an OpenID Connect issuer, as its tokens name it: whose bearer tokens"
                            + " make an operator. https, except on this machine.",
                    "admin");
    static final Setting<String> OIDC_AUDIENCE =
            TABLE.both(
                    "admin.oidc.audience",
                    text(),
                    "",
                    "Names of this service, separated by commas, for one of which a token must be."
                            + " Required with an issuer.",
                    "admin");
    static final Setting<String> OIDC_CLAIM =
            TABLE.both(
                    "admin.oidc.claim",
                    text(),
                    "groups",
                    "The claim that says who is an operator; a dot leads into an object:"
                            + " realm_access.roles.",
                    "admin");
    static final Setting<String> OIDC_OPERATORS =
            TABLE.both(
                    "admin.oidc.operators",
                    text(),
                    "",
                    "Values of that claim, separated by commas, one of which makes an operator."
                            + " Required with an issuer.",
                    "admin");
    static final Setting<Boolean> ADMIN_PORT_UNIFICATION =
            TABLE.both(
                    "admin.portUnification",
                    bool(),
                    "false",
                    "The admin port takes TLS too, with the stores of ssl.quorum.",
                    "admin");
    static final Setting<Boolean> ADMIN_FORCE_HTTPS =
            TABLE.both(
                    "admin.forceHttps",
                    bool(),
                    "false",
                    "The admin port takes TLS alone, with the stores of ssl.quorum.",
                    "admin");
    static final Setting<Boolean> ADMIN_NEED_CLIENT_AUTH =
            TABLE.both(
                    "admin.needClientAuth",
                    bool(),
                    "false",
                    "Who comes to the admin port by TLS must show a certificate.",
                    "admin");
    static final Setting<String> METRICS_CLASS =
            TABLE.file(
                    "metricsProvider.className",
                    metricsProvider(),
                    "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider",
                    "Whether Prometheus finds the metrics at metricsProvider.httpPort.",
                    "metrics");
    static final Setting<String> METRICS_HOST =
            TABLE.file(
                    "metricsProvider.httpHost",
                    text(),
                    "0.0.0.0",
                    "Address the metrics are served at.",
                    "metrics");
    static final Setting<Integer> METRICS_PORT =
            TABLE.file(
                    "metricsProvider.httpPort",
                    integer(0, 65_535),
                    "7000",
                    "Port the metrics are served at; 0 for a free one.",
                    "metrics");
    static final Setting<Boolean> METRICS_JVM =
            TABLE.file(
                    "metricsProvider.exportJvmInfo",
                    bool(),
                    "true",
                    "Metrics of the JVM too.",
                    "metrics");

    private AdminSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }

    private static ValueType<String> urlPath() {
        return new ValueType<>(
                "a path that begins with / and does not end with it",
                text -> {
                    if (!text.startsWith("/") || text.endsWith("/")) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }

    private static ValueType<PasswordHash> passwordHash() {
        return new ValueType<>(
                "a hash as `quorate password` prints it: pbkdf2-sha256:ROUNDS:SALT:HASH",
                PasswordHash::parse);
    }

    private static ValueType<String> metricsProvider() {
        return new ValueType<>(
                "a class whose name ends in DefaultMetricsProvider, NullMetricsProvider or"
                        + " PrometheusMetricsProvider",
                text -> {
                    String name = text.substring(text.lastIndexOf('.') + 1);
                    if (!List.of(
                                    "DefaultMetricsProvider",
                                    "NullMetricsProvider",
                                    "PrometheusMetricsProvider")
                            .contains(name)) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }
}

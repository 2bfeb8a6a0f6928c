package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.text;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell who clients and servers are. Immutable. */
final class AuthenticationSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.AUTHENTICATION);

    static final Setting<String> SUPER_DIGEST =
            TABLE.both(
                    "DigestAuthenticationProvider.superDigest",
                    text(),
                    "",
                    "super:base64(sha1(super:password)): the user whom no access list stops.",
                    "replica");
    static final Setting<Boolean> DIGEST_AUTH =
            TABLE.both(
                    "DigestAuthenticationProvider.enabled",
                    bool(),
                    "true",
                    "Whether the digest scheme is there.",
                    "replica");
    static final Setting<String> DIGEST_ALG =
            TABLE.both(
                    "DigestAuthenticationProvider.digestAlg",
                    onlySha1(),
                    "SHA1",
                    "Hash of digest ids.",
                    "replica");
    static final Setting<Boolean> ENFORCE_AUTH =
            TABLE.both(
                    "enforce.auth.enabled",
                    bool(),
                    "false",
                    "Refuse everything before a connection has authenticated.",
                    "replica");
    static final Setting<String> ENFORCE_AUTH_SCHEMES =
            TABLE.both(
                    "enforce.auth.schemes",
                    text(),
                    "",
                    "Schemes that count, separated by commas.",
                    "replica");
    static final Setting<Boolean> REQUIRE_SASL =
            TABLE.both(
                    "sessionRequireClientSASLAuth",
                    bool(),
                    "false",
                    "The same with the scheme sasl alone.",
                    "replica");
    static final Setting<String> SASL_SECTION =
            TABLE.both(
                    "sasl.serverconfig",
                    text(),
                    "Server",
                    "Section of the JAAS configuration (-Djava.security.auth.login.config) by which"
                            + " clients prove who they are. Without such a section there is no SASL.",
                    "net");
    static final Setting<Boolean> SASL_FAILED_STAY =
            TABLE.both(
                    "allowSaslFailedClients",
                    bool(),
                    "false",
                    "A client that cannot prove who it is keeps its connection.",
                    "net");
    static final Setting<String> SASL_SUPER_USER =
            TABLE.both(
                    "superUser",
                    text(),
                    "",
                    "SASL name of a user whom no access list stops; further ones by superUser.x.",
                    "net");
    static final Setting<String> SASL_SUPER_PASSWORD =
            TABLE.both(
                    "SASLAuthenticationProvider.superPassword",
                    text(),
                    "",
                    "Password of the user super of the JAAS section, in place of the one there.",
                    "net");
    static final Setting<String> ANY_SASL_USER =
            TABLE.both(
                    "letAnySaslUserDoX",
                    text(),
                    "",
                    "A name that stands for every SASL user in access lists.",
                    "replica");
    static final Setting<Boolean> REMOVE_HOST =
            TABLE.both(
                    "kerberos.removeHostFromPrincipal",
                    bool(),
                    "false",
                    "service/host@REALM is called service@REALM.",
                    "net");
    static final Setting<Boolean> REMOVE_REALM =
            TABLE.both(
                    "kerberos.removeRealmFromPrincipal",
                    bool(),
                    "false",
                    "service/host@REALM is called service/host.",
                    "net");
    static final Setting<String> AUTH_TO_LOCAL =
            TABLE.both(
                    "security.auth_to_local",
                    text(),
                    "DEFAULT",
                    "How the first part of a principal's name is made, by Kerberos' rules.",
                    "net");
    static final Setting<Integer> MIN_RELOGIN =
            TABLE.both(
                    "kerberos.minReLoginTimeMs",
                    integer(0, ANY),
                    "60000",
                    "Shortest time between two logins of this server, ms.",
                    "net");
    static final Setting<Boolean> FIPS_MODE =
            TABLE.both(
                    "fips-mode",
                    bool(),
                    "true",
                    "As in ZooKeeper a server then proves nothing to others by DIGEST-MD5.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL =
            TABLE.file(
                    "quorum.auth.enableSasl",
                    bool(),
                    "false",
                    "Servers that dial may prove who they are, by SASL.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL_DIALS =
            TABLE.file(
                    "quorum.auth.learnerRequireSasl",
                    bool(),
                    "false",
                    "This server proves who it is to those whom it dials.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL_REQUIRED =
            TABLE.file(
                    "quorum.auth.serverRequireSasl",
                    bool(),
                    "false",
                    "Those who dial this server must prove who they are.",
                    "ensemble");
    static final Setting<String> QUORUM_DIALLER_SECTION =
            TABLE.file(
                    "quorum.auth.learner.saslLoginContext",
                    text(),
                    "QuorumLearner",
                    "Section of the JAAS configuration for dialling other servers.",
                    "ensemble");
    static final Setting<String> QUORUM_ACCEPTOR_SECTION =
            TABLE.file(
                    "quorum.auth.server.saslLoginContext",
                    text(),
                    "QuorumServer",
                    "Section of the JAAS configuration for servers that dial.",
                    "ensemble");
    static final Setting<String> QUORUM_SERVICE_PRINCIPAL =
            TABLE.file(
                    "quorum.auth.kerberos.servicePrincipal",
                    text(),
                    "zkquorum/localhost",
                    "Principal of the servers that are dialled; _HOST stands for their host.",
                    "ensemble");
    static final Setting<Boolean> CANONICAL_HOSTS =
            TABLE.both(
                    "kerberos.canonicalizeHostNames",
                    bool(),
                    "false",
                    "That host by the name that the name service has for it.",
                    "ensemble");
    static final Setting<Integer> QUORUM_SASL_THREADS =
            TABLE.file(
                    "quorum.cnxn.threads.size",
                    integer(1, 1000),
                    "20",
                    "Proofs of servers that are worked on at once.",
                    "ensemble");

    static final Setting<String> X509_SUPER_USER =
            TABLE.both(
                    "X509AuthenticationProvider.superUser",
                    text(),
                    "",
                    "Subject of a client certificate whom no access list stops.",
                    "net");

    private AuthenticationSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }

    private static ValueType<String> onlySha1() {
        return new ValueType<>(
                "SHA1: other hashes are not supported",
                text -> {
                    if (!text.replace("-", "").equalsIgnoreCase("SHA1")) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }
}

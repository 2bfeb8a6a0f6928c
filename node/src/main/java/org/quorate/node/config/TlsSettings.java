package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/**
 * The keys of {@link Settings} that tell encryption, beside the stores of {@link TlsKeys}.
 * Immutable.
 */
final class TlsSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.TLS);

    static final Setting<Boolean> CLIENT_CERT_RELOAD =
            TABLE.both(
                    "client.certReload",
                    bool(),
                    "false",
                    "Read the stores for clients again when their files change.",
                    "net");
    static final Setting<Integer> HANDSHAKES_MAX =
            TABLE.both(
                    "netty.server.outstandingHandshake.limit",
                    integer(-1, ANY),
                    "250",
                    "TLS handshakes of clients at once; further connections are closed. 0 or -1"
                            + " for no limit (ZooKeeper's default).",
                    "net");
    static final Setting<Boolean> SSL_QUORUM =
            TABLE.file(
                    "sslQuorum",
                    bool(),
                    "false",
                    "TLS between servers, on quorum and election ports.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_PORT_UNIFICATION =
            TABLE.file(
                    "portUnification",
                    bool(),
                    "false",
                    "Quorum and election ports take TLS and plain connections.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_CERT_RELOAD =
            TABLE.file(
                    "sslQuorumReloadCertFiles",
                    bool(),
                    "false",
                    "Read the stores of servers again when their files change.",
                    "ensemble");

    private TlsSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}

package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.port;
import static org.quorate.node.config.ValueType.text;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell where clients connect. Immutable. */
final class ClientSettings {
    private static final SettingTable TABLE = new SettingTable(Group.CLIENTS);

    static final Setting<Integer> CLIENT_PORT =
            TABLE.file("clientPort", port(), "", "Port for plain clients.", "net");
    static final Setting<String> CLIENT_PORT_ADDRESS =
            TABLE.file(
                    "clientPortAddress",
                    text(),
                    "",
                    "Address that port is bound to; all addresses if left out.",
                    "net");
    static final Setting<Integer> SECURE_CLIENT_PORT =
            TABLE.file("secureClientPort", port(), "", "Port for TLS clients.", "net");
    static final Setting<String> SECURE_CLIENT_PORT_ADDRESS =
            TABLE.file(
                    "secureClientPortAddress",
                    text(),
                    "",
                    "Address that port is bound to; all addresses if left out.",
                    "net");
    static final Setting<Boolean> PORT_UNIFICATION =
            TABLE.both(
                    "client.portUnification",
                    bool(),
                    "false",
                    "The plain port takes TLS clients too.",
                    "net");
    static final Setting<Integer> LISTEN_BACKLOG =
            TABLE.file(
                    "clientPortListenBacklog",
                    integer(-1, 65_535),
                    "-1",
                    "Connections waiting to be accepted; -1 for the system's default.",
                    "net");
    static final Setting<Boolean> CLIENT_KEEP_ALIVE =
            TABLE.both(
                    "clientTcpKeepAlive",
                    bool(),
                    "false",
                    "TCP keep-alive on clients' sockets.",
                    "net");

    private ClientSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}

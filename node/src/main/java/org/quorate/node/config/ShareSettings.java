package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bytes;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.text;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/**
 * The keys of {@link Settings} that tell what one user, address or path may take; not ZooKeeper's.
 * Immutable.
 */
final class ShareSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.SHARES);

    static final Setting<Integer> USER_REQUESTS =
            TABLE.both(
                    "limit.user.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second of one user; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> USER_BYTES =
            TABLE.both(
                    "limit.user.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests of one user, and of their replies.",
                    "net");
    static final Setting<Integer> USER_CONNECTIONS =
            TABLE.both(
                    "limit.user.connections",
                    integer(0, ANY),
                    "0",
                    "Connections of one user to this server. (Of one address: maxClientCnxns.)",
                    "replica");
    static final Setting<Integer> USER_SESSIONS =
            TABLE.both(
                    "limit.user.sessions",
                    integer(0, ANY),
                    "0",
                    "Sessions of one user that were opened at this server and are not over.",
                    "replica");
    static final Setting<Integer> USER_WATCHES =
            TABLE.both(
                    "limit.user.watches",
                    integer(0, ANY),
                    "0",
                    "Watches of one user at this server, as watch_count counts them.",
                    "replica");
    static final Setting<Integer> ADDRESS_REQUESTS =
            TABLE.both(
                    "limit.address.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second of one address; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> ADDRESS_BYTES =
            TABLE.both(
                    "limit.address.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests of one address, and of their replies.",
                    "net");
    static final Setting<Integer> ADDRESS_SESSIONS =
            TABLE.both(
                    "limit.address.sessions",
                    integer(0, ANY),
                    "0",
                    "Sessions of one address that were opened at this server and are not over.",
                    "replica");
    static final Setting<Integer> ADDRESS_WATCHES =
            TABLE.both(
                    "limit.address.watches",
                    integer(0, ANY),
                    "0",
                    "Watches of one address at this server, as watch_count counts them.",
                    "replica");
    static final Setting<String> PATH_PREFIXES =
            TABLE.both("limit.path.prefixes", text(), "", "Paths, separated by commas.", "net");
    static final Setting<Integer> PATH_REQUESTS =
            TABLE.both(
                    "limit.path.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second at and below one of limit.path.prefixes, of all clients; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> PATH_BYTES =
            TABLE.both(
                    "limit.path.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests at and below one of limit.path.prefixes, of all clients, and of their replies.",
                    "net");
    static final Setting<Integer> PATH_WATCHES =
            TABLE.both(
                    "limit.path.watches",
                    integer(0, ANY),
                    "0",
                    "Watches set at and below one of limit.path.prefixes, of all clients, at this server.",
                    "replica");

    private ShareSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}

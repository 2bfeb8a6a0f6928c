package org.quorate.node.config;

import static org.quorate.node.config.ValueType.integer;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell what is bounded for all clients together. Immutable. */
final class LimitSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.LIMITS);

    static final Setting<Integer> JUTE_MAXBUFFER =
            TABLE.property(
                    "jute.maxbuffer",
                    juteMaxBuffer(),
                    "1048575",
                    "Longest frame in bytes; a longer one closes its connection.",
                    "net, replica, ensemble");
    static final Setting<Integer> JUTE_EXTRASIZE =
            TABLE.both(
                    "jute.maxbuffer.extrasize",
                    integer(0, 1 << 30),
                    "",
                    "Bytes beyond jute.maxbuffer that a field read from disk or a peer may have;"
                            + " as many as jute.maxbuffer if left out, at least 1024.",
                    "ensemble");
    static final Setting<Integer> MAX_CLIENT_CNXNS =
            TABLE.file(
                    "maxClientCnxns",
                    integer(-1, ANY),
                    "60",
                    "Connections from one address; 0 or -1 for no limit.",
                    "net");
    static final Setting<Integer> MAX_CNXNS =
            TABLE.both(
                    "maxCnxns",
                    integer(0, ANY),
                    "0",
                    "Connections in all; 0 for no limit. Never more than file descriptors allow,"
                            + " of which 128 are kept for the server's own.",
                    "net");
    static final Setting<Integer> GLOBAL_OUTSTANDING_LIMIT =
            TABLE.both(
                    "globalOutstandingLimit",
                    integer(1, ANY),
                    "1000",
                    "Requests under way, past which the server stops reading from busy"
                            + " connections. In an ensemble of n > 2 it is divided by n-1.",
                    "net");
    static final Setting<Integer> LARGE_REQUEST_MAX_BYTES =
            TABLE.both(
                    "largeRequestMaxBytes",
                    integer(1, ANY),
                    "104857600",
                    "Bytes of large requests under way, at most.",
                    "net");
    static final Setting<Integer> LARGE_REQUEST_THRESHOLD =
            TABLE.both(
                    "largeRequestThreshold",
                    integer(-1, ANY),
                    "-1",
                    "A request is large from this size on; -1 for never.",
                    "net");
    static final Setting<Integer> HANDSHAKE_TIMEOUT =
            TABLE.both(
                    "nio.sessionlessCnxnTimeout",
                    integer(1, ANY),
                    "10000",
                    "Milliseconds a connection may live without a session.",
                    "net");

    private LimitSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }

    private static ValueType<Integer> juteMaxBuffer() {
        ValueType<Integer> type = integer(1024, 1 << 30);
        return new ValueType<>(
                type.legal() + ", also as 0x…",
                text ->
                        type.parser()
                                .apply(
                                        text.startsWith("0x")
                                                ? String.valueOf(
                                                        Integer.parseInt(text.substring(2), 16))
                                                : text));
    }
}

package org.quorate.node.config;

import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.longInteger;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell ticks, session timeouts and containers. Immutable. */
final class TimeSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.TIMING);

    static final Setting<Integer> TICK_TIME =
            TABLE.file(
                    "tickTime",
                    integer(1, ANY),
                    "3000",
                    "Milliseconds; the base of session timeouts, initLimit and syncLimit.",
                    "sessions, ensemble");
    static final Setting<Integer> MIN_SESSION_TIMEOUT =
            TABLE.file(
                    "minSessionTimeout",
                    integer(-1, ANY),
                    "-1",
                    "Shortest session timeout granted, ms; -1 for 2 ticks.",
                    "sessions");
    static final Setting<Integer> MAX_SESSION_TIMEOUT =
            TABLE.file(
                    "maxSessionTimeout",
                    integer(-1, ANY),
                    "-1",
                    "Longest session timeout granted, ms; -1 for 20 ticks.",
                    "sessions");
    static final Setting<Integer> CONTAINER_CHECK =
            TABLE.property(
                    "znode.container.checkIntervalMs",
                    integer(1, ANY),
                    "60000",
                    "Milliseconds between sweeps of containers and TTL znodes.",
                    "sweeps");
    static final Setting<Integer> CONTAINER_MAX_PER_MINUTE =
            TABLE.property(
                    "znode.container.maxPerMinute",
                    integer(1, ANY),
                    "10000",
                    "Deletions by a sweep, at most.",
                    "sweeps");
    static final Setting<Long> CONTAINER_NEVER_USED =
            TABLE.property(
                    "znode.container.maxNeverUsedIntervalMs",
                    longInteger(0, Long.MAX_VALUE),
                    "0",
                    "Age at which a container that never had a child goes, ms; 0 for never.",
                    "sweeps");

    private TimeSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}

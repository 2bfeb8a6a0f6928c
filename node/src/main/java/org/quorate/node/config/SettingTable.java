package org.quorate.node.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The keys of one chapter of the reference page, in their order there. Filled by its class alone.
 */
final class SettingTable {
    private final Setting.Group group;
    private final List<Setting<?>> settings = new ArrayList<>();

    SettingTable(Setting.Group group) {
        this.group = group;
    }

    /** A key that only the file may tell. */
    <T> Setting<T> file(
            String key, ValueType<T> type, String defaultText, String meaning, String readBy) {
        return named(key, List.of(), type, defaultText, meaning, readBy);
    }

    /**
     * A key that the file may tell, and a system property of its name behind {@code zookeeper.}.
     */
    <T> Setting<T> both(
            String key, ValueType<T> type, String defaultText, String meaning, String readBy) {
        List<String> properties = List.of(Setting.PREFIX + key);
        return named(key, properties, type, defaultText, meaning, readBy);
    }

    /** A key that the file may tell, and system properties of other names. */
    <T> Setting<T> named(
            String key,
            List<String> properties,
            ValueType<T> type,
            String defaultText,
            String meaning,
            String readBy) {
        return add(new Setting<>(key, group, properties, true, type, defaultText, meaning, readBy));
    }

    /** A system property that the file may not tell. */
    <T> Setting<T> property(
            String key, ValueType<T> type, String defaultText, String meaning, String readBy) {
        List<String> properties = List.of(key);
        return add(
                new Setting<>(key, group, properties, false, type, defaultText, meaning, readBy));
    }

    private <T> Setting<T> add(Setting<T> setting) {
        settings.add(setting);
        return setting;
    }

    List<Setting<?>> all() {
        return Collections.unmodifiableList(settings);
    }
}

package org.quorate.node.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the file and the command line tell, by setting. A file's value beats a system property of
 * the same setting, as in ZooKeeper. Immutable; owned by the thread that reads the configuration.
 */
final class Values {
    /** A text and where it was told. */
    private record Told(String text, String origin) {}

    private final Map<String, PropertiesText.Entry> file = new LinkedHashMap<>();
    private final String fileName;
    private final Properties system;

    /**
     * @param fileName for messages; empty if there is no file
     * @param entries of the file; of a key that stands twice the last one counts
     */
    Values(String fileName, List<PropertiesText.Entry> entries, Properties system) {
        this.fileName = fileName;
        this.system = system;
        entries.forEach(entry -> file.put(entry.key(), entry));
    }

    static Values none() {
        return new Values("", List.of(), new Properties());
    }

    /** Keys of the file, in order. */
    Iterable<String> fileKeys() {
        return file.keySet();
    }

    /** What the file tells under this key, whatever reads it. */
    @Nullable String inFile(String key) {
        PropertiesText.Entry entry = file.get(key);
        return entry == null ? null : entry.value();
    }

    /**
     * A key without a setting of its own, in the file or as a system property with ZooKeeper's
     * prefix.
     */
    @Nullable String raw(String key) {
        String value = inFile(key);
        return value != null ? value : system.getProperty(Setting.PREFIX + key);
    }

    /** System properties with ZooKeeper's prefix, without it, sorted. */
    List<String> prefixedProperties() {
        return system.stringPropertyNames().stream()
                .filter(name -> name.startsWith(Setting.PREFIX))
                .map(name -> name.substring(Setting.PREFIX.length()))
                .sorted()
                .toList();
    }

    boolean isTold(Setting<?> setting) {
        return find(setting) != null;
    }

    /** The value, told or by default. Only for settings that have a default. */
    <T> T get(Setting<T> setting) throws ConfigException {
        Told told = find(setting);
        return told != null
                ? setting.parse(told.text, told.origin)
                : setting.parse(setting.defaultText(), setting.key());
    }

    /** The value, or null if nothing was told or an empty text. */
    <T> @Nullable T getIfTold(Setting<T> setting) throws ConfigException {
        Told told = find(setting);
        return told == null || told.text.isEmpty() ? null : setting.parse(told.text, told.origin);
    }

    /** Where a setting was told, for messages. */
    String origin(Setting<?> setting) {
        Told told = find(setting);
        return told == null ? setting.key() : told.origin;
    }

    /** Where a key of the file stands, for messages. */
    String fileOrigin(String key) {
        PropertiesText.Entry entry = file.get(key);
        return entry == null ? key : "%s line %d: %s".formatted(fileName, entry.number(), key);
    }

    private @Nullable Told find(Setting<?> setting) {
        if (setting.isFileOnly()) {
            return toldInFile(setting.key());
        }
        for (String property : setting.properties()) {
            if (setting.inFile() && property.startsWith(Setting.PREFIX)) {
                Told told = toldInFile(property.substring(Setting.PREFIX.length()));
                if (told != null) {
                    return told;
                }
            }
        }
        Told told = setting.inFile() ? toldInFile(setting.key()) : null;
        if (told != null) {
            return told;
        }
        for (String property : setting.properties()) {
            String text = system.getProperty(property);
            if (text != null) {
                return new Told(text.strip(), "-D" + property);
            }
        }
        return null;
    }

    private @Nullable Told toldInFile(String key) {
        PropertiesText.Entry entry = file.get(key);
        return entry == null ? null : new Told(entry.value(), fileOrigin(key));
    }
}

package org.quorate.node.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Looks for keys that have no effect, so that nobody believes a misspelt one. Stateless. */
final class KeyCheck {
    /** Keys with a number in them; read by {@link QuorumReader}. */
    static final Pattern MEMBER_KEY = Pattern.compile("(server|group|weight)\\.-?\\d+");

    private static final Map<String, Setting<?>> BY_FILE_KEY = new HashMap<>();
    private static final Map<String, Setting<?>> BY_PROPERTY = new HashMap<>();

    static {
        for (Setting<?> setting : Settings.all()) {
            BY_FILE_KEY.put(setting.key(), setting);
            for (String property : setting.properties()) {
                BY_PROPERTY.put(property, setting);
            }
        }
    }

    private KeyCheck() {}

    static void check(Values values, Consumer<String> warnings) {
        List<String> ignored = new ArrayList<>();
        for (String key : values.fileKeys()) {
            checkFileKey(key, values, ignored, warnings);
        }
        for (String key : values.prefixedProperties()) {
            if (IgnoredKeys.contains(key)) {
                ignored.add(Setting.PREFIX + key);
            } else if (!isReadFromProperty(key)) {
                warnings.accept("nothing reads -D%s%s%s".formatted(Setting.PREFIX, key, hint(key)));
            }
        }
        if (!ignored.isEmpty()) {
            warnings.accept(
                    "accepted without effect, as they tune what Quorate does not have: "
                            + String.join(", ", ignored));
        }
    }

    /** Would ZooKeeper turn this key of a file into a system property? */
    static boolean becomesProperty(String key) {
        Setting<?> setting = BY_FILE_KEY.get(key);
        boolean fileOnly = setting != null && setting.isFileOnly();
        return !fileOnly && !MEMBER_KEY.matcher(key).matches();
    }

    private static void checkFileKey(
            String key, Values values, List<String> ignored, Consumer<String> warnings) {
        Setting<?> setting = BY_FILE_KEY.get(key);
        if (setting != null && !setting.inFile()) {
            warnings.accept(
                    "%s has no effect in a file, as in ZooKeeper; tell it by -D%s=%s"
                            .formatted(
                                    values.fileOrigin(key),
                                    setting.properties().get(0),
                                    values.inFile(key)));
        } else if (setting != null
                || isReadFromProperty(key)
                || MEMBER_KEY.matcher(key).matches()) {
            return;
        } else if (IgnoredKeys.contains(key)) {
            ignored.add(key);
        } else if (key.startsWith(Setting.PREFIX)) {
            warnings.accept(
                    "%s: nothing reads it; in a file write '%s', without the prefix"
                            .formatted(
                                    values.fileOrigin(key),
                                    key.substring(Setting.PREFIX.length())));
        } else {
            warnings.accept("%s: nothing reads this key".formatted(values.fileOrigin(key)));
        }
    }

    private static boolean isReadFromProperty(String key) {
        return BY_PROPERTY.containsKey(Setting.PREFIX + key)
                || key.startsWith("authProvider.")
                || key.startsWith(Assembler.SUPER_USERS)
                || TlsKeys.isKnown(key);
    }

    private static String hint(String key) {
        Setting<?> setting = BY_FILE_KEY.get(key);
        if (setting == null) {
            return "";
        }
        return setting.isFileOnly()
                ? "; %s can only be told in the file".formatted(key)
                : "; its name is -D" + setting.properties().get(0);
    }
}

package org.quorate.node.config;

import java.util.Locale;
import java.util.stream.Collectors;

/** Which keys hold secrets, and how they are shown to people: not at all. Stateless. */
public final class Secrets {
    /** What stands in the place of a secret. */
    public static final String HIDDEN = "(hidden)";

    private Secrets() {}

    /** Does the value of this key, of a file or as a system property, let somebody in? */
    public static boolean isSecret(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return name.endsWith("password")
                || name.endsWith("passwd")
                || name.endsWith("passwordhash")
                || name.endsWith("superdigest")
                || name.endsWith("secret");
    }

    /** The value as it may be shown. */
    public static String shown(String key, String value) {
        return isSecret(key) ? HIDDEN : value;
    }

    /** The text of a configuration file as it may be shown, line by line. */
    public static String shown(String fileText) {
        return fileText.lines().map(Secrets::shownLine).collect(Collectors.joining("\n"))
                + (fileText.endsWith("\n") ? "\n" : "");
    }

    private static String shownLine(String line) {
        int end = 0;
        while (end < line.length() && "=:".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        // A space divides as well.
        String key = line.substring(0, end).strip();
        int space = key.indexOf(' ');
        String first = space < 0 ? key : key.substring(0, space);
        return isSecret(first) ? first + "=" + HIDDEN : line;
    }
}

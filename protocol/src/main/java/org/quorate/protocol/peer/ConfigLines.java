package org.quorate.protocol.peer;

import java.util.function.BiConsumer;

/**
 * Reads {@code key=value} lines the way Java properties are read, because that is how ZooKeeper
 * reads its configurations: comments with # or !, a colon or blank instead of the equals sign,
 * backslashes before special characters. What configurations never need is left out: lines
 * continued by a backslash and \\u escapes. Stateless.
 */
public final class ConfigLines {
    private ConfigLines() {}

    /** Calls {@code line} with key and value of each line, in order. */
    public static void forEach(String text, BiConsumer<String, String> line) {
        text.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && l.charAt(0) != '#' && l.charAt(0) != '!')
                .forEach(l -> split(l, line));
    }

    private static void split(String line, BiConsumer<String, String> out) {
        int end = keyEnd(line);
        String rest = line.substring(end).stripLeading();
        if (!rest.isEmpty() && (rest.charAt(0) == '=' || rest.charAt(0) == ':')) {
            rest = rest.substring(1).stripLeading();
        }
        out.accept(unescape(line.substring(0, end)), unescape(rest));
    }

    private static int keyEnd(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '=' || c == ':' || Character.isWhitespace(c)) {
                return i;
            }
        }
        return line.length();
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return plain.toString();
    }
}

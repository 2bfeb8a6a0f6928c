package org.quorate.node.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Reads a text in the syntax of Java properties, as ZooKeeper does, but remembers the line of each
 * key, so that an error can name it. Stateless.
 */
final class PropertiesText {
    /**
     * One key with its value.
     *
     * @param number of the line it begins on, from 1
     */
    record Entry(String key, String value, int number) {}

    private PropertiesText() {}

    /**
     * @return the entries in order, both sides stripped of blanks; a key that stands twice comes
     *     twice
     * @throws ConfigException at a malformed escape
     */
    static List<Entry> parse(String text, String fileName) throws ConfigException {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); ) {
            int first = i;
            StringBuilder logical = new StringBuilder(lines.get(i++));
            boolean comment = isComment(logical);
            while (!comment && isContinued(logical) && i < lines.size()) {
                logical.append('\n').append(lines.get(i++));
            }
            if (!comment) {
                decode(logical.toString(), first + 1, fileName, entries);
            }
        }
        return entries;
    }

    private static void decode(String logicalLine, int number, String fileName, List<Entry> into)
            throws ConfigException {
        Properties one = new Properties();
        try {
            one.load(new StringReader(logicalLine));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("%s line %d: %s".formatted(fileName, number, e.getMessage()));
        }
        one.stringPropertyNames()
                .forEach(key ->
                        into.add(new Entry(key.strip(), one.getProperty(key).strip(), number)));
    }

    private static boolean isComment(CharSequence line) {
        String stripped = line.toString().strip();
        return stripped.startsWith("#") || stripped.startsWith("!");
    }

    /** A line goes on behind an odd number of backslashes. */
    private static boolean isContinued(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length()
                && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}

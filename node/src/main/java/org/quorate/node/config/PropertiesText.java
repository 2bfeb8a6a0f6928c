package org.quorate.node.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;

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
        int number = 1;
        for (String logical : logicalLines(text)) {
            if (!isComment(logical)) {
                decode(logical, number, fileName, entries);
            }
            number += 1 + (int) logical.chars().filter(c -> c == '\n').count();
        }
        return entries;
    }

    /**
     * The same text without some of its keys; comments and everything else stay as they are.
     *
     * @throws ConfigException at a malformed escape
     */
    static String without(String text, Predicate<String> key) throws ConfigException {
        StringBuilder kept = new StringBuilder();
        for (String logical : logicalLines(text)) {
            List<Entry> entries = new ArrayList<>(1);
            if (!isComment(logical)) {
                decode(logical, 1, "", entries);
            }
            if (entries.isEmpty() || !key.test(entries.getFirst().key())) {
                kept.append(logical).append('\n');
            }
        }
        return kept.toString();
    }

    /** Lines, those that go on in the next one joined with it by a line end. */
    private static List<String> logicalLines(String text) {
        List<String> logicals = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); ) {
            StringBuilder logical = new StringBuilder(lines.get(i++));
            boolean comment = isComment(logical);
            while (!comment && isContinued(logical) && i < lines.size()) {
                logical.append('\n').append(lines.get(i++));
            }
            logicals.add(logical.toString());
        }
        return logicals;
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

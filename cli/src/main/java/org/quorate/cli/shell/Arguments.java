package org.quorate.cli.shell;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command's words, taken apart by its syntax.
 *
 * @param flags options without a value that were given, without the dash
 * @param values options with a value, without the dash
 * @param words what is left, in order
 */
record Arguments(Set<String> flags, Map<String, String> values, List<String> words) {
    boolean has(String flag) {
        return flags.contains(flag);
    }

    @Nullable String value(String option) {
        return values.get(option);
    }

    String word(int index) {
        return words.get(index);
    }

    @Nullable String wordIfGiven(int index) {
        return index < words.size() ? words.get(index) : null;
    }

    /** A whole number, or what stands if it was not given. */
    int integer(String option, int standing) throws Failure {
        String text = values.get(option);
        try {
            return text == null ? standing : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw Failure.wrongUse("-%s argument must be an int value".formatted(option));
        }
    }

    /** A long whole number, or what stands if it was not given. */
    long longInteger(String option, long standing) throws Failure {
        String text = values.get(option);
        try {
            return text == null ? standing : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Failure.wrongUse("-%s argument must be a long value".formatted(option));
        }
    }

    /** A path, checked as the client checks it. */
    String path(int index) throws Failure {
        String path = words.get(index);
        if (!path.startsWith("/")) {
            throw Failure.wrongUse("Path must start with / character");
        }
        return path;
    }
}

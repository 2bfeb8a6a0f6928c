package org.quorate.node.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * How the text of a setting becomes a value, and which values are legal.
 *
 * @param legal what a person may write, in words
 * @param parser throws {@link IllegalArgumentException} at anything else
 */
record ValueType<T>(String legal, Function<String, T> parser) {

    static ValueType<Integer> integer(int min, int max) {
        return new ValueType<>(
                range(min, max, Integer.MAX_VALUE),
                text -> (int) within(Integer.parseInt(text), min, max));
    }

    static ValueType<Long> longInteger(long min, long max) {
        return new ValueType<>(
                range(min, max, Long.MAX_VALUE), text -> within(Long.parseLong(text), min, max));
    }

    /** A fraction from 0 to 1. */
    static ValueType<Double> fraction() {
        return new ValueType<>(
                "a number from 0 to 1",
                text -> {
                    double value = Double.parseDouble(text);
                    if (!(value >= 0 && value <= 1)) {
                        throw new IllegalArgumentException();
                    }
                    return value;
                });
    }

    /** A port to listen on; 0 and −1 mean none. */
    static ValueType<Integer> port() {
        return new ValueType<>(
                "a port from 1 to 65535; 0 or -1 for none",
                text -> (int) Math.max(0, within(Integer.parseInt(text), -1, 65535)));
    }

    static ValueType<Boolean> bool() {
        return new ValueType<>("true or false", text -> word(text, "true", "false"));
    }

    static ValueType<Boolean> yesNo() {
        return new ValueType<>("yes or no", text -> word(text, "yes", "no"));
    }

    static ValueType<String> text() {
        return new ValueType<>("text", text -> text);
    }

    /** One of a few words; upper and lower case are alike. */
    static ValueType<String> oneOf(String... words) {
        List<String> all = List.of(words);
        String legal =
                String.join(
                        " or ", Arrays.stream(words).map(w -> w.isEmpty() ? "empty" : w).toList());
        return new ValueType<>(
                legal,
                text -> {
                    String word = text.toLowerCase(Locale.ROOT);
                    if (!all.contains(word)) {
                        throw new IllegalArgumentException();
                    }
                    return word;
                });
    }

    /**
     * A switch for something that this server does not have.
     *
     * @param off the value that is legal
     * @param why what is missing
     */
    static ValueType<String> only(String off, String why) {
        String legal = (off.isEmpty() ? "leaving it out" : off) + ": " + why;
        return new ValueType<>(
                legal,
                text -> {
                    if (!text.equalsIgnoreCase(off)) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }

    private static boolean word(String text, String yes, String no) {
        if (text.equalsIgnoreCase(yes)) {
            return true;
        }
        if (text.equalsIgnoreCase(no)) {
            return false;
        }
        throw new IllegalArgumentException();
    }

    private static long within(long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static String range(long min, long max, long open) {
        return max == open
                ? "a whole number, at least " + min
                : "a whole number from " + min + " to " + max;
    }

    static ValueType<Long> bytes() {
        return new ValueType<>(
                "a number of bytes, also with k, m or g behind it",
                text -> {
                    String digits = text;
                    long unit = 1;
                    int suffix =
                            text.isEmpty()
                                    ? -1
                                    : "kmg"
                                            .indexOf(
                                                    Character.toLowerCase(
                                                            text.charAt(text.length() - 1)));
                    if (suffix >= 0) {
                        unit = 1L << (10 * (suffix + 1));
                        digits = text.substring(0, text.length() - 1).strip();
                    }
                    long count = Long.parseLong(digits);
                    if (count < 0 || count > Long.MAX_VALUE / unit) {
                        throw new IllegalArgumentException();
                    }
                    return count * unit;
                });
    }
}

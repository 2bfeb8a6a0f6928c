package org.quorate.cluster.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * One typed setting: its name, its value when nobody has set it, and the rules for it. Immutable;
 * {@link #must} returns a new one. Two settings are the same if they are the same object, so keep
 * them in constants.
 *
 * @param <T> of its value
 */
public final class Setting<T> {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    /** To JSON and back. */
    private interface Codec<T> {
        Json write(T value);

        T read(Json json) throws MalformedJsonException;
    }

    private record Rule<T>(String text, Predicate<T> holds) {}

    private final String name;
    private final T unset;
    private final Codec<T> codec;
    private final List<Rule<T>> rules;

    private Setting(String name, T unset, Codec<T> codec, List<Rule<T>> rules) {
        this.name = Paths.checkName(name);
        this.unset = unset;
        this.codec = codec;
        this.rules = rules;
        String wrong = violation(unset);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("the default does not fit: " + wrong);
        }
    }

    /** A whole number between {@code from} and {@code to}, both included. */
    public static Setting<Long> whole(String name, long unset, long from, long to) {
        Codec<Long> codec =
                codec(Json::of, json -> Json.Obj.EMPTY.with(name, json).number(name, 0));
        return new Setting<>(name, unset, codec, List.of())
                .must("be between " + from + " and " + to, v -> v >= from && v <= to);
    }

    /** A number between {@code from} and {@code to}, both included. */
    public static Setting<Double> real(String name, double unset, double from, double to) {
        Codec<Double> codec =
                codec(Json::of, json -> Json.Obj.EMPTY.with(name, json).real(name, 0));
        return new Setting<>(name, unset, codec, List.of())
                .must("be between " + from + " and " + to, v -> v >= from && v <= to);
    }

    /** True or false. */
    public static Setting<Boolean> flag(String name, boolean unset) {
        Codec<Boolean> codec =
                codec(Json::of, json -> Json.Obj.EMPTY.with(name, json).flag(name, false));
        return new Setting<>(name, unset, codec, List.of());
    }

    /** Any text. */
    public static Setting<String> text(String name, String unset) {
        Codec<String> codec =
                codec(Json::of, json -> Json.Obj.EMPTY.with(name, json).text(name, ""));
        return new Setting<>(name, unset, codec, List.of());
    }

    /** One of the constants of an enumeration, written in lower case. */
    public static <E extends Enum<E>> Setting<E> choice(String name, E unset) {
        E[] all = unset.getDeclaringClass().getEnumConstants();
        Codec<E> codec =
                codec(
                        value -> Json.of(lower(value)),
                        json -> {
                            String text = Json.Obj.EMPTY.with(name, json).text(name, "");
                            for (E one : all) {
                                if (lower(one).equals(text)) {
                                    return one;
                                }
                            }
                            List<String> names = Arrays.stream(all).map(Setting::lower).toList();
                            throw new MalformedJsonException(
                                    "'" + name + "' must be one of " + names + ", is " + json);
                        });
        return new Setting<>(name, unset, codec, List.of());
    }

    /** A time between {@code from} and {@code to}, written like {@code 250ms, 30s, 5m, 2h, 1d}. */
    public static Setting<Duration> duration(
            String name, Duration unset, Duration from, Duration to) {
        Codec<Duration> codec =
                codec(
                        value -> Json.of(writeDuration(value)),
                        json -> readDuration(name, Json.Obj.EMPTY.with(name, json).text(name, "")));
        return new Setting<>(name, unset, codec, List.of())
                .must(
                        "be between " + writeDuration(from) + " and " + writeDuration(to),
                        v -> v.compareTo(from) >= 0 && v.compareTo(to) <= 0);
    }

    /**
     * The same with one more rule.
     *
     * @param text completes the sentence "'name' must …"
     */
    public Setting<T> must(String text, Predicate<T> holds) {
        List<Rule<T>> more = new ArrayList<>(rules);
        more.add(new Rule<>(text, holds));
        return new Setting<>(name, unset, codec, List.copyOf(more));
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its value when nobody has set it. */
    public T unset() {
        return unset;
    }

    Json write(T value) {
        return codec.write(value);
    }

    T read(Json json) throws MalformedJsonException {
        return codec.read(json);
    }

    /** What is wrong with a JSON value; empty if nothing is. */
    String violation(Json json) {
        try {
            return violation(read(json));
        } catch (MalformedJsonException wrong) {
            return String.valueOf(wrong.getMessage());
        }
    }

    private String violation(T value) {
        for (Rule<T> rule : rules) {
            if (!rule.holds().test(value)) {
                return "'" + name + "' must " + rule.text() + ", is " + write(value);
            }
        }
        return "";
    }

    private interface Reading<T> {
        T read(Json json) throws MalformedJsonException;
    }

    private static <T> Codec<T> codec(java.util.function.Function<T, Json> write, Reading<T> read) {
        return new Codec<>() {
            @Override
            public Json write(T value) {
                return write.apply(value);
            }

            @Override
            public T read(Json json) throws MalformedJsonException {
                if (json instanceof Json.Null) {
                    throw new MalformedJsonException("null is no value: leave the setting out");
                }
                return read.read(json);
            }
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String writeDuration(Duration value) {
        long millis = value.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static Duration readDuration(String name, String text) throws MalformedJsonException {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new MalformedJsonException(
                    "'" + name + "' must be a time like 250ms, 30s or 5m, is '" + text + "'");
        }
        long count = Long.parseLong(matcher.group(1));
        switch (matcher.group(2)) {
            case "ms":
                return Duration.ofMillis(count);
            case "s":
                return Duration.ofSeconds(count);
            case "m":
                return Duration.ofMinutes(count);
            case "h":
                return Duration.ofHours(count);
            default:
                return Duration.ofDays(count);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

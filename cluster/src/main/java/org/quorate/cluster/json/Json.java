package org.quorate.cluster.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value. Immutable. {@code toString} gives its compact text. */
public sealed interface Json {
    /** How deep arrays and objects may nest. */
    int DEPTH_MAX = 32;

    /** Longest text read. */
    int CHARS_MAX = 1 << 20;

    /**
     * Reads one value, strictly: no comments, no trailing commas, no name twice.
     *
     * @throws MalformedJsonException with the position, if {@code text} is anything else
     */
    static Json parse(String text) throws MalformedJsonException {
        return new JsonReader(text).whole();
    }

    /**
     * Reads one object.
     *
     * @throws MalformedJsonException if {@code text} is anything else
     */
    static Obj parseObject(String text) throws MalformedJsonException {
        if (parse(text) instanceof Obj object) {
            return object;
        }
        throw new MalformedJsonException("an object was expected");
    }

    /** A string. */
    static Json of(String value) {
        return new Str(value);
    }

    /** A whole number. */
    static Json of(long value) {
        return new Num(Long.toString(value));
    }

    /**
     * A number.
     *
     * @throws IllegalArgumentException for infinities and NaN, which JSON lacks
     */
    static Json of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no " + value);
        }
        return new Num(Double.toString(value));
    }

    /** A truth value. */
    static Json of(boolean value) {
        return new Bool(value);
    }

    /** An array of strings. */
    static Json ofTexts(Iterable<String> values) {
        List<Json> items = new ArrayList<>();
        values.forEach(value -> items.add(of(value)));
        return new Arr(items);
    }

    /** An object of whole numbers. */
    static Json ofNumbers(Map<String, Long> values) {
        Obj object = Obj.EMPTY;
        for (Map.Entry<String, Long> entry : values.entrySet()) {
            object = object.with(entry.getKey(), of(entry.getValue()));
        }
        return object;
    }

    /** An object of strings. */
    static Json ofTexts(Map<String, String> values) {
        Obj object = Obj.EMPTY;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            object = object.with(entry.getKey(), of(entry.getValue()));
        }
        return object;
    }

    /**
     * An object.
     *
     * @param members in their order
     */
    record Obj(Map<String, Json> members) implements Json {
        /** Without members. */
        public static final Obj EMPTY = new Obj(Map.of());

        /** Copies the members and keeps their order. */
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /** The same with one member set, at its old place or at the end. */
        public Obj with(String name, Json value) {
            Map<String, Json> more = new LinkedHashMap<>(members);
            more.put(name, value);
            return new Obj(more);
        }

        /** The same without one member. */
        public Obj without(String name) {
            Map<String, Json> fewer = new LinkedHashMap<>(members);
            fewer.remove(name);
            return new Obj(fewer);
        }

        /** One member; empty if it is absent or null. */
        public Optional<Json> get(String name) {
            Json value = members.get(name);
            return value == null || value instanceof Null ? Optional.empty() : Optional.of(value);
        }

        /**
         * A string member, or {@code absent}.
         *
         * @throws MalformedJsonException if it is something else
         */
        public String text(String name, String absent) throws MalformedJsonException {
            Json value = get(name).orElse(null);
            if (value == null) {
                return absent;
            }
            if (value instanceof Str string) {
                return string.value();
            }
            throw new MalformedJsonException("'" + name + "' must be a string, is " + value);
        }

        /**
         * A whole number member, or {@code absent}.
         *
         * @throws MalformedJsonException if it is something else
         */
        public long number(String name, long absent) throws MalformedJsonException {
            Json value = get(name).orElse(null);
            return value == null ? absent : wholeNumber(name, value);
        }

        /**
         * A number member, or {@code absent}.
         *
         * @throws MalformedJsonException if it is something else
         */
        public double real(String name, double absent) throws MalformedJsonException {
            Json value = get(name).orElse(null);
            if (value == null) {
                return absent;
            }
            if (value instanceof Num number) {
                return number.asDouble();
            }
            throw new MalformedJsonException("'" + name + "' must be a number, is " + value);
        }

        /**
         * A truth value member, or {@code absent}.
         *
         * @throws MalformedJsonException if it is something else
         */
        public boolean flag(String name, boolean absent) throws MalformedJsonException {
            Json value = get(name).orElse(null);
            if (value == null) {
                return absent;
            }
            if (value instanceof Bool bool) {
                return bool.value();
            }
            throw new MalformedJsonException("'" + name + "' must be true or false, is " + value);
        }

        /**
         * An object member, or an empty one.
         *
         * @throws MalformedJsonException if it is something else
         */
        public Obj object(String name) throws MalformedJsonException {
            Json value = get(name).orElse(EMPTY);
            if (value instanceof Obj object) {
                return object;
            }
            throw new MalformedJsonException("'" + name + "' must be an object, is " + value);
        }

        /**
         * The items of an array member, or none.
         *
         * @throws MalformedJsonException if it is something else
         */
        public List<Json> items(String name) throws MalformedJsonException {
            Json value = get(name).orElse(null);
            if (value == null) {
                return List.of();
            }
            if (value instanceof Arr array) {
                return array.items();
            }
            throw new MalformedJsonException("'" + name + "' must be an array, is " + value);
        }

        /**
         * The strings of an array member, or none.
         *
         * @throws MalformedJsonException if it holds something else
         */
        public List<String> texts(String name) throws MalformedJsonException {
            List<String> texts = new ArrayList<>();
            for (Json item : items(name)) {
                if (!(item instanceof Str string)) {
                    throw new MalformedJsonException(
                            "'" + name + "' must hold strings, holds " + item);
                }
                texts.add(string.value());
            }
            return List.copyOf(texts);
        }

        /**
         * All members as strings.
         *
         * @throws MalformedJsonException if one is something else
         */
        public Map<String, String> asTexts() throws MalformedJsonException {
            Map<String, String> texts = new LinkedHashMap<>();
            for (String name : members.keySet()) {
                texts.put(name, text(name, ""));
            }
            return Collections.unmodifiableMap(texts);
        }

        /**
         * All members as whole numbers.
         *
         * @throws MalformedJsonException if one is something else
         */
        public Map<String, Long> asNumbers() throws MalformedJsonException {
            Map<String, Long> numbers = new LinkedHashMap<>();
            for (Map.Entry<String, Json> member : members.entrySet()) {
                numbers.put(member.getKey(), wholeNumber(member.getKey(), member.getValue()));
            }
            return Collections.unmodifiableMap(numbers);
        }

        private static long wholeNumber(String name, Json value) throws MalformedJsonException {
            if (value instanceof Num number) {
                try {
                    return Long.parseLong(number.digits());
                } catch (NumberFormatException notWhole) {
                    // Told below.
                }
            }
            throw new MalformedJsonException("'" + name + "' must be a whole number, is " + value);
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /**
     * An array.
     *
     * @param items in their order
     */
    record Arr(List<Json> items) implements Json {
        /** Copies the items. */
        public Arr {
            items = List.copyOf(items);
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /**
     * A string.
     *
     * @param value without escapes
     */
    record Str(String value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /**
     * A number.
     *
     * @param digits as written
     */
    record Num(String digits) implements Json {
        /** The nearest double. */
        public double asDouble() {
            return Double.parseDouble(digits);
        }

        @Override
        public String toString() {
            return digits;
        }
    }

    /**
     * A truth value.
     *
     * @param value which
     */
    record Bool(boolean value) implements Json {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** The null of JSON. */
    record Null() implements Json {
        @Override
        public String toString() {
            return "null";
        }
    }
}

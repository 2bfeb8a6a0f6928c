package org.quorate.cluster.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one text (RFC 8259). */
final class JsonReader {
    private static final Pattern NUMBER =
            Pattern.compile(
                    "-?(?:0|[1-9][0-9]{0,308})(?:\\.[0-9]{1,308})?(?:[eE][+-]?[0-9]{1,3})?");

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Json whole() throws MalformedJsonException {
        if (text.length() > Json.CHARS_MAX) {
            throw wrong("longer than " + Json.CHARS_MAX + " characters");
        }
        Json value = value(0);
        skipSpace();
        if (at < text.length()) {
            throw wrong("more text behind the value");
        }
        return value;
    }

    private Json value(int depth) throws MalformedJsonException {
        if (depth > Json.DEPTH_MAX) {
            throw wrong("nested deeper than " + Json.DEPTH_MAX);
        }
        skipSpace();
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return new Json.Str(string());
            case 't':
                return word("true", new Json.Bool(true));
            case 'f':
                return word("false", new Json.Bool(false));
            case 'n':
                return word("null", new Json.Null());
            default:
                return number();
        }
    }

    private Json object(int depth) throws MalformedJsonException {
        at++;
        Map<String, Json> members = new LinkedHashMap<>();
        if (nextIs('}')) {
            return new Json.Obj(members);
        }
        do {
            skipSpace();
            String name = string();
            if (!nextIs(':')) {
                throw wrong("':' expected");
            }
            if (members.put(name, value(depth + 1)) != null) {
                throw wrong("'" + name + "' twice");
            }
        } while (nextIs(','));
        if (!nextIs('}')) {
            throw wrong("',' or '}' expected");
        }
        return new Json.Obj(members);
    }

    private Json array(int depth) throws MalformedJsonException {
        at++;
        List<Json> items = new ArrayList<>();
        if (nextIs(']')) {
            return new Json.Arr(items);
        }
        do {
            items.add(value(depth + 1));
        } while (nextIs(','));
        if (!nextIs(']')) {
            throw wrong("',' or ']' expected");
        }
        return new Json.Arr(items);
    }

    private String string() throws MalformedJsonException {
        if (peek() != '"') {
            throw wrong("a string expected");
        }
        at++;
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c < 0x20) {
                throw wrong("a control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        at++;
        return out.toString();
    }

    private char escape() throws MalformedJsonException {
        char c = peek();
        at++;
        switch (c) {
            case '"':
            case '\\':
            case '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return unicode();
            default:
                throw wrong("an unknown escape");
        }
    }

    private char unicode() throws MalformedJsonException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw wrong("four hexadecimal digits expected");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private Json number() throws MalformedJsonException {
        Matcher matcher = NUMBER.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw wrong("a value expected");
        }
        at = matcher.end();
        return new Json.Num(matcher.group());
    }

    private Json word(String word, Json value) throws MalformedJsonException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value expected");
        }
        at += word.length();
        return value;
    }

    private boolean nextIs(char expected) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws MalformedJsonException {
        if (at >= text.length()) {
            throw wrong("it ends too early");
        }
        return text.charAt(at);
    }

    private MalformedJsonException wrong(String what) {
        return new MalformedJsonException("not JSON at character " + at + ": " + what);
    }
}

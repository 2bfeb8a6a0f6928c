package org.quorate.cluster.json;

import java.util.Map;

/** Compact text of a value. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();

    private JsonWriter() {}

    static String write(Json value) {
        JsonWriter writer = new JsonWriter();
        writer.value(value);
        return writer.out.toString();
    }

    private void value(Json value) {
        if (value instanceof Json.Obj object) {
            object(object);
        } else if (value instanceof Json.Arr array) {
            String separator = "[";
            for (Json item : array.items()) {
                out.append(separator);
                value(item);
                separator = ",";
            }
            out.append(array.items().isEmpty() ? "[]" : "]");
        } else if (value instanceof Json.Str string) {
            string(string.value());
        } else {
            out.append(value);
        }
    }

    private void object(Json.Obj object) {
        String separator = "{";
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            out.append(separator);
            string(member.getKey());
            out.append(':');
            value(member.getValue());
            separator = ",";
        }
        out.append(object.members().isEmpty() ? "{}" : "}");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}

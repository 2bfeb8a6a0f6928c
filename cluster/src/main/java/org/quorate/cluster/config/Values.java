package org.quorate.cluster.config;

import java.util.LinkedHashSet;
import java.util.Set;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/** One version's values, checked by their schema. Immutable. */
public final class Values {
    private final Schema schema;
    private final Json.Obj json;

    Values(Schema schema, Json.Obj json) {
        this.schema = schema;
        this.json = json;
    }

    /**
     * The value of {@code setting}; its default if nobody has set it.
     *
     * @throws IllegalArgumentException if the schema lacks it
     */
    public <T> T get(Setting<T> setting) {
        schema.checkKnown(setting);
        Json value = json.members().get(setting.name());
        if (value == null) {
            return setting.unset();
        }
        try {
            return setting.read(value);
        } catch (MalformedJsonException checkedBefore) {
            throw new IllegalStateException("unchecked value of " + setting, checkedBefore);
        }
    }

    /** What has been set, as it is written. */
    public Json.Obj json() {
        return json;
    }

    /** A change of these values. */
    public Edit edit() {
        return new Edit(schema, json);
    }

    /** Names of the settings that differ from {@code other}, those unknown to the schema too. */
    public Set<String> differencesTo(Values other) {
        Set<String> names = new LinkedHashSet<>(json.members().keySet());
        names.addAll(other.json.members().keySet());
        names.removeIf(name -> {
            Json mine = json.members().get(name);
            Json others = other.json.members().get(name);
            return mine != null && mine.equals(others);
        });
        return names;
    }

    @Override
    public String toString() {
        return json.toString();
    }
}

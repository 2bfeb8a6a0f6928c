package org.quorate.cluster.config;

import org.quorate.cluster.json.Json;

/** Values in the making. For one thread. */
public final class Edit {
    private final Schema schema;
    private Json.Obj json;

    Edit(Schema schema, Json.Obj json) {
        this.schema = schema;
        this.json = json;
    }

    /** Sets one value; whether it fits is checked at the end, together with all others. */
    public <T> Edit set(Setting<T> setting, T value) {
        schema.checkKnown(setting);
        json = json.with(setting.name(), setting.write(value));
        return this;
    }

    /** Sets one value as it is written, by name: for tools that know no types. */
    public Edit setWritten(String name, Json value) {
        json = json.with(name, value);
        return this;
    }

    /** Lets the default count again. */
    public Edit unset(Setting<?> setting) {
        schema.checkKnown(setting);
        json = json.without(setting.name());
        return this;
    }

    Values done() throws InvalidConfigException {
        return schema.read(json);
    }
}

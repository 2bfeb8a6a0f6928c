package org.quorate.cluster.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.quorate.cluster.json.Json;

/** The settings of one configuration and the rules between them. Immutable. */
public final class Schema {
    private record Rule(String text, Predicate<Values> holds) {}

    private final Map<String, Setting<?>> settings;
    private final List<Rule> rules;

    private Schema(Map<String, Setting<?>> settings, List<Rule> rules) {
        this.settings = settings;
        this.rules = rules;
    }

    /**
     * A schema of these settings.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public static Schema of(Setting<?>... settings) {
        Map<String, Setting<?>> byName = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            if (byName.put(setting.name(), setting) != null) {
                throw new IllegalArgumentException("two settings named '" + setting.name() + "'");
            }
        }
        return new Schema(Collections.unmodifiableMap(byName), List.of());
    }

    /**
     * The same with a rule between settings.
     *
     * @param text a sentence that says what must hold
     */
    public Schema must(String text, Predicate<Values> holds) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(new Rule(text, holds));
        return new Schema(settings, List.copyOf(more));
    }

    /** The settings by name, in their order. */
    public Map<String, Setting<?>> settings() {
        return settings;
    }

    /** Every setting at its default. */
    public Values defaults() {
        return new Values(this, Json.Obj.EMPTY);
    }

    /**
     * The values in {@code json}. Names that this schema does not know are kept and not judged: a
     * newer member may have written them.
     *
     * @throws InvalidConfigException naming everything that is wrong
     */
    public Values read(Json.Obj json) throws InvalidConfigException {
        List<String> wrong = new ArrayList<>();
        settings.forEach((name, setting) -> {
            Json value = json.members().get(name);
            String violation = value == null ? "" : setting.violation(value);
            if (!violation.isEmpty()) {
                wrong.add(violation);
            }
        });
        Values values = new Values(this, json);
        if (wrong.isEmpty()) {
            for (Rule rule : rules) {
                if (!rule.holds().test(values)) {
                    wrong.add(rule.text());
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new InvalidConfigException(wrong);
        }
        return values;
    }

    void checkKnown(Setting<?> setting) {
        if (settings.get(setting.name()) != setting) {
            throw new IllegalArgumentException("not a setting of this schema: " + setting);
        }
    }
}

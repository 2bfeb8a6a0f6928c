package org.quorate.node.admin;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Something that a person should know about a server's health.
 *
 * @param id names its page in docs/findings
 * @param level how much it matters
 * @param says what is, in a sentence
 * @param advice what to do, in a sentence
 */
record Finding(String id, Level level, String says, String advice) {
    /** How much it matters; the worst decides about the whole. */
    enum Level {
        /** All is as it should be. */
        OK(0),
        /** Worth knowing. */
        NOTICE(1),
        /** Somebody should look, today. */
        WARNING(2),
        /** Somebody must look, now. */
        CRITICAL(3);

        private final int number;

        Level(int number) {
            this.number = number;
        }

        /** In metrics: the greater the worse. */
        int number() {
            return number;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("level", level.label());
        fields.put("says", says);
        fields.put("advice", advice);
        fields.put("page", "/console/findings/" + id + ".md");
        return fields;
    }
}

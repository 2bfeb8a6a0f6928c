package org.quorate.cluster.config;

import java.util.List;

/** Values do not fit their schema. Nothing was written. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String[] violations;

    InvalidConfigException(List<String> violations) {
        super("invalid configuration: " + String.join("; ", violations));
        this.violations = violations.toArray(new String[0]);
    }

    /** Everything that is wrong, one sentence each. */
    public List<String> violations() {
        return List.of(violations);
    }
}

package org.quorate.cluster.coordinator;

import java.io.IOException;

/** The coordination service could not be asked, or would not answer. */
public class CoordinationException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What the caller may assume about what it asked for. */
    public enum Fate {
        /** It did not happen and never will. */
        DID_NOT_HAPPEN,
        /** It may have happened, once. */
        UNKNOWN
    }

    private final Fate fate;

    /** A failure with {@code fate}, told by {@code message}. */
    public CoordinationException(Fate fate, String message) {
        super(message);
        this.fate = fate;
    }

    /** A failure with {@code fate}, told by {@code message}, because of {@code cause}. */
    public CoordinationException(Fate fate, String message, Throwable cause) {
        super(message, cause);
        this.fate = fate;
    }

    /** Whether what was asked for can have happened. A failed read did not happen. */
    public Fate fate() {
        return fate;
    }
}

package org.quorate.sim;

import org.jspecify.annotations.Nullable;

/** An invariant is broken: the message says which, and by whom. */
final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    SimulationFailure(String message, @Nullable Object... values) {
        super(message.formatted(values));
    }
}

package org.quorate.sim;

/** An invariant is broken: the message says which, and by whom. */
final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    SimulationFailure(String message, Object... values) {
        super(message.formatted(values));
    }
}

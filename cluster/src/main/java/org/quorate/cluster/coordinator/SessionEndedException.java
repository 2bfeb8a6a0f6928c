package org.quorate.cluster.coordinator;

/** The session that should have carried it out has ended. What belonged to it must join again. */
public final class SessionEndedException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /** A failure with {@code fate} because the session {@code id} has ended. */
    public SessionEndedException(Fate fate, long id) {
        super(fate, "session 0x" + Long.toHexString(id) + " has ended");
    }
}

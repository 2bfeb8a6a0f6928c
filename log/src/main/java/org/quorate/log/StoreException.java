package org.quorate.log;

/** A data directory that cannot be served as it is; the message is one line for the operator. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    /** What to do about damage. */
    static final String REJOIN =
            "Restore it from a backup; or, if other servers of the ensemble are well, move version-2"
                    + " away and let this server take the state from them.";

    /** Why a directory is refused. */
    public enum Cause {
        /** Where it lies, who holds it, what the configuration says. */
        SETUP,
        /** Bytes that were there once are gone; the peers may still have them. */
        DAMAGE
    }

    private final Cause reason;

    public StoreException(String message) {
        this(Cause.SETUP, message, null);
    }

    public StoreException(String message, Throwable cause) {
        this(Cause.SETUP, message, cause);
    }

    StoreException(
            Cause reason, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static StoreException damage(String message) {
        return new StoreException(Cause.DAMAGE, message + " " + REJOIN, null);
    }

    /** Why; with {@link Cause#DAMAGE} a server of an ensemble can be repaired from its peers. */
    public Cause reason() {
        return reason;
    }
}

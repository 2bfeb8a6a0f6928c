package org.quorate.protocol.jute;

/**
 * The bytes are not a well-formed record. In a client request this is answered with
 * MarshallingError (client protocol §1); from a peer or a file it means damage. Carries no stack
 * trace: hostile input must be cheap to refuse.
 */
public final class JuteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean endsEarly;

    public JuteException(String message) {
        this(message, false);
    }

    private JuteException(String message, boolean endsEarly) {
        super(message, null, false, false);
        this.endsEarly = endsEarly;
    }

    /** The bytes end before the record does. */
    public static JuteException endsEarly(String message) {
        return new JuteException(message, true);
    }

    /**
     * True if all that is wrong is that bytes are missing at the end: the reader of a stream
     * without frames (quorum packets, a snapshot) then waits for more, everybody else refuses.
     */
    public boolean endsEarly() {
        return endsEarly;
    }
}

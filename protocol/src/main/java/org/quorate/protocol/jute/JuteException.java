package org.quorate.protocol.jute;

/**
 * The bytes are not a well-formed record. In a client request this is answered with
 * MarshallingError (client protocol §1); from a peer or a file it means damage. Carries no stack
 * trace: hostile input must be cheap to refuse.
 */
public final class JuteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JuteException(String message) {
        super(message, null, false, false);
    }
}

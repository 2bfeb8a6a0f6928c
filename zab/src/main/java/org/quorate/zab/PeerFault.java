package org.quorate.zab;

/**
 * A peer does what the protocol forbids; whoever reads from it leaves it and says why. Carries no
 * stack trace.
 */
final class PeerFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PeerFault(String message) {
        super(message, null, false, false);
    }
}

package org.quorate.node.host;

/** A server cannot start; the message is one line for the operator. */
public final class StartException extends java.io.IOException {
    private static final long serialVersionUID = 1;

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}

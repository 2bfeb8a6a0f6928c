package org.quorate.net.tls;

import java.io.IOException;

/** TLS cannot be set up; the message is one line for the operator, without secrets. */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1;

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }

    TlsException(String message) {
        super(message);
    }
}

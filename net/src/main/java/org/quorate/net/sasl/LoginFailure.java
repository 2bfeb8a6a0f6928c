package org.quorate.net.sasl;

import java.io.IOException;

/**
 * This server cannot log in as its JAAS configuration says. The message is one line for the
 * operator.
 */
public final class LoginFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean withoutConfiguration;

    private LoginFailure(String message, Exception cause, boolean withoutConfiguration) {
        super(message, cause);
        this.withoutConfiguration = withoutConfiguration;
    }

    LoginFailure(String message, Exception cause) {
        this(message, cause, false);
    }

    LoginFailure(String message) {
        super(message);
        this.withoutConfiguration = false;
    }

    static LoginFailure withoutConfiguration(SecurityException cause) {
        return new LoginFailure(
                "the JAAS configuration cannot be read: " + cause.getMessage(), cause, true);
    }

    /** There is no JAAS configuration, or it cannot be read. */
    public boolean isWithoutConfiguration() {
        return withoutConfiguration;
    }
}

package org.quorate.log;

import java.io.IOException;

/**
 * There was no room. What was to be written is not there, not even in part, and it may be tried
 * again when there is room.
 */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}

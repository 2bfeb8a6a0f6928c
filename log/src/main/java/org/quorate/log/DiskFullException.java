package org.quorate.log;

import java.io.IOException;

/** There was no room; nothing was written, and it may be tried again when there is. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }
}

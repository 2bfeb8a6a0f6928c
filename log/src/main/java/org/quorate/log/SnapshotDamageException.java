package org.quorate.log;

import java.io.IOException;

/** A file is not a whole, valid snapshot. */
final class SnapshotDamageException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean endsEarly;

    SnapshotDamageException(String message, boolean endsEarly) {
        super(message);
        this.endsEarly = endsEarly;
    }

    /** What is there is right, but the end is missing: its writing was cut off. */
    boolean endsEarly() {
        return endsEarly;
    }
}

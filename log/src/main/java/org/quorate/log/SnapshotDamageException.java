package org.quorate.log;

import java.io.IOException;

/** A file is not a whole, valid snapshot. */
final class SnapshotDamageException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean endsEarly;
    private final boolean unknownFormat;

    SnapshotDamageException(String message, boolean endsEarly) {
        this(message, endsEarly, false);
    }

    private SnapshotDamageException(String message, boolean endsEarly, boolean unknownFormat) {
        super(message);
        this.endsEarly = endsEarly;
        this.unknownFormat = unknownFormat;
    }

    static SnapshotDamageException unknownVersion(int version) {
        return new SnapshotDamageException(
                "is of format version %d; this server knows %d"
                        .formatted(version, SnapshotFormat.VERSION),
                false,
                true);
    }

    /** It may be whole and valid, for a later server. */
    boolean unknownFormat() {
        return unknownFormat;
    }

    /** What is there is right, but the end is missing: its writing was cut off. */
    boolean endsEarly() {
        return endsEarly;
    }
}

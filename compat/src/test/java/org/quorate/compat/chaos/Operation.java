package org.quorate.compat.chaos;

/**
 * What one client asked of one register and what came of it. A register has a value and a version,
 * as a znode has; it begins with value 0 and version 0.
 *
 * @param kind what was asked, or found
 * @param value written, or read
 * @param version of the register behind a write or a read; of a write without an answer −1; with
 *     {@link Kind#REFUSED} the version that was asked for
 * @param expected the version that a write demanded; −1 for any
 * @param callNanos before it was sent
 * @param returnNanos behind its answer; {@link #NEVER} without one
 */
record Operation(
        Kind kind, long value, int version, int expected, long callNanos, long returnNanos) {
    static final long NEVER = Long.MAX_VALUE;

    /** What an operation does to a register. */
    enum Kind {
        /** Changes value and version; without an answer it may have, or may later, or never. */
        WRITE,
        /** A sync and a read behind it. */
        READ,
        /** A write that was answered with a wrong version. */
        REFUSED
    }

    static Operation write(long value, int version, long call, long answered) {
        return new Operation(Kind.WRITE, value, version, -1, call, answered);
    }

    static Operation writeIf(long value, int expected, long call, long answered) {
        return new Operation(Kind.WRITE, value, expected + 1, expected, call, answered);
    }

    static Operation refused(int expected, long call, long answered) {
        return new Operation(Kind.REFUSED, 0, -1, expected, call, answered);
    }

    static Operation read(long value, int version, long call, long answered) {
        return new Operation(Kind.READ, value, version, -1, call, answered);
    }

    /** A write whose fate is not known. */
    static Operation lost(long value, int expected, long call) {
        return new Operation(Kind.WRITE, value, -1, expected, call, NEVER);
    }

    boolean isAnswered() {
        return returnNanos != NEVER;
    }

    /** May it happen while the register is so? */
    boolean fits(long valueNow, int versionNow) {
        return switch (kind) {
            case READ -> value == valueNow && version == versionNow;
            case REFUSED -> expected != versionNow;
            case WRITE ->
                    (expected == -1 || expected == versionNow)
                            && (!isAnswered() || version == versionNow + 1);
        };
    }
}

package org.quorate.protocol;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The rules for paths (client protocol §9), on UTF-8 bytes without making strings. All methods
 * expect well-formed text, as {@link org.quorate.protocol.jute.JuteIn#readText} gives it.
 * Stateless.
 */
public final class Paths {
    public static final String ROOT = "/";

    private static final int SEQUENCE_DIGITS = 10;
    private static final byte[][] UNDELETABLE = {
        Slice.of(ROOT).copy(),
        Slice.of("/zookeeper").copy(),
        Slice.of("/zookeeper/quota").copy(),
        Slice.of("/zookeeper/config").copy()
    };

    private Paths() {}

    /** Does the path obey all rules? What setData, setACL, check and the end of a create ask. */
    public static boolean isValid(Slice path) {
        return problem(path) == null;
    }

    /**
     * Checks all rules.
     *
     * @return what is wrong, for a person to read, or null if the path is valid
     */
    public static @Nullable String problem(Slice path) {
        if (path.isNull()) {
            return "path is null";
        }
        int length = path.length();
        if (length == 0) {
            return "path is empty";
        }
        if (path.at(0) != '/') {
            return "path does not start with /";
        }
        if (length == 1) {
            return null;
        }
        if (path.at(length - 1) == '/') {
            return "path ends with /";
        }
        int nameFrom = 1;
        for (int i = 1; i <= length; i++) {
            if (i == length || path.at(i) == '/') {
                if (i == nameFrom) {
                    return "empty node name at byte " + i;
                }
                if (isRelative(path, nameFrom, i)) {
                    return "relative node name at byte " + nameFrom;
                }
                nameFrom = i + 1;
            } else if (isForbidden(path, i)) {
                return "character not allowed at byte " + i;
            }
        }
        return null;
    }

    /** The weaker first check of a create: there is a slash and no NUL. */
    public static boolean isCreatable(Slice path) {
        return lastSlash(path) >= 0 && !hasNul(path);
    }

    /** The check of a delete: there is a slash, no NUL, and it is not one of the lasting nodes. */
    public static boolean isDeletable(Slice path) {
        if (!isCreatable(path)) {
            return false;
        }
        for (byte[] lasting : UNDELETABLE) {
            if (path.sameBytes(lasting)) {
                return false;
            }
        }
        return true;
    }

    /** What makes an exists fail with BadArguments. */
    public static boolean hasNul(Slice path) {
        for (int i = path.from(); i < path.to(); i++) {
            if (path.array()[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /** Index of the last slash counted from the path's first byte, or −1. */
    public static int lastSlash(Slice path) {
        for (int i = path.length() - 1; i >= 0; i--) {
            if (path.at(i) == '/') {
                return i;
            }
        }
        return -1;
    }

    /**
     * Points {@code into} at everything before the last slash; for a child of the root that is
     * {@code /}.
     *
     * @throws IllegalArgumentException if there is no slash
     */
    public static void parent(Slice path, Slice into) {
        int slash = slashOf(path);
        into.set(path.array(), path.from(), Math.max(slash, 1));
    }

    /**
     * Points {@code into} at everything behind the last slash; empty for the root and for paths
     * that end with a slash.
     *
     * @throws IllegalArgumentException if there is no slash
     */
    public static void name(Slice path, Slice into) {
        int slash = slashOf(path);
        into.set(path.array(), path.from() + slash + 1, path.length() - slash - 1);
    }

    /**
     * Appends the number of a sequential node as {@code %010d} does: at least ten places, the sign
     * of a negative number taking one of them.
     */
    public static void appendSequence(JuteOut out, int number) {
        long rest = Math.abs((long) number);
        int digits = number < 0 ? SEQUENCE_DIGITS - 1 : SEQUENCE_DIGITS;
        if (rest > 999_999_999L) {
            digits = SEQUENCE_DIGITS;
        }
        if (number < 0) {
            out.writeByte('-');
        }
        int at = out.reserve(digits);
        for (int i = at + digits - 1; i >= at; i--) {
            out.array()[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static int slashOf(Slice path) {
        int slash = lastSlash(path);
        if (slash < 0) {
            throw new IllegalArgumentException("no slash in " + path);
        }
        return slash;
    }

    private static boolean isRelative(Slice path, int from, int to) {
        return path.at(from) == '.'
                && (to - from == 1 || to - from == 2 && path.at(from + 1) == '.');
    }

    /**
     * Looks at one byte of well-formed UTF-8 and, where it leads a longer sequence, at the next
     * ones. Forbidden are U+0000–001F, U+007F–009F, U+D800–F8FF, U+FFF0–FFFF, and beyond U+FFFF
     * everything, because ZooKeeper sees its surrogates.
     */
    private static boolean isForbidden(Slice path, int at) {
        byte first = path.at(at);
        if (first >= 0) {
            return first < 0x20 || first == 0x7f;
        }
        return switch (first & 0xff) {
            case 0xc2 -> (path.at(at + 1) & 0xff) < 0xa0;
            case 0xee -> true;
            case 0xef -> {
                int second = path.at(at + 1) & 0xff;
                yield second < 0xa4 || second == 0xbf && (path.at(at + 2) & 0xff) >= 0xb0;
            }
            default -> (first & 0xff) >= 0xf0;
        };
    }
}

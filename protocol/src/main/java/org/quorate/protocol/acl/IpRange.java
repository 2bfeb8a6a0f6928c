package org.quorate.protocol.acl;

import org.jspecify.annotations.Nullable;

/**
 * Addresses as the ip scheme writes them (client protocol §10): IPv4 or IPv6 in text, with an
 * optional number of leading bits behind a slash. Names are never looked up. Stateless.
 */
public final class IpRange {
    private static final int V4_BYTES = 4;
    private static final int V6_GROUPS = 8;

    private IpRange() {}

    /** May this stand in an ACL? */
    public static boolean isValid(String range) {
        return parse(range) != null;
    }

    /**
     * Does the address of a connection lie in the range? A range of the other family matches
     * nothing.
     */
    public static boolean matches(String address, String range) {
        Range wanted = parse(range);
        byte[] actual = bytes(address);
        return wanted != null && actual != null && wanted.holds(actual);
    }

    /** A range that was read, for who asks again and again. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Range(byte[] bytes, int bits) {
        boolean holds(byte[] address) {
            if (address.length != bytes.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += Byte.SIZE) {
                int mask = bits - bit >= Byte.SIZE ? 0xff : 0xff00 >> bits - bit & 0xff;
                if (((bytes[bit / 8] ^ address[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    static @Nullable Range parse(String range) {
        int slash = range.indexOf('/');
        byte[] bytes = bytes(slash < 0 ? range : range.substring(0, slash));
        if (bytes == null) {
            return null;
        }
        int bitsMax = bytes.length * Byte.SIZE;
        int bits = slash < 0 ? bitsMax : number(range.substring(slash + 1), 10, bitsMax);
        return bits < 0 ? null : new Range(bytes, bits);
    }

    /** Null if it is no address. */
    static byte @Nullable [] bytes(String address) {
        return address.indexOf(':') >= 0 ? v6(address) : v4(address);
    }

    private static byte @Nullable [] v4(String address) {
        byte[] bytes = new byte[V4_BYTES];
        int from = 0;
        for (int i = 0; i < V4_BYTES; i++) {
            int dot = address.indexOf('.', from);
            if (dot < 0 != (i == V4_BYTES - 1)) {
                return null; // too few, or too many
            }
            int to = dot < 0 ? address.length() : dot;
            int value = number(address, from, to, 10, 255);
            if (value < 0) {
                return null;
            }
            bytes[i] = (byte) value;
            from = to + 1;
        }
        return bytes;
    }

    private static byte @Nullable [] v6(String address) {
        int zone = address.indexOf('%');
        String text = zone < 0 ? address : address.substring(0, zone);
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] whole = groups(text);
            return whole != null && whole.length == 2 * V6_GROUPS ? whole : null;
        }
        byte[] head = groups(text.substring(0, gap));
        byte[] tail = groups(text.substring(gap + 2));
        if (head == null || tail == null || head.length + tail.length >= 2 * V6_GROUPS) {
            return null;
        }
        byte[] bytes = new byte[2 * V6_GROUPS];
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, bytes.length - tail.length, tail.length);
        return bytes;
    }

    /** Groups of 16 bits between colons; the last may be an IPv4 address. */
    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        if (parts.length > V6_GROUPS) {
            return null;
        }
        byte[] last =
                parts[parts.length - 1].indexOf('.') >= 0 ? v4(parts[parts.length - 1]) : null;
        int plain = last == null ? parts.length : parts.length - 1;
        byte[] bytes = new byte[2 * plain + (last == null ? 0 : V4_BYTES)];
        for (int i = 0; i < plain; i++) {
            int value = parts[i].length() > 4 ? -1 : number(parts[i], 16, 0xffff);
            if (value < 0) {
                return null;
            }
            bytes[2 * i] = (byte) (value >> 8);
            bytes[2 * i + 1] = (byte) value;
        }
        if (last != null) {
            System.arraycopy(last, 0, bytes, 2 * plain, V4_BYTES);
        }
        return bytes;
    }

    /** −1 if the text is not a plain number of 0 to {@code max}. */
    private static int number(String text, int radix, int max) {
        return number(text, 0, text.length(), radix, max);
    }

    private static int number(String text, int from, int to, int radix, int max) {
        if (from == to || to - from > 9) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), radix);
            if (digit < 0 || text.charAt(i) > 'f') {
                return -1;
            }
            value = value * radix + digit;
        }
        return value <= max ? value : -1;
    }
}

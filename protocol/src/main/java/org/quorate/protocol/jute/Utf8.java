package org.quorate.protocol.jute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Makes text well formed as ZooKeeper's decoder does. Stateless.
 *
 * <p>One difference from ZooKeeper is deliberate: its encoder writes a supplementary character as
 * two three-byte surrogates, which no decoder, its own included, reads back (client protocol §1).
 * Such a character is illegal in paths; in ACL ids it stays intact here.
 */
final class Utf8 {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /**
     * Replaces malformed sequences by U+FFFD, in a copy; well-formed text is left where it is.
     *
     * @return true if the text was well formed
     */
    static boolean normalise(Slice text) {
        if (isWellFormed(text.array(), text.from(), text.to())) {
            return true;
        }
        byte[] replaced = text.text().getBytes(StandardCharsets.UTF_8);
        text.set(replaced, 0, replaced.length);
        return false;
    }

    private static boolean isWellFormed(byte[] bytes, int from, int to) {
        int at = from;
        while (to - at >= 8 && ((long) LONG.get(bytes, at) & HIGH_BITS) == 0) {
            at += 8;
        }
        while (at < to) {
            int length = sequenceBytes(bytes, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Length of the well-formed sequence at {@code at}, or 0. */
    private static int sequenceBytes(byte[] bytes, int at, int to) {
        int lead = bytes[at];
        if (lead >= 0) {
            return 1;
        }
        lead &= 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (to - at < length) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        // The second byte's range shuts out overlong forms, surrogates and what is beyond U+10FFFF.
        int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}

package org.quorate.replica;

import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.jute.Slice;

/**
 * The password of a session: the 16 bytes that ZooKeeper computes from the id, so that a session
 * moves freely between servers of both kinds (peer protocol §7). It protects against mistakes, not
 * against an attacker. Stateless.
 */
public final class SessionPassword {
    /** ZooKeeper's constant. */
    private static final long SECRET = 0xB3415C00L;

    // The linear congruential generator of java.util.Random, as its documentation defines it.
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long ADDEND = 0xBL;
    private static final long MASK = (1L << 48) - 1;

    private SessionPassword() {}

    /** Fills {@code into}, which has {@value ConnectResponse#PASSWORD_BYTES} bytes. */
    static void of(long sessionId, byte[] into) {
        long state = (sessionId ^ SECRET ^ MULTIPLIER) & MASK;
        for (int i = 0; i < ConnectResponse.PASSWORD_BYTES; i += 4) {
            state = state * MULTIPLIER + ADDEND & MASK;
            int word = (int) (state >>> 16);
            for (int k = 0; k < 4; k++) {
                into[i + k] = (byte) (word >> 8 * k);
            }
        }
    }

    /** The password of a session, {@value ConnectResponse#PASSWORD_BYTES} bytes. */
    public static byte[] of(long sessionId) {
        byte[] password = new byte[ConnectResponse.PASSWORD_BYTES];
        of(sessionId, password);
        return password;
    }

    /** Compares all bytes whatever differs first. */
    static boolean matches(long sessionId, Slice presented) {
        byte[] password = of(sessionId);
        if (presented.length() != password.length) {
            return false;
        }
        int difference = 0;
        for (int i = 0; i < password.length; i++) {
            difference |= password[i] ^ presented.at(i);
        }
        return difference == 0;
    }
}

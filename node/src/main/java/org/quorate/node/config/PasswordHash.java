package org.quorate.node.config;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as the configuration keeps it: {@code pbkdf2-sha256:ROUNDS:SALT:HASH}, salt and hash
 * in Base64. Immutable.
 */
public final class PasswordHash {
    /** For new hashes: a few tenths of a second of one core. */
    public static final int ROUNDS = 600_000;

    /** Shorter passwords are not taken. */
    public static final int CHARACTERS_MIN = 10;

    private static final int ROUNDS_MIN = 100_000;
    private static final int ROUNDS_MAX = 10_000_000;
    private static final String NAME = "pbkdf2-sha256";
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** Makes the hash of a password, with a salt of its own. */
    public static PasswordHash of(char[] password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return new PasswordHash(ROUNDS, salt, derive(password, salt, ROUNDS));
    }

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException with one line if it is not of that form
     */
    public static PasswordHash parse(String text) {
        String[] parts = text.strip().split(":", -1);
        if (parts.length != 4 || !parts[0].equals(NAME)) {
            throw new IllegalArgumentException("it is not %s:ROUNDS:SALT:HASH".formatted(NAME));
        }
        int rounds = Integer.parseInt(parts[1]);
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        byte[] hash = Base64.getDecoder().decode(parts[3]);
        if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX) {
            throw new IllegalArgumentException(
                    "rounds are %d to %d, not %d".formatted(ROUNDS_MIN, ROUNDS_MAX, rounds));
        }
        if (salt.length < SALT_BYTES || hash.length != HASH_BYTES) {
            throw new IllegalArgumentException("salt or hash is too short");
        }
        return new PasswordHash(rounds, salt, hash);
    }

    /** Is it this password? Takes the time of all rounds. */
    public boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, derive(password, salt, rounds));
    }

    private static byte[] derive(char[] password, byte[] salt, int rounds) {
        PBEKeySpec key = new PBEKeySpec(password, salt, rounds, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(key).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        } finally {
            key.clearPassword();
            Arrays.fill(password, ' ');
        }
    }

    /** The text for the configuration file. */
    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "%s:%d:%s:%s"
                .formatted(NAME, rounds, base64.encodeToString(salt), base64.encodeToString(hash));
    }
}

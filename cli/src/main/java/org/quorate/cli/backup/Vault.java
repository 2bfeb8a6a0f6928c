package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what a repository keeps, with a key of 256 bits from a file (docs/backup.md, decision
 * 186). Immutable; any thread.
 *
 * <p>A content is the header, and segments of 1 MiB, each sealed by AES-256-GCM with its 16 bytes
 * of proof behind it. Each content has a key of its own, derived by HKDF-SHA-256 from the vault's
 * key and the salt, so that numbers of segments may serve as nonces. The last segment is marked in
 * its nonce: contents cannot be cut, and segments neither moved nor mixed.
 *
 * <pre>
 *  0   8        16                          48
 *  | magic | fingerprint |   salt (32)      | segment 0 | segment 1 | … | last segment |
 *            of the key
 *
 *  nonce:   number of the segment (8 bytes) | 1 if it is the last, else 0 (4 bytes)
 * </pre>
 */
final class Vault {
    static final int SEGMENT_BYTES = 1 << 20;

    private static final byte[] MAGIC = "QRTBAK01".getBytes(StandardCharsets.US_ASCII);
    private static final int FINGERPRINT_BYTES = 8;
    private static final int SALT_BYTES = 32;
    private static final int KEY_BYTES = 32;
    private static final int PROOF_BYTES = 16;

    private final SecretKey key;
    private final byte[] fingerprint;
    private final SecureRandom random = new SecureRandom();

    Vault(byte[] secret) {
        if (secret.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes");
        }
        this.key = new SecretKeySpec(secret, "HKDF");
        this.fingerprint = derive("fingerprint", new byte[0], FINGERPRINT_BYTES);
    }

    /**
     * Reads a key file: 32 bytes in Base64.
     *
     * @throws IOException with one line that says what is wrong with it
     */
    static Vault read(Path file) throws IOException {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no key file: it is not Base64", e);
        }
        if (secret.length != KEY_BYTES) {
            throw new IOException(
                    "%s is no key file: it has %d bytes instead of %d; make one with quorate backup key"
                            .formatted(file, secret.length, KEY_BYTES));
        }
        return new Vault(secret);
    }

    /** A new key as a key file has it. */
    static String newKey() {
        byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret) + "\n";
    }

    /** For people: which key it is. Tells nothing about the key. */
    String fingerprint() {
        return HexFormat.of().formatHex(fingerprint);
    }

    /** What a content is called, so that its name does not tell what it is. */
    String nameOf(String sha256) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(derive("names", new byte[0], KEY_BYTES), "HmacSHA256"));
            return HexFormat.of()
                    .formatHex(mac.doFinal(sha256.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    private byte[] derive(String purpose, byte[] salt, int bytes) {
        try {
            AlgorithmParameterSpec how =
                    HKDFParameterSpec.ofExtract()
                            .addIKM(key)
                            .addSalt(salt)
                            .thenExpand(
                                    ("quorate backup " + purpose)
                                            .getBytes(StandardCharsets.US_ASCII),
                                    bytes);
            return KDF.getInstance("HKDF-SHA256").deriveData(how);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK 25 has HKDF", e);
        }
    }

    private Cipher cipher(int mode, byte[] secret, long segment, boolean last)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(12).putLong(segment).putInt(last ? 1 : 0).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(secret, "AES"),
                new GCMParameterSpec(PROOF_BYTES * 8, nonce));
        return cipher;
    }

    /** Encrypts what is written to it; closing it closes {@code out}, and only then it is whole. */
    OutputStream seal(OutputStream out) throws IOException {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        out.write(MAGIC);
        out.write(fingerprint);
        out.write(salt);
        return new Sealing(out, derive("content", salt, KEY_BYTES));
    }

    private final class Sealing extends OutputStream {
        private final OutputStream out;
        private final byte[] secret;
        private final byte[] plain = new byte[SEGMENT_BYTES];
        private int filled;
        private long segment;
        private boolean closed;

        Sealing(OutputStream out, byte[] secret) {
            this.out = out;
            this.secret = secret;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int at = from;
            for (int left = length; left > 0; ) {
                if (filled == SEGMENT_BYTES) {
                    flush(false); // there is more, so this one is not the last
                }
                int some = Math.min(left, SEGMENT_BYTES - filled);
                System.arraycopy(bytes, at, plain, filled, some);
                filled += some;
                at += some;
                left -= some;
            }
        }

        private void flush(boolean last) throws IOException {
            try {
                Cipher cipher = cipher(Cipher.ENCRYPT_MODE, secret, segment++, last);
                out.write(cipher.doFinal(plain, 0, filled));
                filled = 0;
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot encrypt: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                try (out) {
                    flush(true);
                }
            }
        }
    }

    /**
     * Decrypts; a reader gets nothing that is not proven.
     *
     * @param what for errors: where the content is
     * @throws IOException with one line if it was encrypted by another key
     */
    InputStream open(InputStream in, String what) throws IOException {
        byte[] header = in.readNBytes(MAGIC.length + FINGERPRINT_BYTES + SALT_BYTES);
        if (header.length < MAGIC.length + FINGERPRINT_BYTES + SALT_BYTES
                || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException(what + " is damaged: it does not begin as an encrypted content");
        }
        byte[] theirs = Arrays.copyOfRange(header, MAGIC.length, MAGIC.length + FINGERPRINT_BYTES);
        if (!Arrays.equals(theirs, fingerprint)) {
            throw new IOException(
                    "%s was encrypted with another key: its fingerprint is %s, that of the key given %s"
                            .formatted(what, HexFormat.of().formatHex(theirs), fingerprint()));
        }
        byte[] salt = Arrays.copyOfRange(header, header.length - SALT_BYTES, header.length);
        return new Opening(in, derive("content", salt, KEY_BYTES), what);
    }

    private final class Opening extends InputStream {
        private final InputStream in;
        private final byte[] secret;
        private final String what;
        private byte[] plain = new byte[0];
        private int read;
        private byte[] sealed;
        private long segment;
        private boolean last;

        Opening(InputStream in, byte[] secret, String what) throws IOException {
            this.in = in;
            this.secret = secret;
            this.what = what;
            this.sealed = in.readNBytes(SEGMENT_BYTES + PROOF_BYTES);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (read == plain.length) {
                if (last) {
                    return -1;
                }
                next();
            }
            int some = Math.min(length, plain.length - read);
            System.arraycopy(plain, read, into, from, some);
            read += some;
            return some;
        }

        /** One segment is read ahead, to know which is the last. */
        private void next() throws IOException {
            byte[] ahead = in.readNBytes(SEGMENT_BYTES + PROOF_BYTES);
            last = ahead.length == 0;
            try {
                plain = cipher(Cipher.DECRYPT_MODE, secret, segment++, last).doFinal(sealed);
            } catch (AEADBadTagException e) {
                throw new IOException(what + " is damaged: it is not what was encrypted", e);
            } catch (GeneralSecurityException e) {
                throw new IOException(what + " is damaged: " + e.getMessage(), e);
            }
            read = 0;
            sealed = ahead;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

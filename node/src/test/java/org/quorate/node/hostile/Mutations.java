package org.quorate.node.hostile;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Makes bad frames of good ones. */
final class Mutations {
    private static final int LENGTH_BYTES = 4;
    private static final int TYPE_AT = 8;
    private static final int[] NASTY = {
        0, 1, -1, -2, 4, 255, 1 << 20, (1 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final SplittableRandom random;

    Mutations(SplittableRandom random) {
        this.random = random;
    }

    /** A frame of whatever bytes whose length is true: what follows it is read as a frame again. */
    byte[] inside(byte[] frame) {
        byte[] bad = frame.clone();
        switch (random.nextInt(8)) {
            case 0 -> {} // as it is
            case 1 -> bad = Arrays.copyOf(bad, random.nextInt(LENGTH_BYTES, bad.length + 1));
            case 2 -> {
                bad = Arrays.copyOf(bad, bad.length + random.nextInt(1, 40));
                flip(bad, frame.length, bad.length - frame.length);
            }
            case 3 -> overwrite(bad, NASTY[random.nextInt(NASTY.length)]);
            case 4 -> { // another operation with this body
                if (bad.length >= TYPE_AT + 4) {
                    int type = random.nextBoolean() ? random.nextInt(-12, 110) : random.nextInt();
                    setInt(bad, TYPE_AT, type);
                }
            }
            default -> flip(bad, LENGTH_BYTES, random.nextInt(1, 6));
        }
        setInt(bad, 0, bad.length - LENGTH_BYTES);
        return bad;
    }

    /** Bytes that end a conversation: a false length, or a frame that stops in its middle. */
    byte[] ending(byte[] frame) {
        byte[] bad = frame.clone();
        switch (random.nextInt(4)) {
            case 0 -> setInt(bad, 0, NASTY[random.nextInt(NASTY.length)]);
            case 1 -> setInt(bad, 0, random.nextInt());
            case 2 -> {
                bad = new byte[random.nextInt(1, 200)];
                random.nextBytes(bad);
            }
            default -> bad = Arrays.copyOf(bad, random.nextInt(1, bad.length + 1));
        }
        return bad;
    }

    private void flip(byte[] bytes, int from, int count) {
        for (int i = 0; i < count && bytes.length > from; i++) {
            int at = random.nextInt(from, bytes.length);
            bytes[at] =
                    random.nextBoolean()
                            ? (byte) (bytes[at] ^ 1 << random.nextInt(8))
                            : (byte) random.nextInt();
        }
    }

    private void overwrite(byte[] bytes, int value) {
        if (bytes.length >= 2 * LENGTH_BYTES) {
            setInt(bytes, random.nextInt(LENGTH_BYTES, bytes.length - 3), value);
        }
    }

    private static void setInt(byte[] bytes, int at, int value) {
        ByteBuffer.wrap(bytes).putInt(at, value);
    }
}

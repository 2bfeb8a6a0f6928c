package org.quorate.log;

import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;

/**
 * What stands behind a snapshot's nodes: seals, digest block, last zxid, in one of four
 * combinations. Nothing says which; the seals decide (disk formats §5.1).
 *
 * @param digestZxid −1 if there is no digest block
 * @param digestVersion meaningless without digest block
 * @param digest meaningless without digest block, and for versions below 2
 * @param lastZxid −1 if there is no such block
 */
record SnapshotEnding(long digestZxid, int digestVersion, long digest, long lastZxid) {
    static final long ABSENT = -1;

    /**
     * Tries all combinations.
     *
     * @param sealed Adler-32 of everything before {@code from}
     * @return null if no combination fits
     */
    static @Nullable SnapshotEnding parse(byte[] bytes, int from, int to, long sealed) {
        for (int blocks = 3; blocks >= 0; blocks--) {
            SnapshotEnding ending =
                    parse(bytes, from, to, sealed, (blocks & 1) != 0, (blocks & 2) != 0);
            if (ending != null) {
                return ending;
            }
        }
        return null;
    }

    /** Whether a crash may have left these bytes of an ending that was being written. */
    static boolean isCut(byte[] bytes, long sealed) {
        if (bytes.length < SnapshotFormat.SEAL_BYTES) {
            return true;
        }
        return bytes.length < SnapshotFormat.FULL_ENDING_BYTES
                && bytes[bytes.length - 1] != '/'
                && readSeal(new JuteIn().wrap(bytes), 0, sealed, new Adler32());
    }

    private static @Nullable SnapshotEnding parse(
            byte[] bytes, int from, int to, long sealed, boolean hasDigest, boolean hasLastZxid) {
        JuteIn in = new JuteIn().wrap(bytes, from, to);
        Adler32 adler = new Adler32();
        long digestZxid = ABSENT;
        int digestVersion = 0;
        long digest = 0;
        long lastZxid = ABSENT;
        try {
            boolean good = readSeal(in, from, sealed, adler);
            if (good && hasDigest) {
                digestZxid = in.readLong();
                digestVersion = in.readInt();
                digest = readDigest(in, digestVersion);
                good = readSeal(in, from, sealed, adler);
            }
            if (good && hasLastZxid) {
                lastZxid = in.readLong();
                good = readSeal(in, from, sealed, adler);
            }
            return good && in.remaining() == 0
                    ? new SnapshotEnding(digestZxid, digestVersion, digest, lastZxid)
                    : null;
        } catch (JuteException e) {
            return null;
        }
    }

    private static long readDigest(JuteIn in, int version) {
        if (version >= 2) {
            return in.readLong();
        }
        in.skipSlice();
        return 0;
    }

    private static boolean readSeal(JuteIn in, int from, long sealed, Adler32 adler) {
        int at = in.position();
        adler.reset();
        adler.update(in.array(), from, at - from);
        long expected = Checksum.joined(sealed, adler.getValue(), at - from);
        return in.readLong() == expected && in.readInt() == 1 && in.readByte() == '/';
    }
}

package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.txn.TxnHeader;

/**
 * Decides what lies behind the last good record of a log file: nothing, the remains of a write that
 * a crash cut off, or damage.
 *
 * <p>A cut-off write was never acknowledged and may be forgotten; a damaged record may have been,
 * and must not. What tells them apart is that a write that did not arrive leaves what was there
 * before: zeros, or the end of the file. A write arrives up to some byte, or in whole sectors in
 * any order. So a record is torn only if a piece of it that a write would lose as one is all zero,
 * if it is not explained better by one wrong bit or a wrong length, and if no more follows than one
 * write can hold. Everything else is damage. (ZooKeeper takes any record with a wrong length or
 * without its last byte for the end of the file, and forgets what is behind it.)
 */
final class TailJudge {
    private static final int ADLER_BASE = 65521;
    private static final int READ_BYTES = 256 << 10;

    private final Disk.File file;
    private final long size;

    /** The bytes from the first that is not good: as far as looked at. */
    private byte[] tail = new byte[0];

    private long at;
    private long lastZxid;

    TailJudge(Disk.File file, long size) {
        this.file = file;
        this.size = size;
    }

    /**
     * @param offset end of the last good record
     * @param lastZxid its zxid; at the first record, what its zxid should follow; −1 if unknown
     */
    LogEnd judge(long offset, long lastZxid) throws IOException {
        this.lastZxid = lastZxid;
        at = offset;
        long lastNonZero = lastNonZero(offset);
        if (lastNonZero < 0) {
            return new LogEnd(LogEnd.Kind.CLEAN, offset, "");
        }
        int length = declaredLength();
        long window = LogFormat.HEAD_BYTES + (long) LogFormat.WRITE_BYTES_MAX;
        if (length > 0) {
            window = Math.max(window, (long) LogFormat.FRAME_BYTES + length);
        }
        tail = new byte[(int) Math.min(window, size - offset)];
        Bytes.read(file, tail, 0, tail.length, offset);
        String damage = damage(length);
        if (damage != null) {
            return new LogEnd(LogEnd.Kind.DAMAGED, offset, damage);
        }
        return judgeTear(length, lastNonZero);
    }

    /** For a file that does not begin with a log's header. */
    LogEnd judgeHeader(byte[] header, int length) throws IOException {
        byte[] expected = new byte[LogFormat.FILE_HEADER_BYTES];
        ByteBuffer.wrap(expected).putInt(LogFormat.MAGIC).putInt(LogFormat.VERSION);
        int same = 0;
        while (same < length && header[same] == expected[same]) {
            same++;
        }
        long lastNonZero = lastNonZero(0);
        boolean cut = lastNonZero < same;
        boolean firstSectorLost =
                lastNonZero(0, LogFormat.SECTOR_BYTES) < 0
                        && lastNonZero < LogFormat.WRITE_BYTES_MAX;
        return cut || firstSectorLost
                ? new LogEnd(LogEnd.Kind.EMPTY, 0, "nothing was written before a crash")
                : new LogEnd(LogEnd.Kind.DAMAGED, 0, "it does not begin as a log does");
    }

    private LogEnd judgeTear(int length, long lastNonZero) {
        long recordEnd =
                at + (length > 0 ? (long) LogFormat.FRAME_BYTES + length : LogFormat.HEAD_BYTES);
        boolean restMissing = lastNonZero < recordEnd - 1;
        if (restMissing && isPlausible(lastNonZero)) {
            return torn();
        }
        if (lastNonZero - recordEnd > LogFormat.WRITE_BYTES_MAX) {
            return new LogEnd(
                    LogEnd.Kind.DAMAGED,
                    at,
                    "no record there, yet %d bytes of log behind it".formatted(lastNonZero - at));
        }
        for (long sector = at - at % LogFormat.SECTOR_BYTES;
                sector < Math.min(recordEnd, size);
                sector += LogFormat.SECTOR_BYTES) {
            int from = (int) (Math.max(sector, at) - at);
            int to = (int) Math.min(sector + LogFormat.SECTOR_BYTES - at, tail.length);
            if (Bytes.isZero(tail, from, to)) {
                return torn();
            }
        }
        boolean complete =
                length > 0
                        && recordEnd <= size
                        && tail[LogFormat.HEAD_BYTES + length] == LogFormat.END_OF_RECORD;
        return new LogEnd(
                LogEnd.Kind.DAMAGED, at, complete ? "its checksum is wrong" : "it is not a record");
    }

    /**
     * Whether what is there of a record with a missing end can be the beginning of the record that
     * comes next: otherwise its length is not to be believed.
     */
    private boolean isPlausible(long lastNonZero) {
        int zxidAt = LogFormat.HEAD_BYTES + LogFormat.ZXID_AT;
        return lastNonZero - at < zxidAt + Long.BYTES
                || lastZxid < 0
                || ZxidOrder.follows(lastZxid, Bytes.int64(tail, zxidAt));
    }

    private LogEnd torn() {
        return new LogEnd(LogEnd.Kind.TORN, at, "the write was cut off");
    }

    /** 0 if there is none that can be. */
    private int declaredLength() throws IOException {
        if (size - at < LogFormat.HEAD_BYTES) {
            return 0;
        }
        byte[] head = new byte[LogFormat.HEAD_BYTES];
        Bytes.read(file, head, 0, head.length, at);
        int length = Bytes.int32(head, LogFormat.LENGTH_AT);
        return length > 0 && length <= LogFormat.RECORD_BYTES_MAX ? length : 0;
    }

    /** Says what is damaged if that is certain; otherwise null. */
    private @Nullable String damage(int length) {
        if (tail.length < LogFormat.FRAME_BYTES) {
            return null;
        }
        long checksum = Bytes.int64(tail, 0);
        if (length > 0 && LogFormat.FRAME_BYTES + length <= tail.length) {
            String damage = damageOfFullRecord(checksum, length);
            if (damage != null) {
                return damage;
            }
        }
        int other = lengthByChecksum(checksum);
        return other > 0 && other != length
                ? "its length says %d but is %d"
                        .formatted(Bytes.int32(tail, LogFormat.LENGTH_AT), other)
                : null;
    }

    private @Nullable String damageOfFullRecord(long checksum, int length) {
        Adler32 adler = new Adler32();
        adler.update(tail, LogFormat.HEAD_BYTES, length);
        long found = adler.getValue();
        byte last = tail[LogFormat.HEAD_BYTES + length];
        if (found == checksum) {
            if (last == LogFormat.END_OF_RECORD && length < TxnHeader.BYTES) {
                return "it is too short for a transaction";
            }
            return last == 0 ? null : "its last byte is wrong";
        }
        if (last == LogFormat.END_OF_RECORD
                && (Long.bitCount(found ^ checksum) == 1
                        || oneBitExplains(checksum, found, length))) {
            return "its checksum is wrong";
        }
        return null;
    }

    /**
     * Whether one flipped bit in the body explains the checksum. Adler-32 is two sums: a change of
     * a byte by d at distance k from the body's end changes one by d and the other by d · k.
     */
    private boolean oneBitExplains(long expected, long found, int length) {
        int low = Math.floorMod((int) (expected & 0xffff) - (int) (found & 0xffff), ADLER_BASE);
        int high = Math.floorMod((int) (expected >> 16 & 0xffff) - (int) (found >> 16), ADLER_BASE);
        for (int bit = 0; bit < 8; bit++) {
            int change = 1 << bit;
            if (low == change && bitIs(0, bit, change, high, length)
                    || low == ADLER_BASE - change
                            && bitIs(1, bit, ADLER_BASE - change, high, length)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some byte at a fitting distance has this bit as it would be after the flip. */
    private boolean bitIs(int value, int bit, int change, int high, int length) {
        for (int distance = 1; distance <= length; distance++) {
            if ((int) ((long) change * distance % ADLER_BASE) == high
                    && (tail[LogFormat.HEAD_BYTES + length - distance] >> bit & 1) == value) {
                return true;
            }
        }
        return false;
    }

    /** The length at which the bytes are a whole record with this checksum; 0 if there is none. */
    private int lengthByChecksum(long checksum) {
        int low = 1;
        int high = 0;
        for (int at = LogFormat.HEAD_BYTES; at < tail.length; at++) {
            int length = at - LogFormat.HEAD_BYTES;
            if (tail[at] == LogFormat.END_OF_RECORD
                    && length >= TxnHeader.BYTES
                    && ((long) high << 16 | low) == checksum) {
                return length;
            }
            low = (low + (tail[at] & 0xff)) % ADLER_BASE;
            high = (high + low) % ADLER_BASE;
        }
        return 0;
    }

    private long lastNonZero(long from) throws IOException {
        return lastNonZero(from, size);
    }

    /** −1 if there are only zeros. */
    private long lastNonZero(long from, long to) throws IOException {
        byte[] bytes = new byte[READ_BYTES];
        long last = -1;
        for (long offset = from; offset < Math.min(to, size); ) {
            int wanted = (int) Math.min(bytes.length, Math.min(to, size) - offset);
            int read = Bytes.read(file, bytes, 0, wanted, offset);
            if (read == 0) {
                break;
            }
            int found = Bytes.lastNonZero(bytes, 0, read);
            if (found >= 0) {
                last = offset + found;
            }
            offset += read;
        }
        return last;
    }
}

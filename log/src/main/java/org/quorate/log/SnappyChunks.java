package org.quorate.log;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/**
 * Unpacks what snappy's Java library writes as a stream: a header of 16 bytes, then chunks, each
 * with its length in front. Snappy's own reader believes any length, and throws an {@link Error} at
 * some. Used by one thread.
 */
final class SnappyChunks extends InputStream {
    /** Of a chunk, packed and unpacked; snappy's writer makes them of 32 KB. */
    static final int CHUNK_BYTES_MAX = 16 << 20;

    private static final int HEADER_BYTES = 16;
    private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};

    private final InputStream in;
    private byte[] packed = new byte[0];
    private byte[] bytes = new byte[0];
    private int at;
    private int to;

    SnappyChunks(InputStream in) throws IOException {
        this.in = in;
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new EOFException("it ends within the header");
        }
        if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("it does not begin as snappy's streams do");
        }
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int taken = Math.min(length, to - at);
        System.arraycopy(bytes, at, into, from, taken);
        at += taken;
        return taken;
    }

    private boolean hasMore() throws IOException {
        while (at == to) {
            byte[] head = in.readNBytes(Integer.BYTES);
            if (head.length == 0) {
                return false;
            }
            if (head.length < Integer.BYTES) {
                throw new EOFException("it ends within the length of a chunk");
            }
            unpack(Bytes.int32(head, 0));
        }
        return true;
    }

    private void unpack(int length) throws IOException {
        packed = room(packed, length);
        if (in.readNBytes(packed, 0, length) < length) {
            throw new EOFException("it ends within a chunk");
        }
        int unpacked = Snappy.uncompressedLength(packed, 0, length);
        bytes = room(bytes, unpacked);
        at = 0;
        to = Snappy.uncompress(packed, 0, length, bytes, 0);
    }

    private static byte[] room(byte[] there, int length) throws IOException {
        if (length < 0 || length > CHUNK_BYTES_MAX) {
            throw new IOException(
                    "a chunk of %d bytes; there may be %d".formatted(length, CHUNK_BYTES_MAX));
        }
        return length <= there.length ? there : new byte[length];
    }
}

package org.quorate.net;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client's socket delivers into frames (client protocol §2) and keeps what is not a
 * whole frame, or was not taken, for later. Owned by the link's event loop.
 */
final class FrameCutter {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int LENGTH_BYTES = 4;

    /**
     * Longest first frame: a handshake has 45 bytes with the password that servers give. It bounds
     * what somebody can have kept here who has no session.
     */
    static final int HANDSHAKE_BYTES_MAX = 1 << 10;

    private final ClientLink link;
    private final ClientLoop loop;

    // What was read and not taken; null when there is nothing.
    private byte @Nullable [] kept;
    private int keptLength;

    // So many bytes must be kept before there is anything to cut.
    private int wanted;

    // The handler left whole frames untaken: the socket is not read.
    private boolean paused;

    FrameCutter(ClientLink link, ClientLoop loop) {
        this.link = link;
        this.loop = loop;
    }

    static int intAt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    boolean isPaused() {
        return paused;
    }

    /** Bytes that the frame lacks whose beginning was read; 0 without one. */
    int missing() {
        return kept == null ? 0 : Math.max(0, wanted - keptLength);
    }

    /** Takes all that is in the buffer. */
    void read(ByteBuf in) {
        int length = in.readableBytes();
        if (length == 0 || link.isClosing() || link.isWord()) {
            return;
        }
        if (kept == null) {
            byte[] scratch = loop.scratch(length);
            in.readBytes(scratch, 0, length);
            int rest = cut(scratch, length);
            if (rest < length && !link.isClosing()) {
                keep(scratch, rest, length);
            }
            return;
        }
        append(in, length);
        if (!paused && keptLength >= wanted) {
            cutKept();
        }
    }

    /** Offers again what was not taken, and reads on if that was all. */
    void offerAgain() {
        if (!paused || link.isClosing()) {
            return;
        }
        cutKept();
        if (!link.isClosing()) {
            link.readOn();
        }
    }

    void drop() {
        keepNothing();
        paused = false;
    }

    private void keep(byte[] bytes, int from, int to) {
        int length = to - from;
        byte[] array = loop.parts().take(length);
        System.arraycopy(bytes, from, array, 0, length);
        kept = array;
        keptLength = length;
    }

    private void keepNothing() {
        byte[] array = kept;
        if (array != null) {
            kept = null;
            keptLength = 0;
            loop.parts().give(array);
        }
    }

    private void append(ByteBuf in, int length) {
        byte[] bytes = kept;
        if (bytes == null) {
            throw new IllegalStateException("nothing is kept");
        }
        int needed = keptLength + length;
        if (paused && needed > loop.keptBytesMax()) {
            // Reading was stopped, and yet it comes: a socket whose other side is gone.
            link.closeNow();
            return;
        }
        if (bytes.length < needed) {
            int roomy = Math.min(2 * bytes.length, wanted);
            byte[] longer = loop.parts().take(Math.max(needed, roomy));
            System.arraycopy(bytes, 0, longer, 0, keptLength);
            kept = longer;
            loop.parts().give(bytes);
            bytes = longer;
        }
        in.readBytes(bytes, keptLength, length);
        keptLength = needed;
    }

    @SuppressWarnings("ReferenceEquality") // this very array
    private void cutKept() {
        byte[] bytes = kept;
        if (bytes == null) {
            return;
        }
        int length = keptLength;
        int rest = cut(bytes, length);
        if (kept != bytes) {
            return; // the link has gone, and the array with it
        }
        if (rest == length || link.isClosing()) {
            keepNothing();
        } else if (rest > 0) {
            keep(bytes, rest, length);
            loop.parts().give(bytes);
        }
    }

    /**
     * Hands on the whole frames in {@code bytes[0 .. to)}.
     *
     * @return where the rest begins
     */
    private int cut(byte[] bytes, int to) {
        if (link.isFresh() && isWord(bytes, to)) {
            return wanted > to ? 0 : to;
        }
        int at = 0;
        int last = 0;
        int count = 0;
        boolean malformed = false;
        wanted = LENGTH_BYTES;
        while (to - at >= LENGTH_BYTES) {
            int length = intAt(bytes, at);
            int most =
                    at == 0 && link.isFresh()
                            ? Math.min(HANDSHAKE_BYTES_MAX, loop.options().frameBytesMax())
                            : loop.options().frameBytesMax();
            if (length < 0 || length > most) {
                malformed = true;
                break;
            }
            if (to - at - LENGTH_BYTES < length) {
                wanted = LENGTH_BYTES + length;
                break;
            }
            last = at;
            at += LENGTH_BYTES + length;
            count++;
        }
        int taken = count == 0 || !link.hasTurn(at) ? 0 : handIn(bytes, at, count, last);
        pause(taken < at);
        if (malformed && taken == at) {
            // Closed, as ZooKeeper does; what came before it has been handed on.
            link.close();
        }
        return taken;
    }

    /** Is a word, or the beginning of one: {@link #wanted} then says how much belongs to it. */
    private boolean isWord(byte[] bytes, int to) {
        if (to < LENGTH_BYTES) {
            wanted = LENGTH_BYTES;
            return true;
        }
        int word = intAt(bytes, 0);
        int argumentBytes = loop.words().argumentBytes(word);
        if (argumentBytes < 0) {
            return false;
        }
        wanted = LENGTH_BYTES + argumentBytes;
        if (to >= wanted) {
            link.word(word, Arrays.copyOfRange(bytes, LENGTH_BYTES, wanted));
        }
        return true;
    }

    private int handIn(byte[] bytes, int to, int count, int last) {
        if (link.isFresh()) {
            link.shaking();
        }
        loop.roundBegins();
        int taken = loop.handler().received(link, bytes, 0, to);
        if (taken < 0 || taken > to) {
            throw new IllegalStateException("took %d of %d bytes".formatted(taken, to));
        }
        if (taken == to) {
            link.taken(count, to, bytes, last + LENGTH_BYTES, to - last - LENGTH_BYTES);
        } else {
            countTaken(bytes, taken);
        }
        return taken;
    }

    private void countTaken(byte[] bytes, int to) {
        int count = 0;
        int last = 0;
        for (int at = 0; at < to; count++) {
            last = at;
            at += LENGTH_BYTES + intAt(bytes, at);
        }
        if (count > 0) {
            link.taken(count, to, bytes, last + LENGTH_BYTES, to - last - LENGTH_BYTES);
        }
    }

    private void pause(boolean now) {
        if (now && !paused) {
            link.channel().config().setAutoRead(false);
        }
        paused = now;
    }
}

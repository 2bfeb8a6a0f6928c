package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * The buffers into which all sockets of an event loop are read in turn: whoever gets one copies
 * what he needs and releases it before the next read. Not for pipelines that keep what they get, as
 * TLS does.
 *
 * <p>A turn of a socket is one read of at most {@link #TURN_BYTES}, after which the other sockets
 * that are ready have theirs: a client that sends a thousand requests at once delays the others by
 * the time of some hundred, and not by that of all. Who is in the midst of a longer frame reads
 * more at once, since that costs no more than copying it. Owned by the loop.
 */
final class TurnBuffers {
    /** What one client is read in its turn. */
    static final int TURN_BYTES = 4 << 10;

    /** The same within a frame that is longer. */
    static final int FRAME_BYTES = 64 << 10;

    private final ByteBuf turn = buffer(TURN_BYTES);
    private final ByteBuf frame = buffer(FRAME_BYTES);

    private static ByteBuf buffer(int bytes) {
        return new UnpooledByteBufAllocator(true, true).directBuffer(bytes, bytes);
    }

    /** What reads the socket of this link. */
    RecvByteBufAllocator of(ClientLink link) {
        return new Turns(link.cutter());
    }

    /** The same for sockets that speak TLS, into buffers of their own: about a record in a turn. */
    static RecvByteBufAllocator ofTls() {
        return new AdaptiveRecvByteBufAllocator(64, 2 << 10, 4 * TURN_BYTES).maxMessagesPerRead(1);
    }

    private final class Turns extends DefaultMaxMessagesRecvByteBufAllocator {
        private final FrameCutter cutter;

        Turns(FrameCutter cutter) {
            this.cutter = cutter;
        }

        @Override
        @SuppressWarnings("deprecation") // Netty deprecates calling this, not implementing it.
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public ByteBuf allocate(ByteBufAllocator alloc) {
                    ByteBuf next = next();
                    if (next.refCnt() != 1) {
                        throw new IllegalStateException(
                                "the receive buffer is still held %d times"
                                        .formatted(next.refCnt()));
                    }
                    return next.clear().retain();
                }

                @Override
                public int guess() {
                    return next().capacity();
                }
            };
        }

        private ByteBuf next() {
            return cutter.missing() > TURN_BYTES ? frame : turn;
        }
    }

    void release() {
        turn.release();
        frame.release();
    }
}

package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * One buffer into which all sockets of an event loop are read in turn: whoever gets it copies what
 * he needs and releases it before the next read. Not for pipelines that keep what they get, as TLS
 * does.
 */
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ByteBuf buffer;

    ReceiveBuffer(int bytes) {
        this.buffer = new UnpooledByteBufAllocator(true, true).directBuffer(bytes, bytes);
    }

    @Override
    @SuppressWarnings("deprecation") // Netty deprecates calling this, not implementing it.
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator alloc) {
                if (buffer.refCnt() != 1) {
                    throw new IllegalStateException(
                            "the receive buffer is still held %d times".formatted(buffer.refCnt()));
                }
                return buffer.clear().retain();
            }

            @Override
            public int guess() {
                return buffer.capacity();
            }
        };
    }

    void release() {
        buffer.release();
    }
}

package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sends to a socket without Netty's pipeline and its queue of what is to be sent, which cost as
 * much as half the system call: nearly always the socket takes all at once. What it does not take,
 * and all that follows until it has, is Netty's. Owned by the channel's event loop.
 */
final class DirectSocket {
    private final Channel channel;
    private final Socket socket;

    private DirectSocket(Channel channel, Socket socket) {
        this.channel = channel;
        this.socket = socket;
    }

    /** Null if the transport is none that has such sockets. */
    static @Nullable DirectSocket of(Channel channel) {
        return channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket
                ? new DirectSocket(channel, socket)
                : null;
    }

    /**
     * Sends what is in a buffer.
     *
     * @return true if all was sent; else the rest is in the buffer, and is to be written by Netty,
     *     who also finds out once more what is wrong with the socket
     */
    boolean takesAll(ByteBuf buffer) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting == null || !waiting.isEmpty() || !buffer.hasMemoryAddress()) {
            return false;
        }
        try {
            int sent =
                    socket.sendAddress(
                            buffer.memoryAddress(), buffer.readerIndex(), buffer.writerIndex());
            buffer.skipBytes(sent);
        } catch (IOException e) {
            return false;
        }
        return !buffer.isReadable();
    }
}

package org.quorate.node.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Stands behind the flow control: whoever asked for a message gets one, however many reads of the
 * socket it takes to complete it. Owned by its connection's event loop.
 */
final class ReadOn extends ChannelDuplexHandler {
    private boolean wanted;

    @Override
    public void read(ChannelHandlerContext context) {
        wanted = true;
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        wanted = false;
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (wanted) {
            context.read();
        }
        context.fireChannelReadComplete();
    }
}

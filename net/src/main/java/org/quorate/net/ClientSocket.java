package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a client channel's pipeline: bytes become calls of its {@link ClientLink}. */
final class ClientSocket extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSocket.class);

    private final ClientLink link;
    private final ClientLoop loop;

    ClientSocket(ClientLink link, ClientLoop loop) {
        this.link = link;
        this.loop = loop;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.opened(link);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.closed(link);
        loop.edgeLoop().flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            link.heard(System.nanoTime());
            link.cutter().read(bytes);
        } finally {
            bytes.release();
        }
        loop.edgeLoop().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        link.countUnsent();
        if (context.channel().isWritable() && link.cutter().isPaused()) {
            // Not from within the flush that made it so.
            loop.edgeLoop()
                    .execute(() -> {
                        link.cutter().offerAgain();
                        loop.edgeLoop().flush();
                    });
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && link.isAnswered()) {
            Transport.close(context.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (link.isClosing()) {
            return; // each write that fails is reported
        }
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("connection of {} broke: {}", link.remote(), cause.toString());
        } else {
            LOG.error("closing {}", link.remote(), cause);
        }
        link.closeNow();
    }
}

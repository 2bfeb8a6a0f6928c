package org.quorate.net.tls;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Lets a server be heard that says who it is and closes at once, as the one with the smaller id
 * does on an election port. Its last words come with the end of the handshake, and while
 * certificates are checked on another thread the end of the connection would throw both away. So
 * the end is seen as a half-closed connection, which is closed after a while. Owned by the
 * channel's event loop.
 */
final class LastWords extends ChannelInboundHandlerAdapter {
    /** For the handshake, and for what was sent behind it. */
    private static final long WAIT_MILLIS_MAX = 2_000;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        SslHandler handler = ctx.pipeline().get(SslHandler.class);
        if (handler == null || handler.handshakeFuture().isDone()) {
            close(ctx);
            return;
        }
        Future<?> _ =
                ctx.executor().schedule(() -> close(ctx), WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private static void close(ChannelHandlerContext ctx) {
        ChannelFuture _ = ctx.close();
    }
}

package org.quorate.node.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: one request at a time. Messages are read one by one: the next piece of a
 * body when its reader wants it, the next request when the last one is answered. Owned by its event
 * loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private final HttpHandler handler;
    private final int idleMillisMax;
    private @Nullable RequestBody body;

    HttpConnection(HttpHandler handler, int idleMillisMax) {
        this.handler = handler;
        this.idleMillisMax = idleMillisMax;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            refuse(context, status(message.decoderResult().cause()));
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(context, request);
        }
        if (message instanceof HttpContent content && body != null) {
            body.piece(content.content(), message instanceof LastHttpContent);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        Channel channel = context.channel();
        Runnable wantMore =
                HttpUtil.is100ContinueExpected(request)
                        ? new ContinueOnce(channel)
                        : () -> channel.read();
        RequestBody next = new RequestBody(wantMore, idleMillisMax);
        body = next;
        if (!HttpUtil.isTransferEncodingChunked(request)
                && HttpUtil.getContentLength(request, 0L) == 0) {
            next.end();
            channel.read(); // its end comes as an empty piece all the same
        }
        HttpExchange exchange = new HttpExchange(channel, request, next, idleMillisMax);
        Thread.ofVirtual()
                .name("quorate-http")
                .start(() -> {
                    answer(exchange);
                    settle(channel, exchange);
                });
    }

    private void settle(Channel channel, HttpExchange exchange) {
        try {
            channel.eventLoop().execute(() -> answered(channel, exchange));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server was closed before {} ended", exchange.path());
        }
    }

    private void answer(HttpExchange exchange) {
        try {
            handler.handle(exchange);
            if (!exchange.isAnswered()) {
                exchange.send(404, "text/plain; charset=utf-8", "not found\n");
            }
        } catch (IOException e) {
            LOG.debug("{} {}: {}", exchange.method(), exchange.path(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.method(), exchange.path(), e);
            fail(exchange);
        }
    }

    private static void fail(HttpExchange exchange) {
        try {
            if (!exchange.isAnswered()) {
                exchange.send(500, "text/plain; charset=utf-8", "internal error\n");
            }
        } catch (IOException e) {
            LOG.debug("could not say so: {}", e.getMessage());
        }
    }

    private void answered(Channel channel, HttpExchange exchange) {
        body = null;
        if (exchange.keepsAlive()) {
            channel.read();
        } else {
            var _ = channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (body != null) {
            body.cut();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && body == null) {
            var _ = context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing {}: {}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }

    private static HttpResponseStatus status(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        HttpUtil.setContentLength(response, 0);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** Tells a client that waits for it to go on, before the first piece is read. */
    private static final class ContinueOnce implements Runnable {
        private final Channel channel;
        private boolean told;

        ContinueOnce(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void run() {
            if (!told) {
                told = true;
                var _ =
                        channel.writeAndFlush(
                                new DefaultFullHttpResponse(
                                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
            }
            channel.read();
        }
    }
}

package org.quorate.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LogLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First in the pipeline of an accepted connection: looks at the first byte and becomes a TLS
 * handler, or, where plain bytes may come too, nothing. One byte is enough: 0x16 begins a TLS
 * handshake, and no frame is so long nor any four-letter word so spelt. Owned by the channel's
 * event loop.
 */
public final class TlsFront extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFront.class);
    private static final int HANDSHAKE_RECORD = 0x16;

    private final TlsContext context;
    private final HandshakeLimit limit;
    private final boolean plainToo;

    /**
     * @param plainToo a connection that does not begin with TLS is left as it is; else it is closed
     */
    public TlsFront(TlsContext context, HandshakeLimit limit, boolean plainToo) {
        this.context = context;
        this.limit = limit;
        this.plainToo = plainToo;
    }

    /** Does this connection speak TLS? */
    public static boolean isSecure(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** What the other side has shown, its own certificate first; empty without TLS or any. */
    public static List<X509Certificate> certificates(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return List.of();
        }
        List<X509Certificate> shown = new ArrayList<>();
        try {
            for (Certificate each : handler.engine().getSession().getPeerCertificates()) {
                if (each instanceof X509Certificate certificate) {
                    shown.add(certificate);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            return List.of(); // it has shown none
        }
        return shown;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
        } else if (bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE_RECORD) {
            secure(ctx, bytes);
        } else if (plainToo) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
        } else {
            bytes.release();
            complain(ctx.channel(), "it does not speak TLS");
            ChannelFuture _ = ctx.close();
        }
    }

    private void secure(ChannelHandlerContext ctx, ByteBuf first) {
        Channel channel = ctx.channel();
        if (!limit.begin()) {
            first.release();
            complain(channel, "too many TLS handshakes");
            ChannelFuture _ = ctx.close();
            return;
        }
        SslHandler handler = context.accept(channel);
        handler.handshakeFuture().addListener(done -> ended(channel, done));
        ctx.pipeline().addAfter(ctx.name(), null, handler);
        ctx.fireChannelRead(first);
        ctx.pipeline().remove(this);
    }

    private void ended(Channel channel, Future<? super Channel> done) {
        limit.end(done.isSuccess());
        if (!done.isSuccess()) {
            complain(channel, "no TLS: " + reason(done.cause()));
        }
    }

    /** Anybody can cause it, so it is told only so often; the metrics count each. */
    private void complain(Channel channel, String what) {
        LogLimit complaints = limit.complaints();
        if (complaints.admits()) {
            LOG.warn("closing {}: {}{}", channel.remoteAddress(), what, complaints.untold());
        }
    }

    private static String reason(@Nullable Throwable cause) {
        Throwable at = cause;
        while (at != null && at.getCause() != null) {
            at = at.getCause();
        }
        return String.valueOf(at);
    }
}

package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.protocol.peer.Notification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of an election port: the initial message, then frames. Of the peers' loop. */
final class ElectionSocket extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionSocket.class);
    private static final int LENGTH_BYTES = 4;

    private final ElectionLinks links;
    private final Channel channel;
    private final JuteIn in = new JuteIn(Notification.PAYLOAD_BYTES_MAX);

    // What was read and is not a whole message yet: kept[0 .. keptLength).
    private byte[] kept = new byte[0];
    private int keptLength;
    private int reportedBytes;

    // The initial message is read, or was sent; then whoever sent it is believed, too.
    private boolean heard;
    private boolean introduced;
    private @Nullable Future<?> setUpTimeout;
    private long peer;
    private boolean attached;
    private boolean writing;

    /**
     * @param accepted the other side dialled, so it says first who it is
     */
    ElectionSocket(ElectionLinks links, Channel channel, boolean accepted) {
        this.links = links;
        this.channel = channel;
        this.heard = !accepted;
        this.introduced = !accepted;
    }

    String remote() {
        return String.valueOf(channel.remoteAddress());
    }

    /** From now on frames are votes of this server. */
    void belongsTo(long serverId) {
        peer = serverId;
        attached = true;
    }

    /** Says who this server is, in one write. */
    void introduce(byte[] message) {
        Transport.write(channel, Unpooled.wrappedBuffer(message));
    }

    /**
     * Writes a frame if the one before it is out.
     *
     * @return false if it has to wait for {@link ElectionLinks#idle}
     */
    boolean write(byte[] frame) {
        if (writing || !channel.isActive()) {
            return false;
        }
        writing = true;
        channel.writeAndFlush(Unpooled.wrappedBuffer(frame))
                .addListener(written -> {
                    writing = false;
                    if (written.isSuccess()) {
                        links.idle(peer, this);
                    }
                });
        return true;
    }

    void close() {
        Transport.close(channel);
    }

    void closeWhenFlushed() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!introduced) {
            setUpTimeout =
                    context.executor()
                            .schedule(
                                    () -> {
                                        if (!introduced) {
                                            links.complain(remote(), "did not say who it is");
                                            close();
                                        }
                                    },
                                    links.setUpMillisMax(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int length = bytes.readableBytes();
        if (kept.length < keptLength + length) {
            kept = Arrays.copyOf(kept, keptLength + length);
        }
        bytes.readBytes(kept, keptLength, length);
        bytes.release();
        keptLength += length;
        int at = 0;
        try {
            if (!heard) {
                at = introduction();
            }
            if (introduced) {
                at = frames(at);
            }
        } catch (JuteException e) {
            links.complain(remote(), "sent no election message: " + e.getMessage());
            close();
            at = keptLength;
        }
        keptLength -= at;
        kept = keptLength == 0 ? new byte[0] : Arrays.copyOfRange(kept, at, at + keptLength);
        if (!report()) {
            links.complain(remote(), "sent a long message in part, and others do so, too");
            close();
        }
    }

    /** Has what is kept counted; false if it is too much. */
    private boolean report() {
        int before = reportedBytes;
        reportedBytes = channel.isActive() ? keptLength : 0;
        return links.keeps(reportedBytes - before);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Future<?> timeout = setUpTimeout;
        if (timeout != null) {
            timeout.cancel(false);
        }
        report();
        if (attached) {
            links.lost(peer, this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("election connection of {} broke: {}", remote(), cause.toString());
        } else {
            LOG.error("closing the election connection of {}", remote(), cause);
        }
        close();
    }

    /** Reads the initial message if all of it is there. */
    private int introduction() {
        in.wrap(kept, 0, keptLength);
        InitialMessage message;
        try {
            message = InitialMessage.read(in);
        } catch (JuteException e) {
            if (e.endsEarly()) {
                return 0;
            }
            throw e;
        }
        int at = in.position();
        heard = true;
        if (!links.mayProve()) {
            links.introduced(this, channel, message, new byte[0]);
            return at;
        }
        // What is behind it may be a proof, which another handler hears, and gives back the rest.
        byte[] behind = Arrays.copyOfRange(kept, at, keptLength);
        kept = new byte[0];
        keptLength = 0;
        links.introduced(this, channel, message, behind);
        return 0;
    }

    /** Whoever dials is believed: what comes now are votes. */
    void proven() {
        introduced = true;
    }

    private int frames(int from) {
        int at = from;
        while (keptLength - at >= LENGTH_BYTES && channel.isActive()) {
            int length = FrameCutter.intAt(kept, at);
            if (length < 1 || length > Notification.PAYLOAD_BYTES_MAX) {
                throw new JuteException(
                        "frame of %d bytes, allowed 1 to %d"
                                .formatted(length, Notification.PAYLOAD_BYTES_MAX));
            }
            if (keptLength - at - LENGTH_BYTES < length) {
                break;
            }
            vote(at + LENGTH_BYTES, length);
            at += LENGTH_BYTES + length;
        }
        return at;
    }

    private void vote(int from, int length) {
        if (!attached) {
            return;
        }
        Notification vote;
        try {
            vote = Notification.read(in.wrap(kept, from, from + length));
        } catch (JuteException e) {
            links.complain(
                    remote(),
                    "sent, as server %d, a vote that cannot be read: %s"
                            .formatted(peer, e.getMessage()));
            return;
        }
        links.handler().vote(peer, vote);
    }
}

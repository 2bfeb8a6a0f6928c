package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on a quorum port, to a leader or from a learner. Owned by its event loop; other
 * threads speak to it through the {@link Outbox}.
 */
public final class QuorumLink extends Link {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumLink.class);
    private static final int CHUNK_BYTES = 256 << 10;

    /** What the outbox tells: this state is to be sent. */
    record Snapshot(SnapshotSource view) {}

    /** What the outbox tells: when what it has told before is out, somebody wants to know. */
    record Measured(long sinceNanos, LongConsumer waitedNanos) {}

    /** What the outbox tells: close without flushing. */
    enum Cut {
        NOW
    }

    /** Whatever the host needs with this link; the event loop's. */
    public @Nullable Object attachment;

    private final long id;
    private final String remote;
    private final long behindBytesMax;

    // Bytes that wait until a state is out; null while none is being sent.
    private @Nullable JuteOut behind;

    // To be measured behind the state that is being sent; null if nothing is.
    private @Nullable Measured behindState;

    // The host closed it, so it is not told that it is closed.
    private boolean closedByHost;

    QuorumLink(Channel channel, EdgeLoop loop, long id, long outboundBytesMax) {
        super(channel, loop, outboundBytesMax, false);
        this.id = id;
        this.remote = String.valueOf(channel.remoteAddress());
        this.behindBytesMax = outboundBytesMax;
    }

    /** Never used again for another link. */
    public long id() {
        return id;
    }

    /** The other side's address, for people. */
    public String remote() {
        return remote;
    }

    /** Stops or goes on reading from the socket. Any thread. */
    public void readOn(boolean on) {
        channel().config().setAutoRead(on);
    }

    @Override
    public void write(byte[] bytes, int from, int to) {
        JuteOut waiting = behind;
        if (waiting == null) {
            super.write(bytes, from, to);
        } else if (waiting.size() + (long) (to - from) > behindBytesMax) {
            overflowed();
            closeNow();
        } else {
            waiting.writeRaw(bytes, from, to - from);
        }
    }

    @Override
    void replies(byte[] bytes, int from, int to, int count, long nowNanos) {
        write(bytes, from, to);
    }

    @Override
    void pushed(int count, int bytes) {}

    @Override
    void told(Object message) {
        switch (message) {
            case Snapshot(SnapshotSource view) -> sendSnapshot(view);
            case Measured measured -> measure(measured);
            case Cut cut -> {
                closedByHost = true;
                flush(); // what was sent before, as far as the socket takes it
                closeNow();
            }
            default -> throw new IllegalStateException("told " + message);
        }
    }

    @Override
    void flushed() {}

    @Override
    void closeRequested() {
        closedByHost = true;
    }

    boolean wasClosedByHost() {
        return closedByHost;
    }

    @Override
    void overflowed() {
        LOG.warn("closing {}: it does not read what it is sent", remote);
    }

    private void measure(Measured measured) {
        if (behind != null) {
            behindState = measured;
            return;
        }
        flush();
        // Nothing, but in order: the promise is kept when all before is with the socket.
        channel()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> {
                    if (written.isSuccess()) {
                        measured.waitedNanos.accept(System.nanoTime() - measured.sinceNanos);
                    }
                });
    }

    private void sendSnapshot(SnapshotSource view) {
        if (isClosing() || behind != null) {
            view.close();
            return;
        }
        flush();
        behind = new JuteOut();
        Thread.ofPlatform().daemon().name("quorate-send-state").start(() -> stream(view));
    }

    /** On a thread of its own: never more than two chunks ahead of the socket. */
    private void stream(SnapshotSource view) {
        boolean whole = false;
        try (view) {
            SnapshotEncoder encoder = new SnapshotEncoder(view);
            JuteOut out = new JuteOut(CHUNK_BYTES + (CHUNK_BYTES >> 2));
            ChannelFuture before = null;
            boolean more = true;
            while (more) {
                more = encoder.encode(out.clear(), CHUNK_BYTES);
                if (!more) {
                    out.writeString(SnapshotEncoder.WIRE_SIGNATURE);
                }
                ChannelFuture now = channel().writeAndFlush(copy(out));
                if (before != null && !before.awaitUninterruptibly().isSuccess()) {
                    return;
                }
                before = now;
            }
            whole = true;
        } catch (RuntimeException e) {
            LOG.error("cannot send the state to {}", remote, e);
        } finally {
            boolean done = whole;
            loop().execute(() -> streamed(done));
        }
    }

    private ByteBuf copy(JuteOut out) {
        return channel().alloc().directBuffer(out.size()).writeBytes(out.array(), 0, out.size());
    }

    private void streamed(boolean whole) {
        JuteOut waited = behind;
        behind = null;
        if (!whole) {
            closeNow();
        } else if (waited != null) {
            byte[] bytes = Arrays.copyOf(waited.array(), waited.size());
            super.write(bytes, 0, bytes.length);
            loop().flush();
        }
        Measured measured = behindState;
        behindState = null;
        if (whole && measured != null) {
            measure(measured);
        }
    }
}

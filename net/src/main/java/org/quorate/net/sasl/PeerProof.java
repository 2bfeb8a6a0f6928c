package org.quorate.net.sasl;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/**
 * One side of a proof between two servers: exchanges packets (magic, status, token) in front of
 * everything else on the connection, and then is gone. Owned by the connection's event loop; {@link
 * #step} runs beside it, one at a time.
 */
public abstract sealed class PeerProof extends ChannelInboundHandlerAdapter
        permits AcceptorProof, DiallerProof {
    /** Longest token. */
    static final int TOKEN_BYTES_MAX = 64 << 10;

    /** Bytes that may wait while a token is evaluated: nobody has to say more than one ahead. */
    static final int RECEIVED_BYTES_MAX = 4 * TOKEN_BYTES_MAX;

    /** A proof that takes longer has failed. */
    static final int PROOF_MILLIS_MAX = 10_000;

    /** Packets that one side may send. */
    static final int STEPS_MAX = 6;

    static final long MAGIC = 0x5F2435013501EDCCL;
    static final int IN_PROGRESS = 0;
    static final int SUCCESS = 1;
    static final int ERROR = -1;

    private static final int HEADER_BYTES = 16;

    /**
     * What a step has come to.
     *
     * @param says there is a packet to be sent
     * @param complete the other side, or this one, is known
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(boolean says, int status, byte @Nullable [] token, boolean complete) {
        static Step say(int status, byte @Nullable [] token) {
            return new Step(true, status, token, status == SUCCESS);
        }

        static Step done() {
            return new Step(false, SUCCESS, null, true);
        }
    }

    private final Executor threads;
    private final Consumer<@Nullable Throwable> then;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf received;
    private @Nullable Future<?> timeout;
    private boolean stepping;
    private boolean ended;

    PeerProof(Executor threads, Consumer<@Nullable Throwable> then) {
        this.threads = threads;
        this.then = then;
    }

    /** Looks at a packet and says what comes of it. Beside the loop; may take long. */
    abstract Step step(int status, byte[] token) throws SaslException;

    /** The first thing said, if this side says it. Beside the loop. */
    abstract Step begin() throws SaslException;

    abstract boolean isDialler();

    /**
     * Is what was received no packet at all?
     *
     * @param bytes not empty
     */
    abstract boolean isNoPacket(ByteBuf bytes);

    /** Is a failed proof the end of the connection? */
    abstract boolean isRequired();

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        received = added.alloc().buffer(0);
        timeout =
                added.executor()
                        .schedule(
                                () -> end(new IOException("the proof took too long")),
                                PROOF_MILLIS_MAX,
                                TimeUnit.MILLISECONDS);
        if (isDialler()) {
            run(this::begin);
        }
    }

    /** What was read before this was here. */
    public void hear(byte[] bytes, int from, int length) {
        ByteBuf known = received;
        if (known != null && length > 0) {
            known.writeBytes(bytes, from, length);
            next();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf known = received;
        if (known == null) {
            ctx.fireChannelRead(bytes);
            return;
        }
        known.writeBytes(bytes);
        bytes.release();
        if (stepping && known.readableBytes() > RECEIVED_BYTES_MAX) {
            end(new IOException("it says more than %d bytes ahead".formatted(RECEIVED_BYTES_MAX)));
            return;
        }
        next();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(new IOException("closed in mid-proof"));
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
        Future<?> running = timeout;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** Takes a packet, if a whole one is there and the one before is done with. */
    private void next() {
        ByteBuf bytes = received;
        if (stepping || ended || bytes == null || !bytes.isReadable()) {
            return;
        }
        if (isNoPacket(bytes)) {
            end(isRequired() ? new IOException("it does not prove who it is") : null);
            return;
        }
        if (bytes.readableBytes() < HEADER_BYTES) {
            return;
        }
        int at = bytes.readerIndex();
        long magic = bytes.getLong(at);
        int status = bytes.getInt(at + 8);
        int length = bytes.getInt(at + 12);
        if (magic != MAGIC || length < -1 || length > TOKEN_BYTES_MAX) {
            end(new IOException("no packet of a proof, or a token of %d bytes".formatted(length)));
            return;
        }
        int there = Math.max(length, 0);
        if (bytes.readableBytes() < HEADER_BYTES + there) {
            return;
        }
        byte[] token = new byte[there];
        bytes.skipBytes(HEADER_BYTES).readBytes(token);
        run(() -> step(status, token));
    }

    /** A step beside the loop. */
    private interface Evaluation {
        Step run() throws SaslException;
    }

    private void run(Evaluation evaluation) {
        stepping = true;
        ChannelHandlerContext ctx = context();
        try {
            threads.execute(() -> {
                Runnable outcome = outcome(evaluation);
                try {
                    ctx.executor().execute(outcome);
                } catch (RejectedExecutionException e) {
                    // The loop has ended, and the link with it.
                    return;
                }
            });
        } catch (RejectedExecutionException e) {
            end(new IOException("too many proofs wait, or this server is stopping", e));
        }
    }

    private Runnable outcome(Evaluation evaluation) {
        try {
            Step step = evaluation.run();
            return () -> stepped(step);
        } catch (SaslException e) {
            return () -> failed(e);
        }
    }

    private void stepped(Step step) {
        stepping = false;
        if (ended) {
            return;
        }
        if (step.says) {
            send(step.status, step.token);
        }
        if (step.complete) {
            end(null);
        } else {
            next();
        }
    }

    private void failed(SaslException cause) {
        stepping = false;
        if (ended) {
            return;
        }
        if (!isDialler()) {
            send(ERROR, new byte[0]);
        }
        end(isRequired() ? cause : null);
    }

    private void send(int status, byte @Nullable [] token) {
        ByteBuf packet =
                context().alloc().buffer(HEADER_BYTES + (token == null ? 0 : token.length));
        packet.writeLong(MAGIC).writeInt(status).writeInt(token == null ? -1 : token.length);
        if (token != null) {
            packet.writeBytes(token);
        }
        ChannelFuture _ = context().writeAndFlush(packet);
    }

    /** The connection is gone: nobody is to be told anything but the host. */
    private void ended(IOException cause) {
        ByteBuf bytes = received;
        boolean silent = !isDialler() && !stepping && bytes != null && !bytes.isReadable();
        end(silent && !isRequired() ? null : cause);
    }

    private void end(@Nullable Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        ChannelHandlerContext ctx = context();
        then.accept(cause);
        ByteBuf rest = received;
        received = null;
        if (rest != null) {
            if (cause == null && rest.isReadable()) {
                ctx.fireChannelRead(rest);
            } else {
                rest.release();
            }
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void release() {
        ByteBuf rest = received;
        received = null;
        if (rest != null) {
            rest.release();
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("in no pipeline yet");
        }
        return known;
    }
}

package org.quorate.net.sasl;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the server that has dialled prove who it is. */
final class AcceptorProof extends PeerProof {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptorProof.class);

    private final SaslAcceptor acceptor;
    private final boolean required;

    // Of the steps, one after another.
    private SaslAcceptor.@Nullable Conversation conversation;
    private int steps;

    AcceptorProof(
            SaslAcceptor acceptor,
            boolean required,
            Executor threads,
            Consumer<@Nullable Throwable> then) {
        super(threads, then);
        this.acceptor = acceptor;
        this.required = required;
    }

    @Override
    boolean isDialler() {
        return false;
    }

    @Override
    boolean isRequired() {
        return required;
    }

    /** Frames of servers that prove nothing begin with a length, or with zeros. */
    @Override
    boolean isNoPacket(ByteBuf bytes) {
        if (conversation != null) {
            return false;
        }
        int length = Math.min(bytes.readableBytes(), Long.BYTES);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != (byte) (MAGIC >>> 8 * (7 - i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    Step begin() {
        throw new IllegalStateException("the other side begins");
    }

    @Override
    Step step(int status, byte[] token) throws SaslException {
        SaslAcceptor.Conversation known = conversation;
        if (known == null) {
            known = acceptor.begin();
            conversation = known;
        }
        byte @Nullable [] challenge = known.answer(token);
        if (known.isComplete()) {
            LOG.info("a server has proven to be {}", known.name());
            return Step.say(SUCCESS, challenge);
        }
        if (++steps >= STEPS_MAX) {
            throw new SaslException("no end after %d steps".formatted(steps));
        }
        return Step.say(IN_PROGRESS, challenge);
    }
}

package org.quorate.net.sasl;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/** Proves to the server that was dialled who this one is. */
final class DiallerProof extends PeerProof {
    private final JaasLogin login;
    private final Callable<SaslClient> newClient;

    // Of the steps, one after another.
    private @Nullable SaslClient client;
    private int steps;

    DiallerProof(
            JaasLogin login,
            Callable<SaslClient> newClient,
            Executor threads,
            Consumer<@Nullable Throwable> then) {
        super(threads, then);
        this.login = login;
        this.newClient = newClient;
    }

    @Override
    boolean isDialler() {
        return true;
    }

    @Override
    boolean isRequired() {
        return true;
    }

    @Override
    boolean isNoPacket(ByteBuf bytes) {
        return false;
    }

    @Override
    Step begin() throws SaslException {
        SaslClient fresh = login.withTicket(newClient);
        client = fresh;
        return Step.say(
                IN_PROGRESS,
                fresh.hasInitialResponse()
                        ? login.as(() -> fresh.evaluateChallenge(new byte[0]))
                        : new byte[0]);
    }

    @Override
    Step step(int status, byte[] token) throws SaslException {
        SaslClient known = client;
        if (known == null || status != SUCCESS && status != IN_PROGRESS) {
            throw new SaslException("the other server does not believe it");
        }
        if (known.isComplete()) {
            return completed(status);
        }
        byte @Nullable [] answer = login.as(() -> known.evaluateChallenge(token));
        if (status == SUCCESS) {
            if (answer != null || !known.isComplete()) {
                throw new SaslException("the other server was content too early");
            }
            return Step.done();
        }
        if (++steps >= STEPS_MAX) {
            throw new SaslException("no end after %d steps".formatted(steps));
        }
        return Step.say(IN_PROGRESS, answer);
    }

    private static Step completed(int status) throws SaslException {
        if (status != SUCCESS) {
            throw new SaslException("the other server wants more than there is");
        }
        return Step.done();
    }
}

package org.quorate.net.sasl;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a proof between servers holds of a peer that nobody knows yet. */
class PeerProofTest {
    private final List<@Nullable Throwable> ends = new ArrayList<>();

    /** An acceptor is not asked in these: no step ever runs. */
    private EmbeddedChannel accepting(Executor threads) {
        return new EmbeddedChannel(new AcceptorProof(null, true, threads, ends::add));
    }

    private static void say(EmbeddedChannel channel, int bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[bytes]));
    }

    private static void sayToken(EmbeddedChannel channel) {
        channel.writeInbound(
                Unpooled.buffer()
                        .writeLong(PeerProof.MAGIC)
                        .writeInt(PeerProof.IN_PROGRESS)
                        .writeInt(1)
                        .writeByte(7));
    }

    @Test
    void whoSaysTooMuchWhileHisTokenIsLookedAtIsSentAway() {
        EmbeddedChannel channel = accepting(task -> {});
        sayToken(channel);
        say(channel, PeerProof.RECEIVED_BYTES_MAX);
        assertThat(ends).isEmpty();
        say(channel, 1);
        assertThat(ends).hasSize(1);
        assertThat(ends.getFirst()).hasMessageContaining("bytes ahead");
        channel.finishAndReleaseAll();
    }

    @Test
    void whoComesWhenTooManyWaitIsSentAway() {
        EmbeddedChannel channel =
                accepting(task -> {
                    throw new RejectedExecutionException("full");
                });
        sayToken(channel);
        assertThat(ends).hasSize(1);
        assertThat(ends.getFirst()).hasMessageContaining("too many proofs wait");
        channel.finishAndReleaseAll();
    }
}

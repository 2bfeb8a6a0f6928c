package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.jute.JuteOut;

class RateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NOW = Long.MAX_VALUE - 5; // the clock may go over the top

    @Test
    void aSecondsWorthCanBeUsedAtOnceAndThenAsMuchAsTimeBrings() {
        Rate rate = new Rate(10, NOW);
        for (int i = 0; i < 10; i++) {
            assertThat(rate.hasRoom(NOW)).isTrue();
            rate.take(1, NOW);
        }
        assertThat(rate.hasRoom(NOW)).isFalse();
        long until = rate.untilRoomNanos(NOW);
        assertThat(until).isEqualTo(1); // it was full: the first of the next second is next
        assertThat(rate.hasRoom(NOW + until)).isTrue();
        rate.take(1, NOW + until);
        assertThat(rate.untilRoomNanos(NOW + until)).isBetween(SECOND / 10 - 2, SECOND / 10 + 2);
        assertThat(rate.isFull(NOW + SECOND)).isFalse();
        assertThat(rate.isFull(NOW + 2 * SECOND)).isTrue();
    }

    @Test
    void whatIsTooLargeIsPaidForAfterwards() {
        Rate rate = new Rate(1_000, NOW);
        rate.take(5_000, NOW);
        assertThat(rate.hasRoom(NOW + 3 * SECOND)).isFalse();
        assertThat(rate.hasRoom(NOW + 4 * SECOND + 1)).isTrue();
    }

    @Test
    void countingARequestAllocatesNothing() {
        ServerConfig.Share share = new ServerConfig.Share(1 << 30, 1L << 50, 0, 0, 0);
        ServerConfig.Shares shares =
                new ServerConfig.Shares(share, share, List.of("/a", "/b"), share);
        RateTable table = RateTable.of(shares, new ServerMetrics());
        assertThat(table).isNotNull();
        RateGate gate = new RateGate(table);
        HostedClient client = new HostedClient(null, 1, List.of());
        client.addressUsage = new Usage(share, System.nanoTime());
        JuteOut frames = new JuteOut();
        RawClient.append(frames, 1, OpCode.GET_DATA, RawClient.readBody("/a/b", false));
        RawClient.append(frames, 2, OpCode.SET_DATA, RawClient.setBody("/b", new byte[9], -1));
        RawClient.append(
                frames,
                3,
                OpCode.MULTI,
                out -> {
                    MultiFrame.beginRequest(out, OpCode.CHECK);
                    out.writeString("/a").writeInt(-1);
                    MultiFrame.end(out);
                });
        byte[] bytes = frames.copy();
        double perRound =
                allocated(round -> {
                    assertIs(gate.pay(client, null, bytes, 0, bytes.length), bytes.length);
                    gate.answers(bytes, 4, Frames.length(bytes, 0));
                    gate.replied(client, 100);
                });
        assertThat(perRound).isLessThan(1);
    }

    private static void assertIs(int is, int expected) {
        if (is != expected) {
            throw new AssertionError(is + " and not " + expected);
        }
    }

    private static double allocated(LongConsumer round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        long before = 0;
        for (int i = -rounds; i < rounds; i++) {
            if (i == 0) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            round.accept(i);
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / rounds;
    }
}

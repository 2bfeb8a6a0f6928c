package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Replica;

/**
 * Recorded and generated frames, with bytes flipped, cut, lengthened and put in the wrong place,
 * before the handshake and behind it: the server lives, keeps nothing of them, and does no harm to
 * its other clients. {@code -Dfuzz.frames=1000000} makes the long run, {@code -Dfuzz.seed=S} the
 * same one again.
 */
class FuzzTest {
    private static final long FRAMES = Long.getLong("fuzz.frames", 100_000);
    private static final int FRAMES_PER_BURST_MAX = 80;
    private static final int TICK_MILLIS = 1_000;
    private static final long ANSWER_MILLIS_MAX = 8_000;
    private static final int TIMEOUT_AT = 16;
    private static final long DIRECT_BYTES_GROWTH_MAX = 16 << 20;

    @TempDir Path dir;
    private final Complaints complaints = new Complaints();
    private final ResourceLeakDetector.Level leakLevel = ResourceLeakDetector.getLevel();
    private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Mutations mutations = new Mutations(random);
    private final RandomRequests generated = new RandomRequests(random);
    private RecordedFrames recorded;

    @BeforeEach
    void watchForLeaks() throws IOException {
        System.out.println("fuzz seed " + seed);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        recorded = RecordedFrames.load();
    }

    @AfterEach
    void watchNoMore() {
        ResourceLeakDetector.setLevel(leakLevel);
        complaints.close();
    }

    private Quorate start() throws Exception {
        return Quorate.builder()
                .dataDir(dir)
                .tickTime(TICK_MILLIS)
                .property("zookeeper.forceSync", "no")
                .property("zookeeper.extendedTypesEnabled", "true")
                .start();
    }

    @Test
    void theServerAndItsOtherClientsStandAnyBytes() throws Exception {
        try (Quorate server = start();
                Neighbour neighbour = new Neighbour(server.port())) {
            long begin = System.nanoTime();
            int conversations = talk(server, neighbour, FRAMES / 10);
            long directBytes = directBytes();
            conversations += talk(server, neighbour, FRAMES);
            System.out.printf(
                    "%d frames taken in %d conversations, %d ms%n",
                    server.server().edge().received(),
                    conversations,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            assertThat(server.failure()).isNull();
            assertNothingIsKept(server);
            assertThat(directBytes() - directBytes).isLessThan(DIRECT_BYTES_GROWTH_MAX);
            neighbour.assertUnharmed(ANSWER_MILLIS_MAX);
            neighbour.assertWatchesFire();
            assertNothingLeaks();
        }
        // What came of all that is a log that can be read.
        try (Quorate again = start();
                RawClient reader = new RawClient(again.port(), 4_000)) {
            Neighbour.assertIntact(reader);
        }
        assertThat(complaints.lines()).as("seed %d", seed).isEmpty();
    }

    private int talk(Quorate server, Neighbour neighbour, long framesMax) throws IOException {
        int conversations = 0;
        try {
            while (server.server().edge().received() < framesMax) {
                converse(server.port());
                conversations++;
                if (server.failure() != null || neighbour.isHarmed()) {
                    break;
                }
            }
        } catch (IOException | AssertionError e) {
            throw new AssertionError(
                    "seed %d, conversation %d, log: %s"
                            .formatted(seed, conversations, complaints.lines()),
                    e);
        }
        return conversations;
    }

    private void converse(int port) throws IOException {
        try (Conversation with = new Conversation(port)) {
            byte[] handshake = pick(recorded.handshakes()).clone();
            if (handshake.length >= TIMEOUT_AT + Integer.BYTES) {
                ByteBuffer.wrap(handshake).putInt(TIMEOUT_AT, 2 * TICK_MILLIS);
            }
            if (random.nextInt(6) == 0) {
                with.add(random.nextBoolean() ? mutations.inside(handshake) : pick());
                with.add(random.nextBoolean() ? mutations.ending(handshake) : pick());
                end(with);
                return;
            }
            with.add(handshake());
            int frames = random.nextInt(1, FRAMES_PER_BURST_MAX);
            for (int i = 0; i < frames && with.bytesAdded() < Conversation.BURST_BYTES_MAX; i++) {
                with.add(mutations.inside(pick()));
            }
            if (random.nextInt(3) == 0) {
                with.add(mutations.ending(pick()));
                end(with);
            } else {
                with.sendAndAwaitAnswer();
            }
        }
    }

    private void end(Conversation with) throws IOException {
        if (random.nextBoolean()) {
            with.sendAndAwaitEnd();
        } else {
            with.sendAndLeave();
        }
    }

    /** Of a new session that will not live long behind its connection. */
    private static byte[] handshake() {
        JuteOut out = new JuteOut();
        out.writeInt(45).writeInt(0).writeLong(0).writeInt(2 * TICK_MILLIS).writeLong(0);
        return out.writeBuffer(new byte[16]).writeBool(false).copy();
    }

    private byte[] pick() {
        return random.nextBoolean() ? generated.next() : pick(recorded.requests());
    }

    private byte[] pick(List<byte[]> frames) {
        return frames.get(random.nextInt(frames.size()));
    }

    private static void assertNothingIsKept(Quorate server) {
        await().atMost(40, TimeUnit.SECONDS)
                .untilAsserted(() -> {
                    assertThat(server.server().edge().connections()).isEqualTo(1);
                    assertThat(ask(server, core -> core.inspect().globalSessionCount()))
                            .as("sessions")
                            .isEqualTo(1);
                });
        assertThat(ask(server, core -> core.inspect().watchCount()))
                .as("watches")
                .isEqualTo(Neighbour.WATCHES + 1L);
    }

    private static long ask(Quorate server, ToLongFunction<Replica> question) {
        return server.server().ask(question::applyAsLong).join();
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    /** The detector speaks up when buffers are made after lost ones were collected. */
    private static void assertNothingLeaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 100; j++) {
                ByteBufAllocator.DEFAULT.directBuffer(64).release();
            }
        }
    }
}

package org.quorate.net;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A host in small: the first frame is answered and establishes a session; each later frame is
 * remembered and treated as {@link #mode} says. Everything happens on the event loop.
 */
final class ScriptedHandler implements ClientHandler {
    enum Mode {
        /** Each frame comes back. */
        ECHO,
        /** Each frame is answered with many bytes. */
        BIG,
        /** Frames are handed over and stay under way until {@link #answerAll}. */
        KEEP
    }

    static final int BIG_BYTES = 100_000;

    /** Whoever sends it meets an exception. */
    static final String BUG = "bug";

    final List<String> frames = new CopyOnWriteArrayList<>();
    final List<ClientLink> links = new CopyOnWriteArrayList<>();
    final List<ClientLink> closed = new CopyOnWriteArrayList<>();
    final AtomicInteger rounds = new AtomicInteger();
    volatile Mode mode = Mode.ECHO;
    volatile int timeoutMillis = 60_000;
    volatile long outboundBytesSeenMax;
    volatile int handedInBytesMax;
    volatile Consumer<ClientLink> whenHandedIn = link -> {};

    private final EdgeLoop loop;

    ScriptedHandler(EdgeLoop loop) {
        this.loop = loop;
    }

    @Override
    public int received(ClientLink link, byte[] bytes, int from, int to) {
        int at = from;
        handedInBytesMax = Math.max(handedInBytesMax, to - from);
        if (link.attachment == null) {
            link.attachment = this;
            links.add(link);
            int length = FrameCutter.intAt(bytes, at);
            link.handOver(1, 4 + length, true);
            loop.outbox().reply(link, frame("hello".getBytes()), 0, 9);
            loop.outbox().established(link, 77, timeoutMillis);
            loop.outbox().wake();
            return at + 4 + length;
        }
        if (!link.isEstablished()) {
            return at;
        }
        whenHandedIn.accept(link);
        while (at < to) {
            outboundBytesSeenMax = Math.max(outboundBytesSeenMax, link.outboundBytes());
            boolean room = mode == Mode.KEEP ? link.requestRoom() > 0 : link.outboundRoom() > 0;
            if (!room) {
                return at;
            }
            int length = FrameCutter.intAt(bytes, at);
            String frame = new String(bytes, at + 4, length);
            frames.add(frame);
            if (frame.equals(BUG)) {
                throw new IllegalStateException("a bug that was asked for");
            }
            switch (mode) {
                case ECHO -> {
                    link.answer(bytes, at, at + 4 + length, 1);
                }
                case BIG -> {
                    byte[] reply = frame(new byte[BIG_BYTES]);
                    link.answer(reply, 0, reply.length, 1);
                }
                case KEEP -> link.handOver(1, 4 + length, true);
            }
            at += 4 + length;
        }
        return at;
    }

    /** Answers all that is under way, as another thread would. */
    void answerAll(ClientLink link, int count) {
        byte[] reply = frame(new byte[16]);
        loop.execute(() -> {
            for (int i = 0; i < count; i++) {
                loop.outbox().reply(link, reply, 0, reply.length);
            }
            loop.outbox().wake();
        });
    }

    void push(ClientLink link, byte[] bytes) {
        loop.execute(() -> {
            loop.outbox().push(link, bytes, 0, bytes.length);
            loop.outbox().wake();
        });
    }

    void close(ClientLink link) {
        loop.execute(() -> {
            loop.outbox().close(link);
            loop.outbox().wake();
        });
    }

    @Override
    public void roundDone() {
        rounds.incrementAndGet();
    }

    @Override
    public void closed(ClientLink link) {
        closed.add(link);
    }

    static byte[] frame(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
    }
}

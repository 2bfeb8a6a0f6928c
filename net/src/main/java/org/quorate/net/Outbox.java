package org.quorate.net;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one writing thread says to the links of one event loop: frames gather in batches of bytes
 * that are handed over whole, so a thousand replies cost one hand-over and one wake-up.
 *
 * <p>The writer appends, calls {@link #publish} where the loop may see it (inside the gate, so that
 * no reader sees a change before the events that tell of it can be drained), and {@link #wake} once
 * at the end of its turn. The loop calls {@link #drain}.
 *
 * <p>The writer never waits for the loop: a full queue lets the current batch grow ({@link
 * #isOverfull}). Memory is bounded by the writer, who asks {@link #waitingBytes} before he does
 * what has long answers.
 */
public final class Outbox {
    static final int BATCHES_MAX = 256;
    private static final int BYTES_MIN = 16 << 10;

    /** Batches kept for reuse: their arrays stay as long as they ever were. */
    private static final int FREE_MAX = 16;

    /** Longer ones are not made of several frames: what is more goes into the next. */
    private static final int BATCH_BYTES = 256 << 10;

    /** A batch that has grown beyond, by a single frame, is not kept for reuse. */
    private static final int BYTES_KEPT_MAX = 1 << 20;

    private final EdgeLoop loop;
    private final SpscAtomicArrayQueue<Batch> full = new SpscAtomicArrayQueue<>(BATCHES_MAX);
    private final SpscAtomicArrayQueue<Batch> free = new SpscAtomicArrayQueue<>(FREE_MAX);

    // Published and not drained.
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean overfull;
    private volatile boolean roomWanted;
    private volatile Runnable whenDrained = () -> {};

    // How long batches have waited, once for each entry. The loop's.
    private final LatencyHistogram deliveries = new LatencyHistogram();

    // The writer's.
    private Batch current = new Batch();
    private boolean published;

    Outbox(EdgeLoop loop) {
        this.loop = loop;
    }

    // ---- the writer

    /** Bytes said and not taken by the loop. */
    public long waitingBytes() {
        return waitingBytes.get() + current.size;
    }

    /** Has the listener called, on the loop, when all that waits now was taken. */
    public void tellWhenDrained(Runnable listener) {
        whenDrained = listener;
        roomWanted = true;
    }

    /** How long what was said has waited for the loop, since the start. Any thread. */
    LatencyHistogram.Counts deliveries() {
        return deliveries.counts();
    }

    /** One frame that answers the link's oldest request under way. */
    public void reply(Link link, byte[] bytes, int from, int length) {
        publishUnlessRoom(length);
        current.add(link, Batch.REPLY, bytes, from, length);
    }

    /** Much is handed over in several batches, so that none grows so long that it is not kept. */
    private void publishUnlessRoom(int length) {
        if (current.size + length > BATCH_BYTES) {
            publish();
        }
    }

    /** A part of a frame that answers the link's oldest request under way. */
    public void replyPart(ClientLink link, byte[] bytes, int from, int length, boolean last) {
        current.add(link, last ? Batch.LAST_PART : Batch.PART, bytes, from, length);
    }

    /** One frame, or any bytes, that answer nothing. */
    public void push(Link link, byte[] bytes, int from, int length) {
        publishUnlessRoom(length);
        current.add(link, Batch.PUSH, bytes, from, length);
    }

    /** Closes the link once all said before is flushed. */
    public void close(Link link) {
        current.add(link, Batch.CLOSE);
    }

    /** Tells the link something that is not bytes, in order with them. */
    void tell(Link link, Object message) {
        current.messages.add(message);
        current.add(link, Batch.TOLD);
    }

    /** A client's handshake is answered: what it sent behind may be handed in. */
    public void established(ClientLink link, long sessionId, int timeoutMillis) {
        tell(link, new ClientLink.Established(sessionId, timeoutMillis));
    }

    /** Lets the loop see all that was said. */
    public void publish() {
        Batch batch = current;
        if (batch.count == 0) {
            return;
        }
        int bytes = batch.size; // of the loop's as soon as it is offered
        batch.publishedNanos = System.nanoTime();
        waitingBytes.addAndGet(bytes);
        if (!full.offer(batch)) {
            waitingBytes.addAndGet(-bytes);
            overfull = true;
            return;
        }
        overfull = false; // behind the offer: whoever sees it finds the batch
        published = true;
        Batch next = free.poll();
        current = next == null ? new Batch() : next;
    }

    /** Publishes, and wakes the loop if it was not woken since the last publication. */
    public void wake() {
        publish();
        if (published) {
            published = false;
            loop.wakeToDeliver();
        }
    }

    // ---- the loop

    /**
     * Was there no room to publish what was said last? Then {@link #drain} does not bring it: who
     * has to come behind it, asks the writer instead. To be asked before draining.
     */
    public boolean isOverfull() {
        return overfull;
    }

    /** Hands everything published to its links. The caller flushes. */
    public void drain() {
        Batch batch = full.poll();
        if (batch == null) {
            return;
        }
        long nowNanos = System.nanoTime();
        do {
            int bytes = batch.size;
            deliveries.add(nowNanos - batch.publishedNanos, batch.count);
            batch.deliver(nowNanos);
            waitingBytes.addAndGet(-bytes);
            if (batch.bytes.length <= BYTES_KEPT_MAX) {
                free.offer(batch);
            }
            batch = full.poll();
        } while (batch != null);
        if (roomWanted) {
            roomWanted = false;
            whenDrained.run();
        }
    }

    /** Entries in order; an entry's bytes begin where those of the entry before it end. */
    private static final class Batch {
        static final byte REPLY = 0;
        static final byte PUSH = 1;
        static final byte CLOSE = 2;
        static final byte TOLD = 3;
        static final byte PART = 4;
        static final byte LAST_PART = 5;

        private @Nullable Link[] links = new Link[64];
        private byte[] kinds = new byte[64];
        private int[] ends = new int[64];
        private int[] frames = new int[64];
        private byte[] bytes = new byte[BYTES_MIN];
        private int count;
        private int size;
        private long publishedNanos;
        private final ArrayDeque<Object> messages = new ArrayDeque<>(2);

        void add(Link link, byte kind, byte[] from, int at, int length) {
            if (bytes.length - size < length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
            }
            System.arraycopy(from, at, bytes, size, length);
            size += length;
            int last = count - 1;
            if (last >= 0 && links[last] == link && kinds[last] == kind) {
                ends[last] = size;
                frames[last]++;
            } else {
                add(link, kind);
            }
        }

        void add(Link link, byte kind) {
            if (count == kinds.length) {
                links = Arrays.copyOf(links, 2 * count);
                kinds = Arrays.copyOf(kinds, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
                frames = Arrays.copyOf(frames, 2 * count);
            }
            links[count] = link;
            kinds[count] = kind;
            ends[count] = size;
            frames[count] = 1;
            count++;
        }

        void deliver(long nowNanos) {
            int from = 0;
            for (int i = 0; i < count; i++) {
                Link link = links[i];
                links[i] = null;
                if (link == null) {
                    throw new IllegalStateException("entry %d of %d is empty".formatted(i, count));
                }
                switch (kinds[i]) {
                    case REPLY -> link.replies(bytes, from, ends[i], frames[i], nowNanos);
                    case PUSH -> {
                        link.pushed(frames[i], ends[i] - from);
                        link.write(bytes, from, ends[i]);
                    }
                    case PART -> ((ClientLink) link).replyPart(bytes, from, ends[i]);
                    case LAST_PART -> {
                        ((ClientLink) link).replyPart(bytes, from, ends[i]);
                        ((ClientLink) link).repliedInParts(nowNanos);
                    }
                    case CLOSE -> link.close();
                    default -> link.told(messages.remove());
                }
                from = ends[i];
            }
            count = 0;
            size = 0;
        }
    }
}

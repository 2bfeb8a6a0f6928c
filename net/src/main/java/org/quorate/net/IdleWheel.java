package org.quorate.net;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Links of one loop by the time at which they have been silent too long, in buckets. A link that
 * was heard of in the meantime is put further ahead only when its bucket comes: hearing of it costs
 * nothing here.
 */
final class IdleWheel {
    private static final int BUCKETS = 256;

    private final long bucketNanos;
    private final @Nullable ClientLink[] heads = new ClientLink[BUCKETS];
    private long nextBucket;

    IdleWheel(long bucketNanos, long nowNanos) {
        this.bucketNanos = bucketNanos;
        this.nextBucket = Math.floorDiv(nowNanos, bucketNanos);
    }

    void add(ClientLink link) {
        long wanted = Math.floorDiv(link.silentTooLongNanos(), bucketNanos) + 1;
        long bucket = Math.clamp(wanted, nextBucket, nextBucket + BUCKETS - 1);
        int index = Math.floorMod(bucket, BUCKETS);
        ClientLink head = heads[index];
        link.wheelIndex = index;
        link.wheelPrevious = null;
        link.wheelNext = head;
        if (head != null) {
            head.wheelPrevious = link;
        }
        heads[index] = link;
    }

    /** Takes a link out, if it is in. */
    void remove(ClientLink link) {
        if (link.wheelIndex < 0) {
            return;
        }
        ClientLink previous = link.wheelPrevious;
        ClientLink next = link.wheelNext;
        if (previous != null) {
            previous.wheelNext = next;
        } else {
            heads[link.wheelIndex] = next;
        }
        if (next != null) {
            next.wheelPrevious = previous;
        }
        takenOut(link);
    }

    /** Hands out links that have been silent too long; they stay out of the wheel. */
    void advance(long nowNanos, Consumer<ClientLink> silent) {
        long now = Math.floorDiv(nowNanos, bucketNanos);
        for (int buckets = 0; nextBucket <= now && buckets < BUCKETS; buckets++) {
            int index = Math.floorMod(nextBucket, BUCKETS);
            nextBucket++;
            ClientLink link = heads[index];
            heads[index] = null;
            while (link != null) {
                ClientLink next = link.wheelNext;
                takenOut(link);
                if (link.silentTooLongNanos() - nowNanos <= 0) {
                    silent.accept(link);
                } else {
                    add(link);
                }
                link = next;
            }
        }
        nextBucket = Math.max(nextBucket, now + 1);
    }

    private static void takenOut(ClientLink link) {
        link.wheelIndex = -1;
        link.wheelPrevious = null;
        link.wheelNext = null;
    }
}

package org.quorate.replica;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.BytePool;
import org.quorate.zab.Role;

/**
 * A request of a connection that is not answered yet, with a copy of its frame: a read needs it
 * when its turn comes, a write when it has to be submitted again to another leader. Pooled; belongs
 * to exactly one queue.
 */
final class Pending {
    /**
     * Frames up to this size keep their array when they go back; longer ones have {@link Pool}'s.
     */
    private static final int KEPT_BYTES_MAX = BytePool.BYTES_MIN;

    private static final byte[] NONE = new byte[0];

    /** What a request waits for. */
    enum Wait {
        /** For those before it: then it is answered here. */
        TURN,
        /** For its transaction. */
        COMMIT,
        /** For {@code synced}. */
        SYNC,
        /** For a leader, to be submitted. */
        LEADER
    }

    @Nullable Pending next;
    Wait wait = Wait.TURN;
    int xid;
    int type;

    /** With {@link Wait#TURN}: the answer if it is already known to be an error, else 0. */
    int err;

    /** With {@link Wait#COMMIT}: the transaction's zxid if this server proposed it, else 0. */
    long zxid;

    /** The epoch of the leader it was submitted to. */
    long epoch;

    /** That leader. */
    long leader = -1;

    /** With {@link Wait#SYNC}: answered ahead of {@code synced}. */
    boolean answered;

    /** Who asked for it, if that connection is gone; else null. */
    @Nullable Connection orphanOf;

    byte[] frame = NONE;
    int length;

    /** It goes to the leader of now. */
    void submittedTo(Role role) {
        epoch = role.epoch();
        leader = role.leader();
    }

    /** Forgets everything but a small array. */
    private void clear() {
        next = null;
        orphanOf = null;
        wait = Wait.TURN;
        xid = 0;
        type = 0;
        err = 0;
        zxid = 0;
        epoch = 0;
        leader = -1;
        answered = false;
        length = 0;
    }

    @Override
    public String toString() {
        return "%s xid %d type %d zxid 0x%x %s"
                .formatted(wait, xid, type, zxid, Arrays.toString(Arrays.copyOf(frame, length)));
    }

    /** Requests that are done, for the next ones. */
    static final class Pool {
        private static final int KEPT_MAX = 4096;

        /** Arrays of long frames, in all. */
        private static final int LONG_BYTES_KEPT_MAX = 4 << 20;

        private final BytePool longFrames = new BytePool(LONG_BYTES_KEPT_MAX);
        private @Nullable Pending free;
        private int count;

        /** With a copy of the frame: header and body. */
        Pending take(byte[] bytes, int from, int to) {
            Pending taken = take();
            int length = to - from;
            if (taken.frame.length < length) {
                taken.frame = longFrames.take(Math.max(length, 64));
            }
            System.arraycopy(bytes, from, taken.frame, 0, length);
            taken.length = length;
            return taken;
        }

        private Pending take() {
            Pending taken = free;
            if (taken == null) {
                return new Pending();
            }
            free = taken.next;
            taken.next = null;
            count--;
            return taken;
        }

        void give(Pending done) {
            done.clear();
            if (done.frame.length > KEPT_BYTES_MAX) {
                longFrames.give(done.frame);
                done.frame = NONE;
            }
            if (count < KEPT_MAX) {
                done.next = free;
                free = done;
                count++;
            }
        }
    }

    /** A first-in-first-out list of requests, linked through {@link Pending#next}. */
    static final class Queue {
        @Nullable Pending head;
        private @Nullable Pending tail;
        private int size;
        private long bytes;

        boolean isEmpty() {
            return head == null;
        }

        int size() {
            return size;
        }

        /** Bytes of the frames in it. */
        long bytes() {
            return bytes;
        }

        void append(Pending last) {
            Pending before = tail;
            if (before == null) {
                head = last;
            } else {
                before.next = last;
            }
            tail = last;
            size++;
            bytes += last.length;
        }

        /** Takes the first one out. */
        Pending removeHead() {
            Pending first = head;
            if (first == null) {
                throw new IllegalStateException("nothing is pending");
            }
            head = first.next;
            if (head == null) {
                tail = null;
            }
            first.next = null;
            size--;
            bytes -= first.length;
            return first;
        }

        /** The first one that waits for its transaction, or null. */
        @Nullable Pending firstSubmitted() {
            Pending p = head;
            while (p != null && p.wait != Wait.COMMIT) {
                p = p.next;
            }
            return p;
        }
    }
}

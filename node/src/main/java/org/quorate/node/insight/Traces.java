package org.quorate.node.insight;

import org.jspecify.annotations.Nullable;

/**
 * Which operations are told to a tracing system, and by whom: every slow one, and of the others one
 * in so many. Any thread; see {@link Sampler}.
 */
public final class Traces implements AutoCloseable {
    /** Nothing is told. */
    public static final Traces NONE = new Traces(0, null);

    /** Tells operations; must not wait. */
    public interface Teller extends AutoCloseable {
        /** Any thread. */
        void tell(SlowLog.SlowOperation operation);

        @Override
        void close();
    }

    /** Draws operations. Owned by one thread. */
    public static final class Sampler {
        private final int every;
        private long left;

        private Sampler(int every) {
            this.every = every;
            this.left = every;
        }

        /** Is one of the next {@code count} operations to be told? */
        public boolean draws(int count) {
            if (every == 0) {
                return false;
            }
            left -= count;
            if (left > 0) {
                return false;
            }
            left = every;
            return true;
        }
    }

    private final int every;
    private final @Nullable Teller teller;

    /**
     * @param every one of so many is told; 0 for none
     * @param teller null if nothing is told
     */
    public Traces(int every, @Nullable Teller teller) {
        this.every = teller == null ? 0 : every;
        this.teller = teller;
    }

    /** A new one for a thread. */
    public Sampler sampler() {
        return new Sampler(every);
    }

    /** Tells one, if anything is told. */
    public void tell(SlowLog.SlowOperation operation) {
        if (teller != null) {
            teller.tell(operation);
        }
    }

    /** What was told and not sent is sent. */
    @Override
    public void close() {
        if (teller != null) {
            teller.close();
        }
    }
}

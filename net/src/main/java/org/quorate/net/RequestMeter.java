package org.quorate.net;

/**
 * Hears how long requests took, those that took the same time together, some time after they were
 * answered. Called on event loops, by several at once.
 */
public interface RequestMeter {
    /** A meter that nobody reads. */
    RequestMeter NONE = (update, millis, count) -> {};

    /**
     * Requests were answered.
     *
     * @param update writes, else reads
     * @param millis from receipt to reply
     * @param count how many, at least one
     */
    void answered(boolean update, long millis, long count);
}

package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * What a Quorate server can do beyond ZooKeeper's protocol. It stands behind the fields of {@link
 * LearnerInfo} and {@link LeaderInfo}, in bytes that ZooKeeper does not look at; a server that
 * sends none has none, and a capability is used only if both sides have it.
 *
 * @param bits the constants here, or'ed; unknown bits are kept and ignored
 */
public record Capabilities(long bits) {
    public static final Capabilities NONE = new Capabilities(0);

    /** An ACK counts for all proposals up to its zxid. */
    public static final long CUMULATIVE_ACKS = 1;

    /** A leader may hand leadership over before it stops. */
    public static final long LEADERSHIP_HANDOVER = 2;

    /** An election may end as soon as all voters agree. */
    public static final long EARLY_ELECTION_END = 4;

    /** A leader whose zxids run out may begin a new epoch without an election. */
    public static final long EPOCH_ROLL_OVER = 8;

    /** Who sends a learner away tells it why. */
    public static final long REASONS = 16;

    /**
     * A REVALIDATE with a negative timeout says that a session has lost the connection that it is
     * bound to, and ends after so many milliseconds unless it comes back.
     */
    public static final long BOUND_SESSIONS = 32;

    /** A leader that will hand over may have its heir's epoch promised while it still leads. */
    public static final long NAMED_HEIR = 64;

    /** Everything that this code can do. */
    public static final long ALL =
            CUMULATIVE_ACKS
                    | LEADERSHIP_HANDOVER
                    | EARLY_ELECTION_END
                    | EPOCH_ROLL_OVER
                    | REASONS
                    | BOUND_SESSIONS
                    | NAMED_HEIR;

    /** "QUORATE" and a format number. */
    private static final long MAGIC = 0x51554f5241544501L;

    private static final int BYTES = 16;

    public boolean has(long capability) {
        return (bits & capability) == capability;
    }

    /** What both sides can do. */
    public Capabilities and(Capabilities other) {
        return new Capabilities(bits & other.bits);
    }

    /** Reads what is left of {@code in}; anything that is not ours means none. */
    static Capabilities readTail(JuteIn in) {
        if (in.remaining() < BYTES || in.readLong() != MAGIC) {
            return NONE;
        }
        return new Capabilities(in.readLong());
    }

    void writeTail(JuteOut out) {
        if (bits != 0) {
            out.writeLong(MAGIC).writeLong(bits);
        }
    }
}

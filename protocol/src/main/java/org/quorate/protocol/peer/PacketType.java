package org.quorate.protocol.peer;

/** Types of {@link QuorumPacket} (peer protocol §4). */
public final class PacketType {
    public static final int REQUEST = 1;
    public static final int PROPOSAL = 2;
    public static final int ACK = 3;
    public static final int COMMIT = 4;
    public static final int PING = 5;
    public static final int REVALIDATE = 6;
    public static final int SYNC = 7;
    public static final int INFORM = 8;
    public static final int COMMIT_AND_ACTIVATE = 9;
    public static final int NEW_LEADER = 10;
    public static final int FOLLOWER_INFO = 11;
    public static final int UP_TO_DATE = 12;
    public static final int DIFF = 13;
    public static final int TRUNC = 14;
    public static final int SNAP = 15;
    public static final int OBSERVER_INFO = 16;
    public static final int LEADER_INFO = 17;
    public static final int ACK_EPOCH = 18;
    public static final int INFORM_AND_ACTIVATE = 19;

    /**
     * Between Quorate servers that can ({@link Capabilities#LEADERSHIP_HANDOVER}): the sender stops
     * leading; data is the id of the server to follow instead, and behind it, if a quorum has
     * promised one to it, its epoch.
     */
    public static final int HAND_OVER = 1001;

    /**
     * Between Quorate servers that can ({@link Capabilities#EPOCH_ROLL_OVER}): the sender goes on
     * leading in the epoch of this zxid; acknowledged by an ACK of the same zxid.
     */
    public static final int ROLL_OVER = 1002;

    /**
     * Between Quorate servers that can ({@link Capabilities#REASONS}): the sender is about to close
     * the connection; data is the reason as text.
     */
    public static final int SENT_AWAY = 1003;

    /**
     * Between Quorate servers that can ({@link Capabilities#NAMED_HEIR}): the sender is going to
     * hand leadership over; data is the id of the server that is to lead in the epoch of this zxid.
     * The promise of that epoch to it is acknowledged by an ACK of the same zxid; the sender leads
     * on meanwhile.
     */
    public static final int HEIR = 1004;

    private static final String[] NAMES = {
        "0",
        "REQUEST",
        "PROPOSAL",
        "ACK",
        "COMMIT",
        "PING",
        "REVALIDATE",
        "SYNC",
        "INFORM",
        "COMMITANDACTIVATE",
        "NEWLEADER",
        "FOLLOWERINFO",
        "UPTODATE",
        "DIFF",
        "TRUNC",
        "SNAP",
        "OBSERVERINFO",
        "LEADERINFO",
        "ACKEPOCH",
        "INFORMANDACTIVATE"
    };

    private PacketType() {}

    /** ZooKeeper's name, for log lines; the number if there is none. */
    public static String name(int type) {
        return switch (type) {
            case HAND_OVER -> "HAND_OVER";
            case ROLL_OVER -> "ROLL_OVER";
            case SENT_AWAY -> "SENT_AWAY";
            case HEIR -> "HEIR";
            default -> type > 0 && type < NAMES.length ? NAMES[type] : Integer.toString(type);
        };
    }
}

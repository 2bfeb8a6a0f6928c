package org.quorate.cluster.map;

/** Why a decision changed a shard. */
public enum Why {
    /** The shard was placed for the first time. */
    FIRST(0, "placed for the first time"),
    /** The leader's session has ended, or it cannot lead. */
    LEADER_LOST(1, "the leader is lost"),
    /** The leader is asked to stop so that another can take over. */
    HAND_OVER(2, "leadership is being handed over"),
    /** The leader has stopped and another takes over. */
    HANDED_OVER(3, "leadership was handed over"),
    /** A lost or missing replica is made anew. */
    RECOVERY(4, "a replica was missing"),
    /** A replica moves for the sake of balance. */
    BALANCE(5, "load is spread evenly"),
    /** A node is being emptied. */
    DRAIN(6, "a node is being drained"),
    /** A rule of the table asks for it. */
    RULE(7, "a rule of the table asks for it"),
    /** A copy is complete and counts from now on. */
    CAUGHT_UP(8, "a copy is complete"),
    /** A replica is not needed any more. */
    REMOVED(9, "a replica is not needed any more"),
    /** A copy failed or was called off. */
    CALLED_OFF(10, "a copy failed or is not wanted any more"),
    /** What was known is in doubt; everything is decided anew. */
    REPAIR(11, "the map was damaged and is decided anew"),
    /** The leader is asked to stop so that the shard can be split or merged. */
    RESHAPE(12, "it is to be split or merged"),
    /** The shard has been split or merged: its keys belong to another from now on, or to this. */
    RESHAPED(13, "it was split or merged");

    private static final Why[] BY_CODE = values(); // Codes count from 0 in this order.

    private final byte code;
    private final String sentence;

    Why(int code, String sentence) {
        this.code = (byte) code;
        this.sentence = sentence;
    }

    /** The number under which it is stored; it never changes. */
    public byte code() {
        return code;
    }

    /** The reason in words. */
    public String sentence() {
        return sentence;
    }

    static Why of(Decoder in, int code) throws MalformedMapException {
        if (code >= BY_CODE.length) {
            throw in.wrong("reason " + code);
        }
        return BY_CODE[code];
    }
}

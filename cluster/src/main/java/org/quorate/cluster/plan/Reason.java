package org.quorate.cluster.plan;

/** Why a replica is where the plan puts it, or why a node leads. */
public enum Reason {
    /** It was there and nothing speaks against it. */
    STAYS(0, "it was there, and nothing speaks against it"),
    /** The shard had no replicas. */
    FIRST(1, "the shard was placed for the first time"),
    /** A replica was missing. */
    MISSING(2, "a replica was missing"),
    /** The node before was to be emptied. */
    DRAINED(3, "the node that had it is being drained"),
    /** The node before broke a rule. */
    RULE(4, "where it was it broke a rule of its table"),
    /** It made room for another. */
    ROOM(5, "it made room for a replica that fits nowhere else"),
    /** The node had much less load than its share. */
    UNDERLOADED(6, "the node had less than its share of load"),
    /** The node before had much more load than its share. */
    OVERLOADED(7, "the node that had it was above its share of load"),
    /** The leader before is lost or may not lead. */
    LEADER_LOST(8, "the leader before is lost or may not lead"),
    /** The leader's replica moved. */
    LEADER_MOVED(9, "the leader's replica moved"),
    /** The leader before led too many. */
    LEADER_BALANCE(10, "leaders are spread evenly");

    private static final Reason[] BY_CODE = values(); // Codes count from 0 in this order.

    private final byte code;
    private final String sentence;

    Reason(int code, String sentence) {
        this.code = (byte) code;
        this.sentence = sentence;
    }

    /** The reason in words. */
    public String sentence() {
        return sentence;
    }

    /** The number under which it is stored; it never changes. */
    public byte code() {
        return code;
    }

    /**
     * The reason with that code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Reason of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("no reason has the code " + code);
        }
        return BY_CODE[code];
    }
}

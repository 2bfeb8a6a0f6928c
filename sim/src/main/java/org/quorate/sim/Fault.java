package org.quorate.sim;

/** The kinds of faults; a run has some of them. */
enum Fault {
    /** A process is killed; its machine goes on. */
    KILL,
    /** A machine loses its power between two inputs. */
    POWER,
    /** A machine loses its power in the middle of what the store does. */
    POWER_IN_A_WRITE,
    /** A process, or its machine, stops between two effects of one turn. */
    STOP_IN_A_TURN,
    /** A process stands still for a while, as for garbage collection. */
    PAUSE,
    /** Nothing gets through between two servers. */
    CUT,
    /** Nothing gets through in one direction. */
    ONE_WAY,
    /** One server is cut from all others; its clients may reach it or not. */
    ISOLATE,
    /** A way opens and closes many times. */
    FLAP,
    /** What comes from one server takes long. */
    DELAY,
    /** Connections break, new ones work. */
    BREAK,
    SLOW_DISK,
    /** A disk takes nothing in for a while. */
    DISK_HANGS,
    DISK_FULL,
    SYNC_ERROR,
    /** A bit of a transaction log goes bad, and the process is restarted. */
    FLIP_LOG,
    FLIP_SNAPSHOT,
    FLIP_EPOCH,
    /** A wall clock is set. */
    CLOCK_JUMP,
    /** A clock runs too fast or too slow. */
    CLOCK_DRIFT,
    /** A client is cut off, or hangs up. */
    CLIENT,
    /** Clients ask for nothing for a while. */
    LULL,
    /** All machines lose their power at once. */
    POWER_EVERYWHERE,
    HAND_OVER,
    RECONFIG,
    /** A leader alone logs what nobody else gets; it is back first and leads, or last. */
    LONE_TAIL,
    /**
     * A leader alone logs what nobody else gets, comes back last, and has it in a snapshot first.
     */
    TAIL_SNAPSHOT,
    /** A leader with a slow disk loses its power and is back before anybody has noticed. */
    LEADER_BLINKS,
    /** A server is long away, and the state it is then sent breaks off. */
    BROKEN_SNAPSHOT,
    /** The others are restarted and elect a leader while the old one, cut off, goes on. */
    REVOLT,
    /**
     * A leader that is cut off, and has nothing under way, is asked by its clients what there is.
     */
    STALE_LEADER,
    /** A leader hands over while another has not put its promise to disk, and loses its power. */
    BROKEN_PROMISE,
    /** Voters and servers without a vote change places, and all stop while it is proposed. */
    CHANGE_PLACES;

    /** Is it a story of many steps? */
    boolean isPlot() {
        return compareTo(RECONFIG) > 0;
    }

    /** Does it befall one server, or the ways to it, and nobody else? */
    boolean isOfOne() {
        return compareTo(LULL) <= 0;
    }
}

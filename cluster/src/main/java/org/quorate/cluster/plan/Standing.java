package org.quorate.cluster.plan;

/** What may be asked of a node, as the planner is told. */
public enum Standing {
    /** Takes everything. */
    ACTIVE(true, true, true, true, true),
    /** Quarantined or doubtful: keeps what it has, leaders included, and is given nothing new. */
    SUSPECT(false, true, false, true, true),
    /** Came back from losses too often: its data stays, leaders it gets later. */
    UNSTEADY(false, true, false, false, true),
    /** Lost, but expected back: its data is not copied yet, its leaders are replaced. */
    AWAY(false, true, false, false, false),
    /** Serves until everything has left it. */
    DRAINING(false, false, false, false, true),
    /** Lost for good as far as its data goes. Its zone still counts as a zone. */
    LOST(false, false, false, false, false),
    /** Removed, or never there. */
    GONE(false, false, false, false, false);

    private final boolean receives;
    private final boolean keeps;
    private final boolean mayBeGivenLeaders;
    private final boolean keepsLeaders;
    private final boolean alive;

    Standing(
            boolean receives,
            boolean keeps,
            boolean mayBeGivenLeaders,
            boolean keepsLeaders,
            boolean alive) {
        this.receives = receives;
        this.keeps = keeps;
        this.mayBeGivenLeaders = mayBeGivenLeaders;
        this.keepsLeaders = keepsLeaders;
        this.alive = alive;
    }

    /** Whether it may be given replicas. */
    public boolean receives() {
        return receives;
    }

    /** Whether the replicas it has may stay. */
    public boolean keeps() {
        return keeps;
    }

    /** Whether it may be given leaders. */
    public boolean mayBeGivenLeaders() {
        return mayBeGivenLeaders;
    }

    /** Whether leaders it has may stay. */
    public boolean keepsLeaders() {
        return keepsLeaders;
    }

    /** Whether it runs now. */
    public boolean alive() {
        return alive;
    }
}

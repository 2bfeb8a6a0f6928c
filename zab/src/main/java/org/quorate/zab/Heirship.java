package org.quorate.zab;

/**
 * What a follower has ready that its leader has named as its heir: the promise of its own epoch, on
 * disk, its open port, and whoever has come there, who have been told the epoch already. Owned by
 * the core thread.
 */
final class Heirship {
    private final long epoch;
    private final Leading leading;
    private boolean promised;

    Heirship(Server server, long epoch) {
        this.epoch = epoch;
        this.leading = Leading.heir(server, epoch);
        server.peers.acceptLearners(true);
    }

    /** The own promise is on disk. */
    void promised() {
        promised = true;
        leading.promisedToSelf();
    }

    /** May this server lead in an epoch that its leader says a quorum has promised? */
    boolean isFor(long promisedEpoch) {
        return promised && epoch == promisedEpoch;
    }

    /**
     * Leads, with those who wait.
     *
     * @param hasAll whether this server has everything that the leader before has ever proposed,
     *     and it is committed
     */
    void lead(boolean hasAll) {
        leading.succeed(hasAll);
    }

    /** Another server leads. */
    void end() {
        leading.leave();
    }

    void connected(long link, String address) {
        leading.learnerConnected(link, address);
    }

    /** Something came in, perhaps on the link of somebody who waits. */
    void received(long link, byte[] bytes, int from, int to) {
        leading.received(link, bytes, from, to);
    }

    /** A link is gone, perhaps of somebody who waited. */
    void closed(long link) {
        leading.linkClosed(link);
    }

    void endTurn() {
        leading.endTurn();
    }
}

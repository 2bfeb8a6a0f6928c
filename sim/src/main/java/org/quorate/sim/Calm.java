package org.quorate.sim;

import java.util.TreeMap;
import org.quorate.protocol.peer.EnsembleConfig;

/**
 * Since when what has been in order, so that nobody is blamed for what a fault led to, and
 * everybody for what none did: each server, and what touches all of them. The ways between them are
 * the {@link Network}'s.
 */
final class Calm {
    private final World world;
    private final TreeMap<Long, Long> serverNanos = new TreeMap<>();
    private long allNanos;

    /** When a server was last seen not well, or started. */
    private long struckNanos;

    Calm(World world) {
        this.world = world;
    }

    /** Something happens that touches everybody. */
    void disturbed() {
        allNanos = world.time.nowNanos();
        struck();
    }

    /** A process begins. */
    void struck() {
        struckNanos = world.time.nowNanos();
    }

    /** Something happens to one server. */
    void disturbed(long server) {
        serverNanos.put(server, world.time.nowNanos());
    }

    /** Notices who is out of order; to be asked often. */
    void look() {
        for (ServerHost server : world.servers.values()) {
            if (!server.isWell() || !server.isServing()) {
                disturbed(server.id);
            }
            if (!server.isWell()) {
                struck();
            }
        }
    }

    /** For how long all servers have been well, serving or not, and the ways between them. */
    long orderNanos() {
        look();
        long since = struckNanos;
        for (long one : world.servers.keySet()) {
            for (long other : world.servers.keySet()) {
                since = Math.max(since, wayNanos(one, other));
            }
        }
        return world.time.nowNanos() - since;
    }

    /**
     * For how long a client, its server (and whom that learns from), the leader and a quorum that
     * follows it have been well, and the ways between them; whatever else is broken. 0 if they are
     * not.
     */
    long nanos(long client, ServerHost server) {
        look();
        ServerHost leader = world.leader();
        if (leader == null) {
            return 0;
        }
        long since = Math.max(allNanos, Math.max(since(server.id), since(leader.id)));
        since = Math.max(since, wayNanos(client, server.id));
        long master = server.master();
        since = Math.max(since, since(master));
        since = Math.max(since, wayNanos(server.id, master));
        since = Math.max(since, wayNanos(master, leader.id));
        since = Math.max(since, quorumNanos(leader, leader.config()));
        since = Math.max(since, quorumNanos(leader, leader.proposedConfig()));
        return Math.max(0, world.time.nowNanos() - since);
    }

    private long quorumNanos(ServerHost leader, EnsembleConfig config) {
        return config.voters().stream()
                .mapToLong(voter -> since(voter.serverId(), leader))
                .sorted()
                .filter(nanos -> Quorums.isQuorum(config, id -> since(id, leader) <= nanos))
                .findFirst()
                .orElse(world.time.nowNanos());
    }

    private long since(long voter, ServerHost leader) {
        return Math.max(since(voter), wayNanos(voter, leader.id));
    }

    private long since(long server) {
        return serverNanos.getOrDefault(server, 0L);
    }

    private long wayNanos(long one, long other) {
        return one == other
                ? 0
                : Math.max(
                        world.network.openSinceNanos(one, other),
                        world.network.openSinceNanos(other, one));
    }
}

package org.quorate.zab;

import org.quorate.protocol.Zxid;

/** This server leads. A standalone server does so alone and at once, in the epoch it is in. */
final class Leading {
    private final Server server;
    private final Broadcast broadcast;

    private Leading(Server server, QuorumRule quorum) {
        this.server = server;
        this.broadcast = new Broadcast(server, new Links(), quorum, server.ledger.lastZxid());
    }

    static Leading standalone(Server server) {
        long self = server.options.serverId();
        Leading leading = new Leading(server, QuorumRule.alone(self));
        long epoch = Zxid.epoch(server.ledger.lastZxid());
        server.become(new Role(Role.Kind.LEADING, self, epoch));
        return leading;
    }

    Broadcast broadcast() {
        return broadcast;
    }

    /** The log is on disk farther than before. */
    void journaled() {
        broadcast.acked();
    }

    void endTurn() {
        broadcast.endTurn();
    }

    private final class Links implements Broadcast.Learners {
        @Override
        public long ackedTo(long serverId) {
            return serverId == server.options.serverId() ? server.ledger.durable() : 0;
        }

        @Override
        public void committed(long place) {}

        @Override
        public void prove() {}

        @Override
        public boolean isProved() {
            return true;
        }

        @Override
        public void synced(long learner) {}
    }
}

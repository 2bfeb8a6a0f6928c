package org.quorate.bench.jmh;

import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.replica.Connection;
import org.quorate.replica.Effects;
import org.quorate.zab.Journal;
import org.quorate.zab.Peers;
import org.quorate.zab.Role;

/** A host without a world: it takes all effects and keeps none, but for votes. */
final class NoWorld implements Effects, Journal, Peers {
    private final ObjLongConsumer<Notification> votes;

    /** The newest token that the core has asked to hear of. */
    long marked;

    Role role = Role.LOOKING;

    /**
     * @param votes takes each vote and whom it is for
     */
    NoWorld(ObjLongConsumer<Notification> votes) {
        this.votes = votes;
    }

    @Override
    public void reply(Connection to, byte[] bytes, int from, int length) {}

    @Override
    public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {}

    @Override
    public void push(Connection to, byte[] bytes, int from, int length) {}

    @Override
    public void close(Connection connection) {
        throw new IllegalStateException("closed " + connection);
    }

    @Override
    public void established(Connection connection) {}

    @Override
    public void role(Role role) {
        this.role = role;
    }

    @Override
    public void notice(Level level, String message) {}

    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {}

    @Override
    public void mark(long token) {
        marked = token;
    }

    @Override
    public void acceptedEpoch(long epoch) {}

    @Override
    public void currentEpoch(long epoch) {}

    @Override
    public void snapshot(SnapshotSource view) {}

    @Override
    public boolean truncate(long zxid) {
        return false;
    }

    @Override
    public void reload() {}

    @Override
    public @Nullable History history(long afterZxid, long bytesMax) {
        return null;
    }

    @Override
    public void vote(long serverId, Notification vote) {
        votes.accept(vote, serverId);
    }

    @Override
    public void dial(long attempt, long serverId) {}

    @Override
    public void dialMaster(long attempt, long serverId) {}

    @Override
    public void acceptObservers(boolean accept) {}

    @Override
    public void acceptLearners(boolean accept) {}

    @Override
    public void send(long link, byte[] bytes, int from, int length) {}

    @Override
    public void sendSnapshot(long link, SnapshotSource view) {}

    @Override
    public void flush() {}

    @Override
    public void close(long link) {}

    @Override
    public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {}
}

package org.quorate.node.host;

import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.zab.Peers;

/** The network of a standalone server: nobody is ever spoken to. */
final class NoPeers implements Peers {
    @Override
    public void vote(long serverId, Notification vote) {
        throw nobody();
    }

    @Override
    public void dial(long attempt, long serverId) {
        throw nobody();
    }

    @Override
    public void dialMaster(long attempt, long serverId) {
        throw nobody();
    }

    @Override
    public void acceptObservers(boolean accept) {
        throw nobody();
    }

    @Override
    public void acceptLearners(boolean accept) {
        // Nobody would come.
    }

    @Override
    public void send(long link, byte[] bytes, int from, int length) {
        throw nobody();
    }

    @Override
    public void sendSnapshot(long link, SnapshotSource view) {
        view.close();
        throw nobody();
    }

    @Override
    public void flush() {
        throw nobody();
    }

    @Override
    public void close(long link) {
        throw nobody();
    }

    @Override
    public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {
        // None but this server.
    }

    private static IllegalStateException nobody() {
        return new IllegalStateException("a standalone server has no peers");
    }
}

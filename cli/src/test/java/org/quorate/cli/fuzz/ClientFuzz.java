package org.quorate.cli.fuzz;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.replica.Connection;
import org.quorate.replica.Effects;
import org.quorate.replica.Replica;
import org.quorate.replica.ReplicaOptions;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Journal;
import org.quorate.zab.Peers;
import org.quorate.zab.Role;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;

/** What one client says to a lone server behind its handshake: the pieces are its frames. */
public final class ClientFuzz {
    private static final long WALL_MILLIS = 1_700_000_000_000L;

    private ClientFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            World world = new World();
            Replica replica =
                    new Replica(
                            ReplicaOptions.builder(1_000)
                                    .extendedTypes(true)
                                    .enforceQuota(true)
                                    .extraAclSchemes("sasl,x509")
                                    .build(),
                            tree,
                            state ->
                                    new Zab(
                                            ZabOptions.standalone(1_000),
                                            EnsembleConfig.of(List.of(), 0),
                                            0,
                                            0,
                                            0,
                                            true,
                                            1,
                                            world,
                                            world,
                                            state),
                            world,
                            Replica.Gate.NONE,
                            1);
            replica.time(1, WALL_MILLIS);
            replica.start();
            Pieces frames = new Pieces(data);
            Connection client = connect(replica, world, frames);
            long nowNanos = 1;
            while (frames.hasNext() && !world.closed) {
                byte[] frame = frames.next();
                nowNanos += 1_000_000;
                replica.time(nowNanos, WALL_MILLIS + nowNanos / 1_000_000);
                client.touch(nowNanos);
                replica.request(client, frame, 0, frame.length);
                endTurn(replica, world);
            }
            if (!world.closed && replica.outstanding() != 0) {
                throw new IllegalStateException(replica.outstanding() + " not answered");
            }
        }
    }

    private static void endTurn(Replica replica, World world) {
        replica.endTurn();
        replica.zab().journaled(world.marked);
        replica.endTurn();
    }

    /** The first piece is the handshake; one that cannot be read makes way for a good one. */
    private static Connection connect(Replica replica, World world, Pieces frames) {
        ConnectRequest request = new ConnectRequest();
        if (frames.hasNext()) {
            try {
                request.read(new JuteIn().wrap(frames.next()));
            } catch (JuteException e) {
                request = new ConnectRequest();
                request.timeoutMillis = 10_000;
            }
        }
        Connection client = replica.open(1, "127.0.0.1", List.of(new Id("ip", "127.0.0.1")));
        replica.connect(client, request);
        endTurn(replica, world);
        return client;
    }

    /** Keeps nothing of what it is told. */
    private static final class World implements Effects, Journal, Peers {
        private long marked;
        private boolean closed;

        @Override
        public void reply(Connection to, byte[] bytes, int from, int length) {}

        @Override
        public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {}

        @Override
        public void push(Connection to, byte[] bytes, int from, int length) {}

        @Override
        public void close(Connection connection) {
            closed = true;
        }

        @Override
        public void established(Connection connection) {}

        @Override
        public void role(Role role) {}

        @Override
        public void notice(Level level, String message) {
            if (level == Level.ERROR) {
                throw new IllegalStateException(message);
            }
        }

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
        public void vote(long serverId, Notification vote) {}

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
}

package org.quorate.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Connection;
import org.quorate.replica.Effects;
import org.quorate.replica.ReadTally;
import org.quorate.replica.Reads;
import org.quorate.replica.Replica;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;

/**
 * The clients' connections of one life of a server: frames come in over wires, plain reads are
 * answered beside the core where the host does so, and what the core says goes out.
 */
final class LifeClients implements Effects, Wire.End {
    /** One connection. */
    private static final class Door {
        final Wire wire;
        @Nullable Connection connection;
        boolean established;
        boolean greeted;
        boolean closed;
        int underWay;
        byte[] partial = {};
        final JuteOut parts = new JuteOut(0);
        final ArrayDeque<byte[]> unread = new ArrayDeque<>();

        Door(Wire wire) {
            this.wire = wire;
        }
    }

    private static final int OP_AUTH = 100;
    private static final int OP_SASL = 102;

    private final Life life;
    private final World world;
    private final TreeMap<Long, Door> doors = new TreeMap<>();
    private final LinkedHashSet<Door> heardWhilePaused = new LinkedHashSet<>();
    private final Reads reads;
    private final JuteOut out = new JuteOut();

    LifeClients(Life life, DataTree tree) {
        this.life = life;
        this.world = life.world;
        this.reads = new Reads(tree, life.host.replicaOptions, ReadTally.NONE);
    }

    /** A client connects; the wire is there. */
    void accept(Wire wire) {
        doors.put(wire.id, new Door(wire));
    }

    // ---- what comes in, on the event loop

    @Override
    public void received(Wire wire, byte[] bytes) {
        Door door = doors.get(wire.id);
        if (door == null || door.closed || life.isOver()) {
            return;
        }
        byte[] all = bytes;
        if (door.partial.length > 0) {
            all = Arrays.copyOf(door.partial, door.partial.length + bytes.length);
            System.arraycopy(bytes, 0, all, door.partial.length, bytes.length);
        }
        int at = 0;
        while (all.length - at >= 4) {
            int length = new JuteIn().wrap(all, at, at + 4).readInt();
            if (all.length - at - 4 < length) {
                break;
            }
            door.unread.add(Arrays.copyOfRange(all, at + 4, at + 4 + length));
            at += 4 + length;
        }
        door.partial = Arrays.copyOfRange(all, at, all.length);
        if (life.isPaused()) {
            heardWhilePaused.add(door);
        } else {
            read(door);
        }
    }

    /** The process goes on: its event loops read what has come. */
    void resumed() {
        heardWhilePaused.forEach(this::read);
        heardWhilePaused.clear();
    }

    private void read(Door door) {
        while (!door.unread.isEmpty() && !door.closed) {
            if (!door.greeted) {
                door.greeted = true;
                byte[] frame = door.unread.remove();
                life.input(replica -> greet(replica, door, frame));
            } else if (!door.established) {
                return;
            } else {
                take(door, door.unread.remove());
            }
        }
    }

    private void greet(Replica replica, Door door, byte[] frame) {
        if (door.closed) {
            return;
        }
        String address = "10.0.0." + door.wire.forth.from % 250;
        Connection connection = replica.open(door.wire.id, address, List.of(new Id("ip", address)));
        connection.attachment = door;
        door.connection = connection;
        replica.connect(connection, new ConnectRequest().read(new JuteIn().wrap(frame)));
    }

    private void take(Door door, byte[] frame) {
        Connection connection = connection(door);
        connection.touch(life.host.clock.nanos());
        if (life.host.readsBeside
                && door.underWay == 0
                && Reads.isPlain(frame, 0, frame.length)
                && connection.answersDirectly(life.host.clock.nanos())
                && reads.answer(frame, 0, frame.length, connection, out.clear())) {
            world.marks.add("read answered beside the core");
            answered(connection);
            world.network.send(door.wire, life.host.id, out.copy());
            return;
        }
        int type = new JuteIn().wrap(frame, 4, 8).readInt();
        if (type != OP_AUTH && type != OP_SASL) {
            door.underWay++;
        }
        life.input(replica -> {
            if (!door.closed) {
                replica.request(connection, frame, 0, frame.length);
            }
        });
    }

    @Override
    public void closed(Wire wire) {
        life.input(replica -> {
            Door door = doors.remove(wire.id);
            if (door != null && !door.closed) {
                door.closed = true;
                if (door.connection != null) {
                    replica.closed(door.connection);
                }
            }
        });
    }

    // ---- what the core asks

    @Override
    public void reply(Connection to, byte[] bytes, int from, int length) {
        Door door = open(to);
        answered(to);
        if (door.established && door.underWay-- == 0) {
            throw new SimulationFailure("%s replies to nothing on %s", life, to);
        }
        send(door, bytes, from, length);
    }

    @Override
    public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {
        JuteOut parts = open(to).parts;
        parts.writeRaw(bytes, from, length);
        if (last) {
            reply(to, parts.array(), 0, parts.size());
            parts.shrink(0);
        }
    }

    private void send(Door door, byte[] bytes, int from, int length) {
        if (life.comesAbout()) {
            world.network.send(
                    door.wire, life.host.id, Arrays.copyOfRange(bytes, from, from + length));
        }
    }

    @Override
    public void push(Connection to, byte[] bytes, int from, int length) {
        Door door = open(to);
        answered(to);
        send(door, bytes, from, length);
    }

    /** Whoever is answered believes that its session lives. */
    private void answered(Connection to) {
        long sessionId = to.sessionId();
        if (sessionId != 0 && !to.isLocal() && world.order.isExpired(sessionId)) {
            throw new SimulationFailure(
                    "%s answers session 0x%x, which has expired", life, sessionId);
        }
    }

    @Override
    public void close(Connection connection) {
        Door door = open(connection);
        door.closed = true;
        doors.remove(door.wire.id);
        if (life.comesAbout()) {
            world.network.close(door.wire, life.host.id);
        }
    }

    @Override
    public void established(Connection connection) {
        Door door = open(connection);
        door.established = true;
        world.time.after(
                0,
                () -> {
                    if (!life.isOver()) {
                        if (life.isPaused()) {
                            heardWhilePaused.add(door);
                        } else {
                            read(door);
                        }
                    }
                });
    }

    @Override
    public void role(Role role) {}

    @Override
    public void notice(Level level, String message) {
        world.tell("server %d says: %s", life.host.id, message);
        if (level == Level.ERROR) {
            throw new SimulationFailure("%s says: %s", life, message);
        }
    }

    private static Connection connection(Door door) {
        if (door.connection == null) {
            throw new IllegalStateException("no handshake on wire " + door.wire.id);
        }
        return door.connection;
    }

    private Door open(Connection connection) {
        if (connection.attachment instanceof Door door) {
            if (door.closed) {
                throw new SimulationFailure("%s speaks behind the close of %s", life, connection);
            }
            return door;
        }
        throw new IllegalStateException("whose is " + connection);
    }
}

package org.quorate.node.host;

import java.util.ArrayList;
import java.util.List;
import org.quorate.net.Outbox;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Connection;
import org.quorate.replica.Replica;

/**
 * Feeds clients' frames to the replica, as long as the answers to those before have been taken, by
 * the event loop and by the client: a short request may have a long answer, and a thousand of them
 * would fill the heap within one turn. Frames that have to wait stay in their order. A client that
 * never reads waits until its session expires. Owned by the core thread.
 */
final class Backlog {
    /** More answers than this for one loop, and what asks for further ones waits. */
    static final int WAITING_BYTES_MAX = 4 << 20;

    private static final int ROOM_BYTES = 1 << 10;

    private final Runnable whenRoom;
    private final List<HostedClient> clients = new ArrayList<>();

    /**
     * @param whenRoom sees to it that {@link #feed} is called soon; any thread
     */
    Backlog(Runnable whenRoom) {
        this.whenRoom = whenRoom;
    }

    /** Whole frames with their lengths, valid during the call. */
    void take(Replica replica, HostedClient client, byte[] bytes, int from, int to) {
        JuteOut waiting = client.backlog;
        int fed = waiting == null ? feed(replica, client, bytes, from, to) : from;
        if (fed == to || client.closed || client.shed) {
            return;
        }
        if (waiting == null) {
            waiting = new JuteOut(ROOM_BYTES);
            client.backlog = waiting;
            client.backlogFrom = 0;
            clients.add(client);
        }
        waiting.writeRaw(bytes, fed, to - fed);
    }

    /** Goes on where there is room again. */
    void feed(Replica replica) {
        if (!clients.isEmpty()) {
            clients.removeIf(client -> !feed(replica, client));
        }
    }

    /** Returns whether there is more. */
    private boolean feed(Replica replica, HostedClient client) {
        JuteOut waiting = client.backlog;
        if (waiting == null) {
            return false;
        }
        client.backlogFrom =
                feed(replica, client, waiting.array(), client.backlogFrom, waiting.size());
        if (client.backlogFrom < waiting.size() && !client.closed && !client.shed) {
            return true;
        }
        client.backlog = null;
        return false;
    }

    /** Returns behind the last frame that was fed. */
    private int feed(Replica replica, HostedClient client, byte[] bytes, int from, int to) {
        Connection connection = client.connection;
        if (connection == null) {
            throw new IllegalStateException("no handshake of " + client.link.remote());
        }
        Outbox outbox = client.link.loop().outbox();
        int at = from;
        while (at < to && !client.closed && !client.shed) {
            if (client.link.isBehind()) {
                client.link.tellWhenRoom(whenRoom);
                break;
            }
            if (outbox.waitingBytes() > WAITING_BYTES_MAX) {
                outbox.tellWhenDrained(whenRoom);
                break;
            }
            int end = at + 4 + Frames.length(bytes, at);
            replica.request(connection, bytes, at + 4, end);
            if (Frames.isAnsweredOutOfOrder(bytes, at)) {
                client.authDone();
            }
            at = end;
        }
        return at;
    }
}

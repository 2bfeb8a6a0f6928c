package org.quorate.node.host;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.StageTimes;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.replica.Connection;
import org.quorate.replica.Replica;

/**
 * What one round over an event loop's sockets has for the core: handshakes, frames and closings, in
 * order. Filled by the loop, fed by the core, given back to the loop: never two owners at once.
 */
final class RequestBatch implements Input {
    /** Past it the next entry goes into another batch. */
    static final int BYTES_MAX = 256 << 10;

    /** Grown beyond, by a frame of more than a megabyte, its bytes are not kept. */
    private static final int BYTES_KEPT_MAX = 6 * BYTES_MAX;

    private static final byte HANDSHAKE = 0;
    private static final byte FRAMES = 1;
    private static final byte CLOSED = 2;

    private final ClientReader owner;
    private final ClientEffects effects;
    private final Backlog backlog;
    private final ServerMetrics metrics;
    private final StageTimes stages;
    private final ConnectRequest handshake = new ConnectRequest();
    private final JuteIn in = new JuteIn();

    // An entry's bytes begin where those of the entry before it end; frames have their lengths.
    private @Nullable HostedClient[] clients = new HostedClient[32];
    private byte[] kinds = new byte[32];
    private int[] ends = new int[32];
    private long[] receivedNanos = new long[32];
    private byte[] bytes = new byte[4 << 10];
    private int count;
    private int size;

    // Of all that is here: when the oldest was read; how many requests were fed.
    private long sinceNanos;
    private long handedNanos;
    private long takenNanos;
    private int requests;

    RequestBatch(ClientReader owner, ReaderContext context) {
        this.owner = owner;
        this.effects = context.effects();
        this.backlog = context.backlog();
        this.metrics = context.metrics();
        this.stages = context.insight().stages();
    }

    // ---- the event loop

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return size >= BYTES_MAX;
    }

    /** The first frame, without its length. */
    void handshake(HostedClient client, byte[] from, int at, int to) {
        copy(from, at, to);
        add(client, HANDSHAKE);
    }

    /** Whole frames with their lengths. */
    void frames(HostedClient client, byte[] from, int at, int to) {
        copy(from, at, to);
        add(client, FRAMES);
    }

    void closed(HostedClient client) {
        add(client, CLOSED);
    }

    private void copy(byte[] from, int at, int to) {
        int length = to - at;
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
        System.arraycopy(from, at, bytes, size, length);
        size += length;
    }

    private void add(HostedClient client, byte kind) {
        if (count == 0) {
            sinceNanos = client.link.heardNanos();
        }
        if (count == kinds.length) {
            clients = Arrays.copyOf(clients, 2 * count);
            kinds = Arrays.copyOf(kinds, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            receivedNanos = Arrays.copyOf(receivedNanos, 2 * count);
        }
        receivedNanos[count] = client.link.heardNanos();
        clients[count] = client;
        kinds[count] = kind;
        ends[count] = size;
        count++;
    }

    /** It goes to the core now. */
    void handed() {
        handedNanos = System.nanoTime();
    }

    // ---- the core

    @Override
    public void feed(Replica replica) {
        takenNanos = System.nanoTime();
        int from = 0;
        requests = 0;
        for (int i = 0; i < count; i++) {
            HostedClient client = clients[i];
            clients[i] = null;
            if (client == null) {
                throw new IllegalStateException("entry %d of %d is empty".formatted(i, count));
            }
            if (!client.closed) {
                feed(replica, client, i, from, ends[i]);
            }
            from = ends[i];
        }
        measure();
        count = 0;
        size = 0;
        if (bytes.length > BYTES_KEPT_MAX) {
            bytes = new byte[BYTES_MAX];
        }
        owner.giveBack(this);
    }

    /** Once for all requests of the batch: each costs the same share. */
    private void measure() {
        if (requests > 0) {
            long nanos = System.nanoTime() - takenNanos;
            stages.of(Stage.DECODE).add(handedNanos - sinceNanos, requests);
            stages.of(Stage.QUEUE).add(takenNanos - handedNanos, requests);
            stages.of(Stage.PREPARE).add(nanos / requests, requests);
            metrics.requestsQueued.add(requests);
            metrics.coreQueueSize.add(requests);
            metrics.coreQueueTime.add(
                    Math.max(0, TimeUnit.NANOSECONDS.toMillis(takenNanos - sinceNanos)), requests);
            metrics.prepareTime.add(TimeUnit.NANOSECONDS.toMillis(nanos / requests), requests);
        }
    }

    private void feed(Replica replica, HostedClient client, int index, int from, int to) {
        switch (kinds[index]) {
            case HANDSHAKE -> {
                effects.taken(client, 1, receivedNanos[index], handedNanos, takenNanos);
                connect(replica, client, from, to);
            }
            case FRAMES -> {
                if (!client.shed) {
                    effects.taken(
                            client, count(from, to), receivedNanos[index], handedNanos, takenNanos);
                    backlog.take(replica, client, bytes, from, to);
                }
            }
            default -> {
                client.closed = true;
                client.backlog = null;
                replica.closed(connection(client));
            }
        }
    }

    /** Returns how many frames are answered in their order. */
    private int count(int from, int to) {
        int answered = 0;
        for (int at = from; at < to; at += 4 + Frames.length(bytes, at)) {
            requests++;
            answered += Frames.isAnsweredOutOfOrder(bytes, at) ? 0 : 1;
        }
        return answered;
    }

    private void connect(Replica replica, HostedClient client, int from, int to) {
        String host = Principals.address(client.ids);
        Connection connection = replica.open(client.connectionId, host, client.ids);
        connection.attachment = client;
        client.connection = connection;
        connection.touch(client.link.heardNanos());
        try {
            handshake.read(in.wrap(bytes, from, to));
        } catch (JuteException e) {
            // Too short: closed without a frame.
            replica.closed(connection);
            effects.close(connection);
            return;
        }
        metrics.connectionRequests.increment();
        if (handshake.sessionId != 0) {
            metrics.sessionsRevalidated.increment();
        }
        replica.connect(connection, handshake);
    }

    private static Connection connection(HostedClient client) {
        Connection connection = client.connection;
        if (connection == null) {
            throw new IllegalStateException("no handshake of " + client.link.remote());
        }
        return connection;
    }
}

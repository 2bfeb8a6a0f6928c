package org.quorate.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;

/**
 * One client of one server that writes without a pause, one request at a time, and notes when each
 * was acknowledged. A lost connection is counted, and opened again at once in the same session. Run
 * by one thread; the figures may be read when {@link #run} has ended.
 */
public final class SteadyWriter implements Runnable {
    private static final int SESSION_MILLIS = 20_000;
    private static final long RECONNECT_NANOS = 5_000_000;
    private static final int DATA_BYTES = 100;

    private final int port;
    private final SetDataRequest request = new SetDataRequest();
    private long[] acknowledgedNanos = new long[1 << 16];
    private int acknowledged;
    private int connectionsLost;
    private int failed;
    private long sessionId;
    private byte[] password = new byte[16];
    private volatile long lastNanos;
    private volatile boolean stopping;

    /**
     * @param path of a znode that is there
     */
    public SteadyWriter(int port, String path) {
        this.port = port;
        request.path.set(Slice.of(path));
        request.data.set(new byte[DATA_BYTES], 0, DATA_BYTES);
        request.version = -1;
    }

    @Override
    public void run() {
        boolean wasConnected = false;
        while (!stopping) {
            try (WireClient client = new WireClient(port)) {
                ConnectResponse opened = client.connect(sessionId, password, SESSION_MILLIS, 0);
                if (opened != null) {
                    sessionId = opened.sessionId;
                    password = opened.password.copy();
                    wasConnected = true;
                    write(client);
                }
            } catch (IOException e) {
                // Counted below: a broken connection and a closed one are the same to a client.
            }
            if (!stopping) {
                connectionsLost += wasConnected ? 1 : 0;
                wasConnected = false;
                LockSupport.parkNanos(RECONNECT_NANOS);
            }
        }
    }

    private void write(WireClient client) throws IOException {
        for (int xid = 1; !stopping; xid++) {
            client.put(xid, request);
            client.flush();
            byte[] frame = client.readFrame();
            if (frame == null) {
                failed++;
                return;
            }
            JuteIn in = new JuteIn().wrap(frame);
            in.readInt();
            in.readLong();
            if (in.readInt() == ErrorCode.OK) {
                note(System.nanoTime());
            } else {
                failed++;
            }
        }
        client.put(0, OpCode.CLOSE_SESSION, new byte[0]);
        client.flush();
        client.readFrame();
    }

    private void note(long nanos) {
        if (acknowledged == acknowledgedNanos.length) {
            acknowledgedNanos = java.util.Arrays.copyOf(acknowledgedNanos, 2 * acknowledged);
        }
        acknowledgedNanos[acknowledged++] = nanos;
        lastNanos = nanos;
    }

    /** Ends {@link #run} behind the request under way. Any thread. */
    public void stop() {
        stopping = true;
    }

    /** When the newest write was acknowledged; 0 before the first. Any thread, at any time. */
    public long lastNanos() {
        return lastNanos;
    }

    /** When each write was acknowledged, by {@link System#nanoTime}. */
    public long[] acknowledgedNanos() {
        return java.util.Arrays.copyOf(acknowledgedNanos, acknowledged);
    }

    /** How often a connection ended that this client did not end. */
    public int connectionsLost() {
        return connectionsLost;
    }

    /** Requests that were answered with an error or never. */
    public int failed() {
        return failed;
    }
}

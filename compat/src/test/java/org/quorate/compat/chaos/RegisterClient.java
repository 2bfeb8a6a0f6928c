package org.quorate.compat.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.WireClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * One client that reads (behind a sync) and writes registers through one server after another, and
 * notes what came of it. Run by one thread; the notes may be read when {@link #run} has ended.
 */
final class RegisterClient implements Runnable {
    private static final int SESSION_MILLIS = 6_000;
    private static final int ANSWER_MILLIS_MAX = 2_500;
    private static final int PAUSE_MILLIS_MAX = 4;
    private static final long RECONNECT_NANOS = 50_000_000;
    private static final int STAT_VERSION_AT = 32;

    private final List<InetSocketAddress> servers;
    private final Registers registers;
    private final Random random;
    private final long firstValue;
    private final List<List<Operation>> notes = new ArrayList<>();
    private final int[] versionSeen;
    private long written;
    private int xid;
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;

    /**
     * @param number of this client, from 0; no two write the same value
     */
    RegisterClient(List<InetSocketAddress> servers, Registers registers, int number, long seed) {
        this.servers = servers;
        this.registers = registers;
        this.random = new Random(seed * 31 + number);
        this.firstValue = (number + 1) * 1_000_000_000L;
        this.versionSeen = new int[registers.count()];
        for (int i = 0; i < registers.count(); i++) {
            notes.add(new ArrayList<>());
        }
    }

    /** What this client saw of a register. */
    List<Operation> notes(int register) {
        return notes.get(register);
    }

    /** What no fault excuses; null if there is nothing. */
    @Nullable Throwable failure() {
        return failure;
    }

    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        while (!stopping && failure == null) {
            InetSocketAddress server = servers.get(random.nextInt(servers.size()));
            try (WireClient client = new WireClient(server, ANSWER_MILLIS_MAX)) {
                if (client.connect(0, new byte[16], SESSION_MILLIS, 0) != null) {
                    work(client);
                    client.put(++xid, OpCode.CLOSE_SESSION, new byte[0]);
                    client.flush();
                }
                Thread.sleep(random.nextInt(100));
            } catch (IOException e) {
                // A server that is down or slow: the next one.
                LockSupport.parkNanos(RECONNECT_NANOS);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | AssertionError e) {
                failure = e; // Looked at by the test.
            }
        }
    }

    /** Until the connection breaks, or now and then to change it. */
    private void work(WireClient client) throws IOException, InterruptedException {
        while (!stopping && random.nextInt(500) > 0) {
            int register = registers.draw(random);
            int choice = random.nextInt(10);
            boolean goesOn =
                    choice < 5
                            ? read(client, register)
                            : write(client, register, choice < 8 ? -1 : versionSeen[register]);
            if (!goesOn) {
                return;
            }
            Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
        }
    }

    private boolean read(WireClient client, int register) throws IOException {
        JuteOut path = new JuteOut().writeBuffer(bytes(registers.path(register)));
        long call = System.nanoTime();
        client.put(++xid, OpCode.SYNC, path.copy());
        client.put(++xid, OpCode.GET_DATA, path.writeBool(false).copy());
        client.flush();
        JuteIn synced = answer(client, xid - 1);
        if (synced == null || synced.readInt() != ErrorCode.OK) {
            return false;
        }
        JuteIn in = answer(client, xid);
        if (in == null) {
            return false;
        }
        int error = in.readInt();
        if (error == ErrorCode.NO_NODE) {
            throw new AssertionError(registers.path(register) + " is gone");
        }
        if (error != ErrorCode.OK) {
            return false;
        }
        Slice data = new Slice();
        in.readSlice(data);
        int version = version(in);
        versionSeen[register] = version;
        note(
                register,
                Operation.read(Long.parseLong(data.text()), version, call, System.nanoTime()));
        return true;
    }

    private boolean write(WireClient client, int register, int expected) throws IOException {
        long value = firstValue + ++written;
        byte[] body =
                new JuteOut()
                        .writeBuffer(bytes(registers.path(register)))
                        .writeBuffer(bytes(Long.toString(value)))
                        .writeInt(expected)
                        .copy();
        long call = System.nanoTime();
        JuteIn in = null;
        try {
            client.put(++xid, OpCode.SET_DATA, body);
            client.flush();
            in = answer(client, xid);
        } finally {
            if (in == null) {
                note(register, Operation.lost(value, expected, call));
            }
        }
        if (in == null) {
            return false;
        }
        long answered = System.nanoTime();
        int error = in.readInt();
        if (error == ErrorCode.BAD_VERSION) {
            note(register, Operation.refused(expected, call, answered));
            return true;
        }
        if (error != ErrorCode.OK) {
            note(register, Operation.lost(value, expected, call));
            return false;
        }
        int version = version(in);
        versionSeen[register] = version;
        note(
                register,
                expected == -1
                        ? Operation.write(value, version, call, answered)
                        : Operation.writeIf(value, expected, call, answered));
        return true;
    }

    private void note(int register, Operation operation) {
        notes.get(register).add(operation);
    }

    /** The next frame, at its error code; null if the connection is closed. */
    private static @Nullable JuteIn answer(WireClient client, int xid) throws IOException {
        byte[] frame = client.readFrame();
        if (frame == null) {
            return null;
        }
        JuteIn in = new JuteIn().wrap(frame);
        int answered = in.readInt();
        if (answered != xid) {
            throw new AssertionError("answer to %d instead of %d".formatted(answered, xid));
        }
        in.readLong();
        return in;
    }

    private static int version(JuteIn stat) {
        for (int at = 0; at < STAT_VERSION_AT; at += Long.BYTES) {
            stat.readLong();
        }
        return stat.readInt();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

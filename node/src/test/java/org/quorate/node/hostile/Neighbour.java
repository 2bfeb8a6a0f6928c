package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.node.host.RawClient;
import org.quorate.node.host.RawClient.Reply;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * An honest client beside the hostile ones, on a thread of its own. It pings, reads and writes all
 * the time, holds watches, an ephemeral znode and data that nobody else may change, and notices
 * whatever harm comes to it.
 */
final class Neighbour implements AutoCloseable {
    static final int WATCHES = 100;
    private static final String ROOT = "/neighbour";
    private static final String BEAT = ROOT + "/beat";
    private static final String EPHEMERAL = ROOT + "/ephemeral";
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int EVENT_XID = -1;
    private static final int DATA_CHANGED = 3;
    private static final int PERSISTENT = 0;
    private static final int EPHEMERAL_FLAG = 1;

    private final RawClient client;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable Throwable harm;
    private int beats;
    private long longestNanos;

    /** Makes its znodes, sets its watches and begins to beat. */
    Neighbour(int port) throws IOException {
        client = new RawClient(port, TIMEOUT_MILLIS);
        signIn(client);
        create(ROOT, PERSISTENT);
        create(BEAT, PERSISTENT);
        create(EPHEMERAL, EPHEMERAL_FLAG);
        for (int i = 0; i < WATCHES; i++) {
            create(own(i), PERSISTENT);
            ok(OpCode.GET_DATA, RawClient.readBody(own(i), true));
        }
        ok(
                OpCode.ADD_WATCH,
                out -> out.writeString(EPHEMERAL).writeInt(AddWatchRequest.PERSISTENT_RECURSIVE));
        thread = Thread.ofPlatform().name("neighbour").start(this::live);
    }

    static void signIn(RawClient who) throws IOException {
        JuteOut out = new JuteOut();
        RawClient.append(
                out,
                -4,
                OpCode.AUTH,
                body -> body.writeInt(0).writeString("digest").writeBuffer(bytes("own:secret")));
        who.write(out);
        assertThat(who.read().err()).isZero();
    }

    private static String own(int index) {
        return ROOT + "/" + index;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Readable by all, to be changed by nobody else. */
    private void create(String path, int flags) throws IOException {
        ok(
                OpCode.CREATE,
                out -> {
                    out.writeString(path).writeBuffer(bytes(path));
                    out.writeInt(2);
                    out.writeInt(31).writeString("auth").writeString("");
                    out.writeInt(1).writeString("world").writeString("anyone");
                    out.writeInt(flags);
                });
    }

    private Reply ok(int type, Consumer<JuteOut> body) throws IOException {
        long begin = System.nanoTime();
        Reply reply = client.call(type, body);
        longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
        assertThat(reply.xid()).as("an answer to what was asked").isPositive();
        assertThat(reply.err()).isZero();
        return reply;
    }

    private void live() {
        try {
            while (!stopping) {
                long begin = System.nanoTime();
                assertThat(client.ping().xid()).isEqualTo(-2);
                longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
                beats++;
                byte[] now =
                        bytes("beat %08d".formatted(beats)); // never longer: memory may be full
                ok(OpCode.SET_DATA, RawClient.setBody(BEAT, now, beats - 1));
                assertData(client, BEAT, now);
                assertData(client, own(beats % WATCHES), bytes(own(beats % WATCHES)));
                TimeUnit.MILLISECONDS.sleep(1); // leaves the machine to the others
            }
        } catch (Throwable e) {
            harm = e;
        }
    }

    /** Reads without a watch, so the watches set before stay as they are. */
    static void assertData(RawClient reader, String path, byte[] expected) throws IOException {
        Reply reply = reader.call(OpCode.GET_DATA, RawClient.readBody(path, false));
        assertThat(reply.err()).as("reading %s", path).isZero();
        Slice data = new Slice();
        reply.in().readSlice(data);
        assertThat(data.copy()).isEqualTo(expected);
    }

    boolean isHarmed() {
        return harm != null;
    }

    /** Stops beating; what went wrong until now is thrown here. */
    void assertUnharmed(long answerMillisMax) throws InterruptedException {
        stopping = true;
        thread.join();
        Throwable why = harm;
        if (why != null) {
            throw new AssertionError("the neighbour was harmed at beat " + beats, why);
        }
        assertThat(beats).isPositive();
        assertThat(TimeUnit.NANOSECONDS.toMillis(longestNanos))
                .as("longest time to an answer, ms, in %d beats", beats)
                .isLessThan(answerMillisMax);
    }

    /** Its session lives, and each of its watches fires once. */
    void assertWatchesFire() throws IOException {
        assertData(client, EPHEMERAL, bytes(EPHEMERAL));
        for (int i = 0; i < WATCHES; i++) {
            assertFires(own(i), "changed " + i);
        }
        assertFires(EPHEMERAL, "still there");
    }

    /** The event of a change comes before the answer to it. */
    private void assertFires(String path, String newData) throws IOException {
        int xid = client.send(OpCode.SET_DATA, RawClient.setBody(path, bytes(newData), 0));
        Reply event = client.read();
        assertThat(event.xid()).as("event of %s", path).isEqualTo(EVENT_XID);
        JuteIn in = event.in();
        assertThat(in.readInt()).isEqualTo(DATA_CHANGED);
        in.readInt(); // state
        Slice where = new Slice();
        in.readSlice(where);
        assertThat(where.text()).isEqualTo(path);
        Reply reply = client.read();
        assertThat(reply.xid()).isEqualTo(xid);
        assertThat(reply.err()).isZero();
    }

    /** What {@link #assertWatchesFire} has written is there, also after a restart. */
    static void assertIntact(RawClient reader) throws IOException {
        for (int i = 0; i < WATCHES; i++) {
            assertData(reader, own(i), bytes("changed " + i));
        }
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        client.close();
    }
}

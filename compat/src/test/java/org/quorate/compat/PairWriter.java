package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.WireClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Counts upwards in one znode, many writes under way at a time, until the connection breaks; each
 * write is a multi that also sets a second znode to the same number. Knows afterwards which numbers
 * the znodes may have.
 */
final class PairWriter implements Runnable {
    private static final int UNDER_WAY_MAX = 16;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private final Slice left;
    private final Slice right;
    private long sent;
    private long acknowledged;
    private long checked;
    private @Nullable AssertionError failure;

    /** Makes the two znodes. */
    PairWriter(int port, String name) throws IOException {
        this.port = port;
        this.left = Slice.of(name + "-left");
        this.right = Slice.of(name + "-right");
        try (WireClient client = connected()) {
            create(client, left);
            create(client, right);
        }
    }

    @Override
    public void run() {
        try (WireClient client = connected()) {
            Queue<Long> underWay = new ArrayDeque<>();
            while (true) {
                while (underWay.size() < UNDER_WAY_MAX) {
                    underWay.add(++sent);
                    client.put((int) sent, OpCode.MULTI, pair(sent));
                }
                client.flush();
                byte[] frame = client.readFrame();
                if (frame == null) {
                    return;
                }
                JuteIn in = new JuteIn().wrap(frame);
                long number = underWay.remove();
                assertThat(in.readInt()).isEqualTo((int) number);
                in.readLong();
                assertThat(in.readInt()).isEqualTo(ErrorCode.OK);
                assertThat(in.readInt()).as("first result's type").isNotEqualTo(OpCode.ERROR);
                acknowledged = number;
            }
        } catch (IOException e) {
            // The server was killed, which is the point; what was acknowledged is known.
        } catch (AssertionError e) {
            failure = e; // Thrown by check(), on the test's thread.
        }
    }

    /**
     * Reads both znodes from the server started anew.
     *
     * @return how many writes were acknowledged since the last check
     */
    long check() throws IOException {
        if (failure != null) {
            throw failure;
        }
        try (WireClient client = connected()) {
            long number = read(client, left);
            assertThat(number).as("%s of %d sent", left, sent).isBetween(acknowledged, sent);
            assertThat(read(client, right)).as("the other half of a multi").isEqualTo(number);
            long news = acknowledged - checked;
            // Numbers that were lost are not sent again; the next load goes on from here.
            sent = number;
            acknowledged = number;
            checked = number;
            return news;
        }
    }

    private WireClient connected() throws IOException {
        WireClient client = new WireClient(port);
        if (client.connect(0, new byte[16], TIMEOUT_MILLIS, 0) == null) {
            client.close();
            throw new IOException("the server closed instead of opening a session");
        }
        return client;
    }

    private static void create(WireClient client, Slice path) throws IOException {
        CreateRequest create = new CreateRequest();
        create.path.set(path);
        create.data.set(Slice.of("0"));
        create.acl.set(AclList.OPEN);
        client.put(1, create);
        client.flush();
        assertThat(client.readFrame()).as("reply to create %s", path).isNotNull();
    }

    private byte[] pair(long number) {
        JuteOut out = new JuteOut(256);
        for (Slice path : new Slice[] {left, right}) {
            byte[] data = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
            SetDataRequest set = new SetDataRequest();
            set.path.set(path);
            set.data.set(data, 0, data.length);
            set.version = -1;
            MultiFrame.beginRequest(out, OpCode.SET_DATA);
            set.write(out);
        }
        MultiFrame.end(out);
        return out.copy();
    }

    private static long read(WireClient client, Slice path) throws IOException {
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_DATA;
        get.path.set(path);
        client.put(1, get);
        client.flush();
        byte[] frame = client.readFrame();
        assertThat(frame).isNotNull();
        JuteIn in = new JuteIn().wrap(frame);
        in.readInt();
        in.readLong();
        assertThat(in.readInt()).as("reading %s", path).isEqualTo(ErrorCode.OK);
        Slice data = new Slice();
        in.readSlice(data);
        return Long.parseLong(data.text());
    }
}

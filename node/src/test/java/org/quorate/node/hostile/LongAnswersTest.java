package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.quorate.node.Quorate;
import org.quorate.node.host.RawClient;
import org.quorate.node.host.RawClient.Reply;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;

/** Short requests with long answers, from clients that read them and from some that never do. */
class LongAnswersTest {
    private static final int LONG_BYTES = 1_000_000;
    private static final long ANSWER_MILLIS_MAX = 8_000;
    private static final long DIRECT_BYTES_MAX = 400L << 20;

    private static Quorate start(String... properties) throws Exception {
        Quorate.Builder builder =
                Quorate.builder().property("zookeeper.forceSync", "no").tickTime(1_000);
        for (int i = 0; i < properties.length; i += 2) {
            builder.property(properties[i], properties[i + 1]);
        }
        Quorate server = builder.start();
        try (RawClient maker = new RawClient(server.port(), 10_000)) {
            assertThat(maker.create("/long", new byte[LONG_BYTES], false).err()).isZero();
        }
        return server;
    }

    private static void askForLong(RawClient client, int times, boolean watch) throws IOException {
        JuteOut out = new JuteOut();
        for (int i = 0; i < times; i++) {
            RawClient.append(out, i + 1, OpCode.GET_DATA, RawClient.readBody("/long", watch));
        }
        client.write(out);
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @Test
    void clientsThatAskForMuchAndNeverReadHarmNobody() throws Exception {
        List<RawClient> greedy = new ArrayList<>();
        try (Quorate server = start();
                Neighbour neighbour = new Neighbour(server.port())) {
            for (int i = 0; i < 20; i++) {
                RawClient client = new RawClient(server.port(), 2_000);
                greedy.add(client);
                askForLong(client, 1_000, i % 2 == 0);
            }
            // What they say is not read any more, so their sessions expire.
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> server.server().edge().connections() <= 1);
            neighbour.assertUnharmed(ANSWER_MILLIS_MAX);
            neighbour.assertWatchesFire();
            assertThat(directBytes()).isLessThan(DIRECT_BYTES_MAX);
            assertThat(server.failure()).isNull();
        } finally {
            for (RawClient client : greedy) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatReadsGetsAllOfManyLongAnswers() throws Exception {
        try (Quorate server = start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            askForLong(client, 300, true);
            for (int i = 0; i < 300; i++) {
                Reply reply = client.read();
                assertThat(reply.xid()).isEqualTo(i + 1);
                assertThat(reply.body().length).isGreaterThan(LONG_BYTES);
            }
        }
    }

    @Test
    void longAnswersThatAWriteHasPutOffAreBounded() throws Exception {
        try (Quorate server = start();
                Neighbour neighbour = new Neighbour(server.port());
                RawClient greedy = new RawClient(server.port(), 10_000)) {
            JuteOut out = new JuteOut();
            for (int i = 0; i < 10; i++) {
                RawClient.append(out, 1, OpCode.CREATE, RawClient.createBody("/w" + i, null, 0));
                for (int j = 0; j < 90; j++) {
                    RawClient.append(out, 2, OpCode.GET_DATA, RawClient.readBody("/long", false));
                }
            }
            greedy.write(out);
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> server.server().edge().connections() <= 1);
            neighbour.assertUnharmed(ANSWER_MILLIS_MAX);
            neighbour.assertWatchesFire();
            assertThat(server.failure()).isNull();
        }
    }

    @Test
    void aMultiReadLongerThanAReplyMayBeIsRefused() throws Exception {
        try (Quorate server = start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            assertThat(multiRead(client, 60).err()).isZero();
            assertThat(multiRead(client, 10_000).err()).isEqualTo(ErrorCode.MARSHALLING_ERROR);
            assertThat(multiRead(client, 1).err()).isZero();
        }
    }

    private static Reply multiRead(RawClient client, int parts) throws IOException {
        return client.call(
                OpCode.MULTI_READ,
                out -> {
                    for (int i = 0; i < parts; i++) {
                        out.writeInt(OpCode.GET_DATA).writeBool(false).writeInt(-1);
                        out.writeString("/long").writeBool(false);
                    }
                    out.writeInt(-1).writeBool(true).writeInt(-1);
                });
    }

    @Test
    void aListOfChildrenLongerThanAReplyMayBeIsRefusedAndItsNodesCanBeDeleted() throws Exception {
        try (Quorate server = start("zookeeper.reply.limit", "1m");
                RawClient client = new RawClient(server.port(), 10_000)) {
            client.create("/dir", null, false);
            String name = "n".repeat(30_000);
            int count = 0;
            while (list(client) == ErrorCode.OK) {
                assertThat(client.create("/dir/" + name + count, null, false).err()).isZero();
                count++;
            }
            assertThat(count).isBetween(30, 60);
            assertThat(list(client)).isEqualTo(ErrorCode.MARSHALLING_ERROR);
            for (int i = 0; i < count; i++) {
                String path = "/dir/" + name + i;
                Reply deleted =
                        client.call(OpCode.DELETE, out -> out.writeString(path).writeInt(-1));
                assertThat(deleted.err()).isZero();
            }
            assertThat(list(client)).isZero();
        }
    }

    private static int list(RawClient client) throws IOException {
        return client.call(OpCode.GET_CHILDREN, RawClient.readBody("/dir", false)).err();
    }
}

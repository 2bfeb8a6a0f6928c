package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.host.RawClient;
import org.quorate.node.host.RawClient.Reply;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.jute.JuteOut;

/** Clients that ask for more than the keys {@code limit.…} let their user, address or path have. */
class SharesTest {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int AUTH_XID = -4;
    private static final int SET_WATCHES_XID = -8;

    @TempDir Path dir;

    private Quorate start(String... keysAndValues) throws Exception {
        Quorate.Builder builder =
                Quorate.builder().dataDir(dir).property("zookeeper.forceSync", "no");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.property("zookeeper." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return builder.start();
    }

    private static RawClient client(Quorate server) throws IOException {
        return new RawClient(server.port(), TIMEOUT_MILLIS);
    }

    /** Sends requests at once and says how many were carried out: refused are all others. */
    private static int carriedOut(
            RawClient client, int count, int type, IntFunction<Consumer<JuteOut>> body)
            throws IOException {
        JuteOut all = new JuteOut();
        for (int i = 1; i <= count; i++) {
            RawClient.append(all, i, type, body.apply(i));
        }
        client.write(all);
        int ok = 0;
        for (int i = 1; i <= count; i++) {
            Reply reply = client.read();
            assertThat(reply.xid()).isEqualTo(i);
            assertThat(reply.err()).isIn(ErrorCode.OK, ErrorCode.THROTTLED_OP);
            ok += reply.err() == ErrorCode.OK ? 1 : 0;
        }
        return ok;
    }

    private static int reads(RawClient client, int count, String path) throws IOException {
        return carriedOut(client, count, OpCode.GET_DATA, i -> RawClient.readBody(path, false));
    }

    private static int authenticate(RawClient client, String userAndPassword) throws IOException {
        JuteOut out = new JuteOut();
        RawClient.append(
                out,
                AUTH_XID,
                OpCode.AUTH,
                body ->
                        body.writeInt(0)
                                .writeString("digest")
                                .writeBuffer(userAndPassword.getBytes()));
        client.write(out);
        Reply reply = client.read();
        assertThat(reply.xid()).isEqualTo(AUTH_XID);
        return reply.err();
    }

    @Test
    void requestsPastARateAreRefusedInTheirOrderAndLaterServedAgain() throws Exception {
        try (Quorate server = start("limit.address.requestsPerSecond", "50");
                RawClient client = client(server)) {
            assertThat(reads(client, 300, "/")).isBetween(50, 150);
            assertThat(client.ping().err()).isZero();
            await().until(() -> reads(client, 1, "/") == 1);
            try (RawClient sameAddress = client(server)) {
                assertThat(reads(client, 100, "/")).isLessThan(100);
                await().until(() -> reads(sameAddress, 1, "/") == 1);
            }
        }
    }

    @Test
    void aRefusedWriteIsNotCarriedOut() throws Exception {
        try (Quorate server = start("limit.address.requestsPerSecond", "40");
                RawClient client = client(server)) {
            assertThat(client.create("/n", new byte[0], false).err()).isZero();
            int done =
                    carriedOut(
                            client,
                            200,
                            OpCode.SET_DATA,
                            i -> RawClient.setBody("/n", new byte[1], -1));
            assertThat(done).isBetween(39, 150);
            await().until(() -> reads(client, 1, "/n") == 1);
            await().untilAsserted(() -> {
                Reply reply = client.call(OpCode.EXISTS, RawClient.readBody("/n", false));
                assertThat(reply.err()).isZero();
                assertThat(reply.in().wrap(reply.body(), 32, 36).readInt()).isEqualTo(done);
            });
        }
    }

    @Test
    void aMultiCountsAsItsOperationsDo() throws Exception {
        try (Quorate server = start("limit.address.requestsPerSecond", "50");
                RawClient client = client(server)) {
            int done =
                    carriedOut(
                            client,
                            40,
                            OpCode.MULTI,
                            i ->
                                    out -> {
                                        for (int op = 0; op < 10; op++) {
                                            MultiFrame.beginRequest(out, OpCode.CHECK);
                                            out.writeString("/").writeInt(-1);
                                        }
                                        MultiFrame.end(out);
                                    });
            assertThat(done).isBetween(5, 15);
        }
    }

    @Test
    void theBytesOfRepliesCount() throws Exception {
        try (Quorate server = start("limit.address.bytesPerSecond", "100k");
                RawClient client = client(server)) {
            assertThat(client.create("/n", new byte[50_000], false).err()).isZero();
            await().until(() -> reads(client, 1, "/n") == 1);
            assertThat(reads(client, 20, "/n")).isPositive(); // a megabyte, to be paid for
            assertThat(reads(client, 5, "/n")).isZero();
            assertThat(reads(client, 5, "/")).isZero();
        }
    }

    @Test
    void aRateOfAPathConcernsNothingElse() throws Exception {
        try (Quorate server =
                        start(
                                "limit.path.prefixes",
                                "/busy,/other",
                                "limit.path.requestsPerSecond",
                                "50");
                RawClient client = client(server)) {
            for (String path : new String[] {"/busy", "/busy/a", "/busier", "/other"}) {
                assertThat(client.create(path, new byte[0], false).err()).isZero();
            }
            assertThat(reads(client, 300, "/busy/a")).isBetween(30, 150);
            assertThat(reads(client, 300, "/busier")).isEqualTo(300);
            assertThat(reads(client, 30, "/other")).isEqualTo(30);
            assertThat(reads(client, 30, "/busy")).isLessThan(30);
        }
    }

    @Test
    void aRateOfAUserIsThatOfAllItsConnectionsAndOfNobodyElse() throws Exception {
        try (Quorate server = start("limit.user.requestsPerSecond", "50");
                RawClient one = client(server);
                RawClient two = client(server);
                RawClient namesake = client(server);
                RawClient nobody = client(server)) {
            assertThat(authenticate(one, "bob:secret")).isZero();
            assertThat(authenticate(two, "bob:secret")).isZero();
            assertThat(authenticate(namesake, "bob:guessed")).isZero();
            assertThat(reads(one, 300, "/")).isBetween(40, 150);
            assertThat(reads(two, 100, "/")).isLessThan(60);
            assertThat(reads(namesake, 40, "/")).isEqualTo(40);
            assertThat(reads(nobody, 300, "/")).isEqualTo(300);
        }
    }

    @Test
    void anAddressOpensNoSessionsPastItsLimitUntilOneIsOver() throws Exception {
        try (Quorate server = start("limit.address.sessions", "2")) {
            RawClient first = client(server);
            try (RawClient second = client(server)) {
                assertThat(second.ping().err()).isZero();
                assertThat(isRefused(server)).isTrue();
                first.send(OpCode.CLOSE_SESSION, out -> {});
                assertThat(first.read().err()).isZero();
                first.close();
                try (RawClient third = client(server)) {
                    assertThat(third.ping().err()).isZero();
                    assertThat(isRefused(server)).isTrue();
                }
                // The session of the third lives on without its connection.
                assertThat(isRefused(server)).isTrue();
            }
        }
    }

    private static boolean isRefused(Quorate server) {
        try (RawClient refused = client(server)) {
            return refused.sessionId == 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aUserHasNoConnectionsPastItsLimit() throws Exception {
        try (Quorate server = start("limit.user.connections", "1");
                RawClient second = client(server)) {
            try (RawClient first = client(server)) {
                assertThat(authenticate(first, "bob:secret")).isZero();
                assertThat(authenticate(first, "bob:secret")).isZero();
                try (RawClient tooMany = client(server)) {
                    assertThat(authenticate(tooMany, "bob:secret"))
                            .isEqualTo(ErrorCode.THROTTLED_OP);
                    assertThat(tooMany.isClosedByServer()).isTrue();
                }
                assertThat(authenticate(second, "ann:secret")).isZero();
                assertThat(first.ping().err()).isZero();
            }
            await().until(() -> {
                try (RawClient again = client(server)) {
                    return authenticate(again, "bob:secret") == ErrorCode.OK;
                }
            });
        }
    }

    @Test
    void aUserThatReconnectsHoldsItsSessionOnce() throws Exception {
        try (Quorate server = start("limit.user.sessions", "1")) {
            RawClient first = client(server);
            assertThat(authenticate(first, "bob:secret")).isZero();
            first.close();
            try (RawClient again =
                            new RawClient(
                                    server.port(),
                                    TIMEOUT_MILLIS,
                                    first.sessionId,
                                    first.password,
                                    0);
                    RawClient other = client(server)) {
                assertThat(again.sessionId).isEqualTo(first.sessionId);
                assertThat(authenticate(again, "bob:secret")).isZero();
                assertThat(authenticate(other, "bob:secret")).isEqualTo(ErrorCode.THROTTLED_OP);
            }
        }
    }

    @Test
    void watchesPastALimitAreRefusedUntilOneIsUsedUp() throws Exception {
        try (Quorate server = start("limit.address.watches", "3");
                RawClient client = client(server);
                RawClient other = client(server)) {
            for (String path : new String[] {"/a", "/b", "/c"}) {
                assertThat(client.create(path, new byte[0], false).err()).isZero();
                assertThat(client.call(OpCode.GET_DATA, RawClient.readBody(path, true)).err())
                        .isZero();
            }
            Reply refused = other.call(OpCode.GET_DATA, RawClient.readBody("/a", true));
            assertThat(refused.err()).isEqualTo(ErrorCode.THROTTLED_OP);
            assertThat(refused.body()).isEmpty();
            assertThat(other.call(OpCode.GET_DATA, RawClient.readBody("/a", false)).err()).isZero();
            assertThat(other.call(OpCode.ADD_WATCH, out -> out.writeString("/a").writeInt(0)).err())
                    .isEqualTo(ErrorCode.THROTTLED_OP);
            other.call(OpCode.SET_DATA, RawClient.setBody("/a", new byte[1], -1));
            assertThat(other.call(OpCode.GET_DATA, RawClient.readBody("/a", true)).err()).isZero();
        }
    }

    @Test
    void watchesBelowAPathAreThoseOfAllClientsAndConcernNothingElse() throws Exception {
        try (Quorate server =
                        start("limit.path.prefixes", "/busy,/other", "limit.path.watches", "3");
                RawClient client = client(server);
                RawClient other = client(server)) {
            for (String path : new String[] {"/busy", "/busy/a", "/busier", "/other"}) {
                assertThat(client.create(path, new byte[0], false).err()).isZero();
            }
            assertThat(watch(client, "/busy")).isZero();
            assertThat(watch(client, "/busy/a")).isZero();
            assertThat(watch(other, "/busy/a")).isZero();
            assertThat(watch(other, "/busy/b")).isEqualTo(ErrorCode.THROTTLED_OP);
            assertThat(other.call(OpCode.ADD_WATCH, out -> out.writeString("/busy").writeInt(1)))
                    .extracting(Reply::err)
                    .isEqualTo(ErrorCode.THROTTLED_OP);
            assertThat(watch(other, "/busier")).isZero();
            assertThat(watch(other, "/other")).isZero();
            client.close();
            await().until(() -> watch(other, "/busy") == ErrorCode.OK);
            assertThat(watch(other, "/busy/b")).isZero();
            assertThat(watch(other, "/busy/c")).isEqualTo(ErrorCode.THROTTLED_OP);
        }
    }

    private static int watch(RawClient client, String path) throws IOException {
        int err = client.call(OpCode.EXISTS, RawClient.readBody(path, true)).err();
        return err == ErrorCode.NO_NODE ? ErrorCode.OK : err;
    }

    @Test
    void whoCannotHaveAllItsWatchesBackIsClosedAndDoesNotBelieveThatItHas() throws Exception {
        try (Quorate server = start("limit.address.watches", "2");
                RawClient client = client(server)) {
            assertThat(client.create("/a", new byte[0], false).err()).isZero();
            JuteOut out = new JuteOut();
            RawClient.append(
                    out,
                    SET_WATCHES_XID,
                    OpCode.SET_WATCHES,
                    body -> {
                        body.writeLong(Long.MAX_VALUE).writeInt(0).writeInt(3);
                        body.writeString("/x").writeString("/y").writeString("/z").writeInt(0);
                    });
            client.write(out);
            Reply reply = client.read();
            assertThat(reply.xid()).isEqualTo(SET_WATCHES_XID);
            assertThat(reply.err()).isEqualTo(ErrorCode.THROTTLED_OP);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void nobodyProvesToBeMoreThanSoMany() throws Exception {
        try (Quorate server = start("connection.ids.limit", "5");
                RawClient client = client(server)) {
            for (int i = 0; i < 4; i++) { // and one is its address
                assertThat(authenticate(client, "user" + i + ":secret")).isZero();
            }
            assertThat(authenticate(client, "user0:secret")).isZero();
            assertThat(authenticate(client, "user4:secret")).isEqualTo(ErrorCode.AUTH_FAILED);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}

package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;

/** A storm of creates against {@code tree.memory.limit}. */
class MemoryLimitTest {
    private static final int DATA_BYTES = 10_000;
    private static final int NODES_MAX = 10_000;

    @TempDir Path dir;

    private Quorate start() throws Exception {
        return Quorate.builder()
                .dataDir(dir)
                .property("zookeeper.tree.memory.limit", "16m")
                .property("zookeeper.forceSync", "no")
                .start();
    }

    @Test
    void pastTheLimitCreatesAreRefusedAllElseGoesOnAndDeletesMakeRoom() throws Exception {
        int made;
        try (Quorate server = start();
                Neighbour neighbour = new Neighbour(server.port());
                RawClient client = new RawClient(server.port(), 10_000)) {
            made = createUntilRefused(client, 0);
            assertThat(made).isBetween(500, 5_000);
            assertReadable(client, made);
            neighbour.assertUnharmed(8_000);
            int half = made / 2;
            for (int i = half; i < made; i++) {
                assertThat(delete(client, i)).isZero();
            }
            made = createUntilRefused(client, half);
            assertThat(made).isGreaterThan(half + 10);
            neighbour.assertWatchesFire();
        }
        try (Quorate again = start();
                RawClient client = new RawClient(again.port(), 10_000)) {
            assertReadable(client, made);
            for (int i = 0; i < made / 2; i++) {
                assertThat(delete(client, i)).isZero();
            }
            assertThat(client.create("/again", new byte[DATA_BYTES], false).err()).isZero();
        }
    }

    /** Says the number of the first that was refused. */
    private static int createUntilRefused(RawClient client, int from) throws IOException {
        for (int i = from; i < NODES_MAX; i++) {
            int err = client.create("/n" + i, new byte[DATA_BYTES], false).err();
            if (err != ErrorCode.OK) {
                assertThat(err).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                return i;
            }
        }
        throw new AssertionError("nothing was refused");
    }

    private static void assertReadable(RawClient client, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Neighbour.assertData(client, "/n" + i, new byte[DATA_BYTES]);
        }
    }

    private static int delete(RawClient client, int number) throws IOException {
        return client.call(OpCode.DELETE, out -> out.writeString("/n" + number).writeInt(-1)).err();
    }
}

package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.WireClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;

/**
 * The registers of a run: a few at a time, others every few seconds, so that what one of them has
 * seen stays short enough to be judged. Any thread.
 */
final class Registers {
    private static final int AT_A_TIME = 4;
    private static final long TERM_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final int count;
    private final long beginNanos = System.nanoTime();

    /**
     * @param seconds that the run lasts
     */
    Registers(long seconds) {
        count = AT_A_TIME * (int) (TimeUnit.SECONDS.toNanos(seconds) / TERM_NANOS + 2);
    }

    int count() {
        return count;
    }

    String path(int register) {
        return "/register-" + register;
    }

    /** One of those in use now. */
    int draw(Random random) {
        long term = (System.nanoTime() - beginNanos) / TERM_NANOS;
        int first = (int) (term * AT_A_TIME % count);
        return first + random.nextInt(AT_A_TIME);
    }

    /** Makes them all, each with the value 0. */
    void make(ServerProcess server) throws IOException {
        try (WireClient client = new WireClient(server.address(), 10_000)) {
            assertThat(client.connect(0, new byte[16], 10_000, 0)).isNotNull();
            for (int register = 0; register < count; register++) {
                CreateRequest create = new CreateRequest();
                create.path.set(Slice.of(path(register)));
                byte[] data = "0".getBytes(StandardCharsets.US_ASCII);
                create.data.set(data, 0, data.length);
                create.acl.set(AclList.OPEN);
                client.put(register + 1, create);
                client.flush();
                byte[] frame = client.readFrame();
                assertThat(frame).isNotNull();
                JuteIn in = new JuteIn().wrap(frame);
                in.readInt();
                in.readLong();
                assertThat(in.readInt()).isEqualTo(ErrorCode.OK);
            }
            client.put(0, OpCode.CLOSE_SESSION, new byte[0]);
            client.flush();
        }
    }
}

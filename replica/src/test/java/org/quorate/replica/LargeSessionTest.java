package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.txn.TxnRecord;

/** A session with more ephemerals than a transaction can name (ZOOKEEPER-4306). */
class LargeSessionTest {
    private static final int FRAME_BYTES_MAX = 8192;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itEndsWithoutATransactionBeyondTheLimits(boolean byItself) {
        try (Host host =
                new Host(
                        ReplicaOptions.builder(1000)
                                .serverId(1)
                                .frameBytesMax(FRAME_BYTES_MAX)
                                .build())) {
            Caller owner = Caller.open(host, 4000);
            Caller other = Caller.open(host, 20_000);
            String parent = "/" + "p".repeat(100);
            other.create(parent, "", 0);
            int count = 500;
            for (int i = 0; i < count; i++) {
                assertThat(owner.create(parent + "/e", "", CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL))
                        .isZero();
                if (i % 2 == 0) {
                    assertThat(other.ping()).isZero();
                }
            }
            other.exists(parent + "/e0000000499", true);
            long before = host.tree.lastZxid();
            if (byItself) {
                host.pass(6000);
                assertThat(owner.client.closed).isTrue();
            } else {
                assertThat(owner.closeSession()).isZero();
                assertThat(owner.header.zxid).isEqualTo(host.tree.lastZxid());
                assertThat(owner.client.closed).isTrue();
            }
            other.takeEvents();
            assertThat(other.events).containsExactly("2 " + parent + "/e0000000499");
            other.exists(parent, false);
            assertThat(other.stat.childCount).isZero();
            assertThat(host.tree.sessionCount()).isEqualTo(1);

            AtomicInteger chunks = new AtomicInteger();
            host.log
                    .records
                    .tailMap(before, false)
                    .values()
                    .forEach(record -> {
                        assertThat(record.length).isLessThanOrEqualTo(FRAME_BYTES_MAX);
                        int type = new TxnRecord().read(new JuteIn().wrap(record)).header.type;
                        chunks.addAndGet(type == OpCode.MULTI ? 1 : 0);
                    });
            assertThat(chunks.get()).isGreaterThan(10);
        }
    }

    @Test
    void whileItEndsItCannotGrow() {
        try (Host host =
                new Host(
                        ReplicaOptions.builder(1000)
                                .serverId(1)
                                .frameBytesMax(FRAME_BYTES_MAX)
                                .build())) {
            Caller owner = Caller.open(host, 4000);
            for (int i = 0; i < 300; i++) {
                owner.create(
                        "/e-long-enough-to-matter", "", CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL);
            }
            owner.send(Caller.empty(OpCode.CLOSE_SESSION));
            owner.send(Caller.createRequest(1, "/late", "", 1, AclList.OPEN));
            assertThat(owner.receive()).isZero();
            Caller other = Caller.open(host);
            assertThat(other.exists("/late", false)).isEqualTo(ErrorCode.NO_NODE);
        }
    }
}

package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.log.Disk;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Endpoint;

/** A whole server on a disk that is slow, full or broken. */
@Timeout(60)
class ServerFaultTest {
    @TempDir Path dir;
    private final SteeredDisk disk = new SteeredDisk();
    private final List<String> deaths = new CopyOnWriteArrayList<>();

    private ServerConfig config(String... properties) throws Exception {
        Properties told = new Properties();
        for (int i = 0; i < properties.length; i += 2) {
            told.setProperty(properties[i], properties[i + 1]);
        }
        ServerConfig all = ZooCfg.embedded(dir, told, warning -> {});
        return all.withPorts(all.ports().withPlain(new Endpoint("127.0.0.1", 0)))
                .withTiming(all.timing().withTick(500))
                .withStorage(all.storage().withPreallocBytes(64 << 10))
                .withAdmin(all.admin().withoutServer(List.of("*")));
    }

    private Server start(Disk on, String... properties) throws Exception {
        return Server.start(config(properties), (what, why) -> deaths.add(what + ": " + why), on);
    }

    private static byte[] bytes(int length) {
        return new byte[length];
    }

    @Test
    void nothingIsAnsweredBeforeItIsOnDisk() throws Exception {
        try (Server server = start(disk);
                RawClient writer = new RawClient(server.clientPort(), 10_000);
                RawClient reader = new RawClient(server.clientPort(), 10_000)) {
            disk.hold();
            writer.send(OpCode.CREATE, RawClient.createBody("/a", bytes(1), 0));
            try {
                // The read is answered beside the write that hangs, and does not see it.
                RawClient.Reply read = reader.call(OpCode.EXISTS, RawClient.readBody("/a", false));
                assertThat(read.err()).isEqualTo(ErrorCode.NO_NODE);
            } finally {
                disk.release(); // the server cannot stop without
            }
            assertThat(writer.read().err()).isZero();
            assertThat(reader.call(OpCode.EXISTS, RawClient.readBody("/a", false)).err()).isZero();
        }
        assertThat(deaths).isEmpty();
    }

    @Test
    void aReadBehindAWriteOfTheSameConnectionWaitsForIt() throws Exception {
        try (Server server = start(disk);
                RawClient client = new RawClient(server.clientPort(), 10_000)) {
            disk.hold();
            client.send(OpCode.CREATE, RawClient.createBody("/a", bytes(1), 0));
            client.send(OpCode.GET_DATA, RawClient.readBody("/a", false));
            TimeUnit.MILLISECONDS.sleep(50);
            disk.release();
            RawClient.Reply created = client.read();
            RawClient.Reply read = client.read();
            assertThat(created.xid()).isEqualTo(1);
            assertThat(read.xid()).isEqualTo(2);
            assertThat(read.err()).isZero();
            assertThat(read.zxid()).isEqualTo(created.zxid());
        }
    }

    @Test
    void aReadBehindAnAuthPacketIsDoneAsWhoThatProves() throws Exception {
        try (Server server = start(disk);
                RawClient client = new RawClient(server.clientPort(), 10_000);
                RawClient owner = new RawClient(server.clientPort(), 10_000);
                RawClient other = new RawClient(server.clientPort(), 10_000)) {
            owner.write(auth("user:secret"));
            assertThat(owner.read().err()).isZero();
            Consumer<JuteOut> mine =
                    out ->
                            out.writeString("/mine")
                                    .writeBuffer(bytes(1))
                                    .writeInt(1)
                                    .writeInt(31)
                                    .writeString("auth")
                                    .writeString("")
                                    .writeInt(0);
            assertThat(owner.call(OpCode.CREATE, mine).err()).isZero();
            CountDownLatch free = new CountDownLatch(1);
            CompletableFuture<Boolean> held = hold(server, free);
            try {
                client.write(auth("user:secret"));
                // Their answers say that the event loop has read the packet before.
                for (int i = 0; i < 10; i++) {
                    assertThat(other.ping().err()).isZero();
                }
                client.send(OpCode.GET_DATA, RawClient.readBody("/mine", false));
                for (int i = 0; i < 10; i++) {
                    assertThat(other.ping().err()).isZero();
                }
            } finally {
                free.countDown();
            }
            assertThat(held.get()).isTrue();
            assertThat(client.read().xid()).isEqualTo(RequestHeader.XID_AUTH);
            assertThat(client.read().err()).isZero();
        }
    }

    private static JuteOut auth(String userAndPassword) {
        JuteOut out = new JuteOut();
        RawClient.append(
                out,
                RequestHeader.XID_AUTH,
                OpCode.AUTH,
                body -> body.writeInt(0).writeString("digest").writeString(userAndPassword));
        return out;
    }

    /** Keeps the core, on its own thread: an event loop that runs a turn would answer nobody. */
    private static CompletableFuture<Boolean> hold(Server server, CountDownLatch free) {
        while (true) {
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<Boolean> held =
                    server.ask(replica -> {
                        if (!Thread.currentThread().getName().endsWith("core")) {
                            return false;
                        }
                        begun.countDown();
                        return isCountedDown(free);
                    });
            await().until(() -> held.isDone() || begun.getCount() == 0);
            if (!held.isDone()) {
                return held;
            }
        }
    }

    private static boolean isCountedDown(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailedSyncStopsTheServerAndWhatWasAnsweredIsThereAfterwards() throws Exception {
        Server server = start(disk);
        RawClient client = new RawClient(server.clientPort(), 10_000);
        assertThat(client.create("/answered", bytes(1), false).err()).isZero();
        disk.broken = true;
        client.send(OpCode.CREATE, RawClient.createBody("/lost", bytes(1), 0));
        assertThat(client.isClosedByServer()).isTrue();
        await().until(() -> !deaths.isEmpty());
        assertThat(deaths).singleElement().asString().contains("transaction log", "broken");
        server.awaitClosed();
        assertThat(server.failure()).hasMessageContaining("broken, says the test");
        client.close();
        disk.broken = false;
        try (Server again = start(disk);
                RawClient reader = new RawClient(again.clientPort(), 10_000)) {
            RawClient.Reply read =
                    reader.call(OpCode.EXISTS, RawClient.readBody("/answered", false));
            assertThat(read.err()).isZero();
        }
    }

    @Test
    void withAFullDiskWritesAreRefusedReadsGoOnAndAllHealsWhenThereIsRoom() throws Exception {
        try (Server server = start(disk);
                RawClient first = new RawClient(server.clientPort(), 10_000);
                RawClient second = new RawClient(server.clientPort(), 10_000)) {
            first.create("/a", bytes(1), false);
            disk.full = true;
            // The write that finds the disk full waits: it is neither done nor lost.
            first.send(OpCode.CREATE, RawClient.createBody("/waits", bytes(1), 0));
            await().until(() -> disk.refusals.get() > 0);
            await().untilAsserted(() ->
                    assertThat(second.create("/b", bytes(1), false).err())
                            .isEqualTo(ErrorCode.QUOTA_EXCEEDED));
            assertThat(second.call(OpCode.GET_DATA, RawClient.readBody("/a", false)).err())
                    .isZero();
            assertThat(second.ping().err()).isZero();
            disk.full = false;
            assertThat(first.read().err()).isZero();
            await().untilAsserted(
                            () -> assertThat(second.create("/b", bytes(1), false).err()).isZero());
        }
        assertThat(deaths).isEmpty();
    }

    @Test
    void aSnapshotIsTakenWhenTheLogHasGrownAndRecoveryBeginsWithIt() throws Exception {
        try (Server server = start(Disk.REAL, "zookeeper.snapCount", "50");
                RawClient client = new RawClient(server.clientPort(), 10_000)) {
            for (int i = 0; i < 300; i++) {
                assertThat(client.create("/n" + i, bytes(1_000), false).err()).isZero();
            }
            await().until(() -> newestSnapshot() > 0);
        }
        long snapshot = newestSnapshot();
        assertThat(snapshot).isPositive();
        try (Server server = start(Disk.REAL);
                RawClient client = new RawClient(server.clientPort(), 10_000)) {
            for (int i = 0; i < 300; i++) {
                assertThat(client.call(OpCode.EXISTS, RawClient.readBody("/n" + i, false)).err())
                        .isZero();
            }
        }
    }

    private long newestSnapshot() {
        var newest = SnapshotFiles.newest(dir);
        return newest == null ? -1 : newest.zxid();
    }

    @Test
    void aCleanStopAnswersWhatIsUnderWay() throws Exception {
        Server server = start(disk);
        RawClient client = new RawClient(server.clientPort(), 10_000);
        disk.hold();
        client.send(OpCode.CREATE, RawClient.createBody("/a", bytes(1), 0));
        await().until(() -> server.edge().underWay() == 1);
        Thread stopping = Thread.ofVirtual().start(server::close);
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(stopping.isAlive()).isTrue();
        disk.release();
        assertThat(client.read().err()).isZero();
        assertThat(client.isClosedByServer()).isTrue();
        stopping.join();
        client.close();
        assertThat(deaths).isEmpty();
    }
}

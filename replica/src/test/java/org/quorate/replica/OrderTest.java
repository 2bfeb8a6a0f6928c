package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** In which order a connection hears what (client protocol §12, §13). */
class OrderTest {
    private final Host host = new Host(ReplicaOptions.builder(1000).serverId(1).build());

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aReadBehindAWriteSeesItAndNotTheNextOne() {
        Caller caller = Caller.open(host);
        host.logging = false;
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(
                    caller.send(
                            i == 0
                                    ? Caller.createRequest(1, "/n", "0", 0, AclList.OPEN)
                                    : Caller.setDataRequest("/n", "" + i, i - 1)));
            sent.add(caller.send(Caller.readRequest(OpCode.GET_DATA, "/n", false)));
        }
        host.logging = true;
        for (int i = 0; i < 20; i++) {
            assertThat(caller.receive()).isZero();
            assertThat(caller.header.xid).isEqualTo(sent.get(i));
            if (i % 2 == 1) {
                assertThat(caller.body.readString()).isEqualTo("" + i / 2);
            }
        }
    }

    @Test
    void readsWaitForNobodyElsesWrites() {
        Caller writer = Caller.open(host);
        Caller reader = Caller.open(host);
        writer.create("/n", "old", 0);
        host.logging = false;
        writer.send(Caller.setDataRequest("/n", "new", -1));
        assertThat(reader.getData("/n")).isEqualTo("old");
        host.logging = true;
        assertThat(writer.receive()).isZero();
        assertThat(reader.getData("/n")).isEqualTo("new");
    }

    @Test
    void repliesComeInTheOrderOfRequestsWhateverTheyAre() {
        Caller caller = Caller.open(host);
        caller.create("/n", "", 0);
        host.logging = false;
        List<Integer> sent = new ArrayList<>();
        sent.add(caller.send(Caller.setDataRequest("/n", "1", -1)));
        sent.add(caller.send(Caller.empty(OpCode.PING)));
        PathRequest sync = new PathRequest();
        sync.type = OpCode.SYNC;
        sync.path.set(Slice.of("/n"));
        sent.add(caller.send(sync));
        sent.add(caller.send(Caller.setDataRequest("/n", "2", 77)));
        sent.add(caller.send(Caller.readRequest(OpCode.GET_CHILDREN, "/n", true)));
        sent.add(caller.send(Caller.createRequest(1, "/n/c", "", 0, AclList.OPEN)));
        sent.add(caller.send(Caller.empty(OpCode.WHO_AM_I)));
        assertThat(caller.client.frames).isEmpty();
        host.logging = true;
        int[] errs = {0, 0, 0, ErrorCode.BAD_VERSION, 0, 0, 0};
        long zxid = 0;
        for (int i = 0; i < sent.size(); i++) {
            assertThat(caller.receive()).isEqualTo(errs[i]);
            assertThat(caller.header.xid).isEqualTo(sent.get(i));
            assertThat(caller.header.zxid).isGreaterThanOrEqualTo(zxid);
            zxid = caller.header.zxid;
        }
        assertThat(caller.events).containsExactly("4 /n");
    }

    @Test
    void anEventPrecedesEveryReplyThatCouldShowTheChange() {
        Caller watcher = Caller.open(host);
        Caller writer = Caller.open(host);
        writer.create("/n", "", 0);
        watcher.call(Caller.readRequest(OpCode.GET_DATA, "/n", true));
        for (int i = 0; i < 3; i++) {
            writer.setData("/n", "" + i);
            assertThat(watcher.getData("/n")).isEqualTo("" + i);
            assertThat(watcher.events).hasSize(i + 1);
            watcher.call(Caller.readRequest(OpCode.GET_DATA, "/n", true));
        }
    }

    @Test
    void anAuthReplyOvertakesRepliesThatArePending() {
        Caller caller = Caller.open(host);
        host.logging = false;
        int write = caller.send(Caller.createRequest(1, "/n", "", 0, AclList.OPEN));
        assertThat(caller.auth("digest", "a:b")).isZero();
        host.logging = true;
        caller.receive();
        assertThat(caller.header.xid).isEqualTo(write);
    }

    @Test
    void whoMayNotReadHearsNothingAndHasUsedUpItsWatch() {
        Caller owner = Caller.open(host);
        Caller other = Caller.open(host);
        owner.auth("digest", "a:b");
        other.exists("/secret", true);
        AclList secret = AclList.of(new Acl(Perms.ALL, new Id("auth", "")));
        owner.create(OpCode.CREATE, "/secret", "", 0, secret);
        other.takeEvents();
        assertThat(other.events).isEmpty();
        owner.delete("/secret");
        owner.create("/secret", "", 0);
        other.takeEvents();
        assertThat(other.events).isEmpty();
    }

    @Test
    void aRecursiveWatchHearsEverythingBelowAndOnce() {
        Caller watcher = Caller.open(host);
        Caller writer = Caller.open(host);
        watcher.addWatch("/", AddWatchRequest.PERSISTENT_RECURSIVE);
        watcher.exists("/a", true);
        writer.create("/a", "", 0);
        writer.create("/a/b", "", 0);
        writer.setData("/a/b", "x");
        writer.delete("/a/b");
        watcher.takeEvents();
        assertThat(watcher.events).containsExactly("1 /a", "1 /a/b", "3 /a/b", "2 /a/b");
        watcher.client.hangUp();
        assertThat(host.replica.inspect().watchCount()).isZero();
    }

    @Test
    void aMultiThatFailsChangesNothingAndTellsEachOperation() {
        Caller caller = Caller.open(host);
        LimitsTest.multi(
                caller,
                Caller.createRequest(1, "/a", "", 0, AclList.OPEN),
                Caller.createRequest(1, "/a/b", "", 0, AclList.OPEN),
                Caller.deleteRequest("/nothing", -1),
                Caller.setDataRequest("/a", "", -1));
        int[] results = new int[4];
        for (int i = 0; i < 4; i++) {
            assertThat(caller.body.readInt()).isEqualTo(-1);
            assertThat(caller.body.readBool()).isFalse();
            caller.body.readInt();
            results[i] = caller.body.readInt();
        }
        assertThat(results)
                .containsExactly(0, 0, ErrorCode.NO_NODE, ErrorCode.RUNTIME_INCONSISTENCY);
        assertThat(caller.exists("/a", false)).isEqualTo(ErrorCode.NO_NODE);
        // The rollback has put the sequence back as well.
        caller.create("/s", "", 2);
        assertThat(caller.body.readString()).isEqualTo("/s0000000000");
    }

    @Test
    void aFrameTooShortForItsHeaderEndsTheConnection() {
        Caller caller = Caller.open(host);
        caller.client.send(new JuteOut().writeInt(3).writeByte(1).writeByte(2).writeByte(3).copy());
        assertThat(caller.client.closed).isTrue();
    }

    @Test
    void nothingIsTakenFromAConnectionThatHasEnded() {
        Caller caller = Caller.open(host);
        caller.send(Caller.empty(4711));
        assertThat(caller.receive()).isEqualTo(ErrorCode.UNIMPLEMENTED);
        assertThat(caller.header.zxid).isEqualTo(-1);
        byte[] ping = new JuteOut().writeInt(1).writeInt(OpCode.PING).copy();
        host.replica.request(caller.client.connection, ping, 0, ping.length);
        host.settle();
        assertThat(caller.client.frames).isEmpty();
    }
}

package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.jute.Slice;

/** Directories of more children than are listed at once. */
class LongListingTest {
    private static final int MANY = 3 * Reads.CHILDREN_AT_ONCE_MAX;

    private final Host host = new Host(ReplicaOptions.builder(1000).serverId(1).build());
    private final Caller lister = Caller.open(host);
    private final Caller other = Caller.open(host);
    private final Set<String> names = new HashSet<>();

    @BeforeEach
    void fill() {
        other.create("/d", "data", 0);
        for (int i = 0; i < MANY; i++) {
            names.add("n" + i);
            other.send(Caller.createRequest(OpCode.CREATE, "/d/n" + i, "", 0, AclList.OPEN));
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(other.receive()).isZero();
        }
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void othersAreServedWhileItIsBeingMadeAndItShowsTheStateInWhichItBegan() {
        long zxid = host.tree.lastZxid();
        begin(list(OpCode.GET_CHILDREN2, false));
        assertThat(other.create("/d/late", "", 0)).isZero();
        names.remove("n7");
        assertThat(other.delete("/d/n7")).isZero();
        assertThat(other.getData("/d")).isEqualTo("data");
        assertThat(lister.client.frames).as("the list is not made yet").isEmpty();
        names.add("n7");
        assertThat(lister.receive()).isZero();
        assertThat(listed()).isEqualTo(names);
        lister.stat.read(lister.body);
        assertThat(lister.stat.childCount).isEqualTo(MANY);
        assertThat(lister.body.remaining()).isZero();
        assertThat(lister.header.zxid).isEqualTo(zxid);
        assertThat(lister.client.partCount).isGreaterThan(3);
    }

    @Test
    void aWatchSetWithItHearsOfWhatComesMeanwhileAndBehindIt() {
        begin(list(OpCode.GET_CHILDREN, true));
        other.create("/d/late", "", 0);
        assertThat(lister.client.frames).isEmpty();
        assertThat(lister.receive()).isZero();
        assertThat(lister.events).isEmpty();
        assertThat(listed()).isEqualTo(names);
        lister.takeEvents();
        assertThat(lister.events).containsExactly("4 /d");
    }

    @Test
    void whatItsClientAsksBehindItIsAnsweredBehindIt() {
        int listing = lister.send(list(OpCode.GET_CHILDREN, false));
        int read = lister.send(Caller.readRequest(OpCode.GET_DATA, "/d", false));
        int write = lister.send(Caller.setDataRequest("/d", "new", -1));
        PathRequest sync = new PathRequest();
        sync.type = OpCode.SYNC;
        sync.path.set(Slice.of("/d"));
        int synced = lister.send(sync);
        int again = lister.send(list(OpCode.GET_CHILDREN, false));
        int last = lister.send(Caller.empty(OpCode.PING));
        for (int xid : new int[] {listing, read, write, synced, again, last}) {
            assertThat(lister.receive()).isZero();
            assertThat(lister.header.xid).isEqualTo(xid);
            if (xid == read) {
                assertThat(lister.body.readString()).isEqualTo("data");
            } else if (xid == listing || xid == again) {
                assertThat(listed()).isEqualTo(names);
            }
        }
    }

    @Test
    void oneIsMadeAfterTheOtherAndAClientThatGoesIsForgotten() {
        Caller gone = Caller.open(host);
        Caller waiting = Caller.open(host);
        begin(gone, list(OpCode.GET_CHILDREN, false));
        lister.send(list(OpCode.GET_CHILDREN, false));
        waiting.send(list(OpCode.GET_CHILDREN, true));
        host.turn();
        gone.client.hangUp();
        assertThat(lister.receive()).isZero();
        assertThat(listed()).isEqualTo(names);
        assertThat(waiting.receive()).isZero();
        other.create("/d/late", "", 0);
        lister.body = waiting.body;
        assertThat(listed()).isEqualTo(names);
        waiting.takeEvents();
        assertThat(waiting.events).containsExactly("4 /d");
    }

    @Test
    void whatIsRefusedOrGoneMeanwhileIsAnsweredAsEver() {
        begin(list(OpCode.GET_CHILDREN, false));
        Caller waiting = Caller.open(host);
        waiting.send(list(OpCode.GET_CHILDREN, false));
        host.turn();
        for (int i = 0; i < MANY; i++) {
            other.send(Caller.deleteRequest("/d/n" + i, -1));
        }
        other.send(Caller.deleteRequest("/d", -1));
        assertThat(lister.receive()).isZero();
        assertThat(listed()).isEqualTo(names);
        while (waiting.client.frames.isEmpty()) {
            host.turn();
        }
        waiting.receive();
        assertThat(waiting.header.err).isIn(ErrorCode.NO_NODE, ErrorCode.OK);
    }

    @Test
    void whoDoesNotReadWaitsWithFurtherOnesAndNobodyWaitsForIt() {
        Caller slow = Caller.open(host);
        slow.send(list(OpCode.GET_CHILDREN, false));
        slow.send(list(OpCode.GET_CHILDREN, false));
        slow.client.behind = true;
        assertThat(lister.call(list(OpCode.GET_CHILDREN, false))).isZero();
        assertThat(listed()).isEqualTo(names);
        host.turn();
        assertThat(host.replica.hasMore()).as("nobody can be gone on with").isFalse();
        assertThat(slow.client.partCount).isZero();
        slow.client.behind = false;
        assertThat(slow.receive()).isZero();
        assertThat(slow.receive()).isZero();
    }

    private static ReadRequest list(int type, boolean watch) {
        return Caller.readRequest(type, "/d", watch);
    }

    private void begin(ReadRequest request) {
        begin(lister, request);
    }

    private void begin(Caller by, ReadRequest request) {
        by.send(request);
        host.turn();
        assertThat(by.client.parts.size()).as("it is under way").isPositive();
    }

    private Set<String> listed() {
        assertThat(lister.header.xid).isNotEqualTo(ReplyHeader.XID_EVENT);
        Set<String> listed = new HashSet<>();
        for (int left = lister.body.readInt(); left > 0; left--) {
            listed.add(lister.body.readString());
        }
        return listed;
    }
}

package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteOut;

/** How sessions begin, move and end (client protocol §3, §14). */
class SessionLifeTest {
    private final Host host = new Host(ReplicaOptions.builder(1000).serverId(1).build());

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void anEphemeralNodeDiesWithItsSessionAndNotBefore() {
        Caller owner = Caller.open(host, 4000);
        Caller other = Caller.open(host, 20_000);
        owner.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        other.exists("/e", true);
        host.pass(3900);
        assertThat(other.exists("/e", false)).isZero();
        host.pass(1200);
        assertThat(owner.client.closed).isTrue();
        other.takeEvents();
        assertThat(other.events).containsExactly("2 /e");
        assertThat(other.exists("/e", false)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(host.tree.hasSession(owner.session.sessionId)).isFalse();
        assertThat(expired(ExpiryCause.SILENT)).isEqualTo(1);
    }

    private long expired(ExpiryCause cause) {
        return host.replica.inspect().expiredSessionCount(cause);
    }

    @Test
    void aSessionThatLostItsConnectionExpiresForThatCause() {
        Caller.open(host, 4000).client.hangUp();
        host.pass(5200);
        assertThat(expired(ExpiryCause.LOST)).isEqualTo(1);
        assertThat(expired(ExpiryCause.SILENT)).isZero();
    }

    @Test
    void anyFrameKeepsTheSessionAlive() {
        Caller caller = Caller.open(host, 2000);
        for (int i = 0; i < 10; i++) {
            host.pass(1500);
            assertThat(i % 2 == 0 ? caller.ping() : caller.sync("/")).isZero();
        }
        host.pass(3100);
        assertThat(caller.client.closed).isTrue();
    }

    @Test
    void aSessionOutlivesItsConnectionAndComesBack() {
        Caller first = Caller.open(host, 4000);
        first.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        first.client.hangUp();
        host.pass(3000);
        Caller second = Caller.renew(host, first);
        assertThat(second.session.sessionId).isEqualTo(first.session.sessionId);
        host.pass(3000);
        assertThat(second.exists("/e", false)).isZero();
    }

    @Test
    void theSessionsOlderConnectionIsClosedByTheNewerOne() {
        Caller first = Caller.open(host);
        Caller second = Caller.renew(host, first);
        assertThat(first.client.closed).isTrue();
        assertThat(second.ping()).isZero();
        assertThat(host.replica.inspect().connectionCount()).isEqualTo(1);
    }

    @Test
    void aWrongPasswordHarmsNobody() {
        Caller first = Caller.open(host);
        Caller thief = Caller.unconnected(host);
        ConnectRequest request = new ConnectRequest();
        request.sessionId = first.session.sessionId;
        request.timeoutMillis = 5000;
        request.password.set(new byte[16], 0, 16);
        assertThat(thief.connect(request)).isTrue();
        assertThat(thief.session.sessionId).isZero();
        assertThat(thief.session.timeoutMillis).isZero();
        assertThat(thief.client.closed).isTrue();
        assertThat(first.ping()).isZero();
    }

    @Test
    void aClosedSessionDoesNotComeBack() {
        Caller first = Caller.open(host);
        assertThat(first.closeSession()).isZero();
        assertThat(first.client.closed).isTrue();
        Caller second = Caller.renew(host, first);
        assertThat(second.session.sessionId).isZero();
        assertThat(second.client.closed).isTrue();
    }

    @Test
    void aClientThatHasSeenTheFutureIsSentAway() {
        Caller caller = Caller.unconnected(host);
        ConnectRequest request = new ConnectRequest();
        request.lastZxidSeen = host.tree.lastZxid() + 1;
        request.timeoutMillis = 5000;
        assertThat(caller.connect(request)).isFalse();
        assertThat(caller.client.closed).isTrue();
    }

    @Test
    void timeoutsAreClamped() {
        assertThat(Caller.open(host, -5).session.timeoutMillis).isEqualTo(2000);
        assertThat(Caller.open(host, 2001).session.timeoutMillis).isEqualTo(2001);
        assertThat(Caller.open(host, Integer.MAX_VALUE).session.timeoutMillis).isEqualTo(20_000);
    }

    @Test
    void sessionsGetTheTimeBackInWhichTheServerStoodStill() {
        Caller caller = Caller.open(host, 4000);
        host.stall(30_000);
        host.turn();
        host.pass(3000);
        assertThat(caller.client.closed).isFalse();
        assertThat(host.replica.stallCount()).isEqualTo(1);
        assertThat(host.notices).hasSize(1).first().asString().contains("30010 ms");
        host.pass(2100);
        assertThat(caller.client.closed).isTrue();
    }

    @Test
    void requestsBehindACloseAreNotAnswered() {
        Caller caller = Caller.open(host);
        host.logging = false;
        caller.send(Caller.empty(-11));
        caller.send(Caller.createRequest(1, "/late", "", 0, AclList.OPEN));
        host.logging = true;
        assertThat(caller.receive()).isZero();
        assertThat(caller.header.xid).isEqualTo(1);
        assertThat(caller.client.closed).isTrue();
        assertThat(Caller.open(host).exists("/late", false)).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void theCloseTakesCreatesThatAreStillUnderWay() {
        Caller caller = Caller.open(host);
        host.logging = false;
        caller.send(Caller.createRequest(1, "/e1", "", 1, AclList.OPEN));
        caller.send(Caller.createRequest(1, "/e2", "", 1, AclList.OPEN));
        caller.send(Caller.deleteRequest("/e2", -1));
        caller.send(Caller.createRequest(1, "/p", "", 0, AclList.OPEN));
        caller.send(Caller.empty(-11));
        host.logging = true;
        for (int i = 0; i < 5; i++) {
            assertThat(caller.receive()).isZero();
        }
        Caller other = Caller.open(host);
        assertThat(other.exists("/e1", false)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(other.exists("/e2", false)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(other.exists("/p", false)).isZero();
    }

    @Test
    void aConnectionThatNeverGreetsIsJustForgotten() {
        Host.Client client = host.connect();
        assertThat(host.replica.inspect().connectionCount()).isEqualTo(1);
        client.hangUp();
        assertThat(host.replica.inspect().connectionCount()).isZero();
    }

    @Test
    void aSecondHandshakeIsAnError() {
        Caller caller = Caller.open(host);
        assertThatThrownBy(
                        () -> host.replica.connect(caller.client.connection, new ConnectRequest()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCreateSessionWhoseClientHasGoneEndsByItself() {
        host.logging = false;
        Host.Client client = host.connect();
        ConnectRequest request = new ConnectRequest();
        request.timeoutMillis = 2000;
        JuteOut out = new JuteOut();
        out.writeInt(0);
        request.write(out);
        out.setInt(0, out.size() - 4);
        client.send(out.copy());
        client.hangUp();
        host.logging = true;
        host.settle();
        assertThat(host.tree.sessionCount()).isEqualTo(1);
        host.pass(3100);
        assertThat(host.tree.sessionCount()).isZero();
    }

    @Test
    void deadlinesCanBeListed() {
        Caller caller = Caller.open(host, 4000);
        host.pass(1000);
        long[] seen = new long[2];
        host.replica
                .inspect()
                .forEachSession((id, timeoutMillis, deadlineMillis, local) -> {
                    seen[0] = id;
                    seen[1] = deadlineMillis - host.wallMillis();
                    assertThat(timeoutMillis).isEqualTo(4000);
                    assertThat(local).isFalse();
                });
        assertThat(seen[0]).isEqualTo(caller.session.sessionId);
        assertThat(seen[1]).isBetween(2900L, 4000L);
    }
}

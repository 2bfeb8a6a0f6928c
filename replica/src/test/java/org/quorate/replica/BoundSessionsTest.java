package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.zab.ZabOptions;

/** Sessions that are bound to their connection (docs/decisions/0170). */
class BoundSessionsTest {
    private static final int SESSION_MILLIS = 4000; // the most that ticks of 200 ms allow
    private static final int GRACE_MILLIS = 500;

    private Ensemble ensemble = Ensemble.settled(3);
    private Host leader = ensemble.awaitLeader();
    private Host follower = ensemble.follower();
    private long lastSession;

    @AfterEach
    void close() {
        ensemble.close();
    }

    private static Caller bound(Host host) {
        Caller caller = Caller.open(host, SESSION_MILLIS);
        assertThat(caller.getData(ReconnectGrace.PATH)).isEqualTo("0");
        assertThat(bind(caller, GRACE_MILLIS)).isZero();
        assertThat(caller.getData(ReconnectGrace.PATH)).isEqualTo("500");
        assertThat(caller.create("/e", "", CreateRequest.FLAG_EPHEMERAL)).isZero();
        return caller;
    }

    private static int bind(Caller caller, int graceMillis) {
        return caller.setData(ReconnectGrace.PATH, Integer.toString(graceMillis));
    }

    private boolean isThere() {
        return leader.tree.hasSession(lastSession);
    }

    private void endsSoonAt(Host host) {
        Caller caller = bound(host);
        lastSession = caller.sessionId();
        ensemble.pass(2 * GRACE_MILLIS);
        assertThat(isThere()).as("as long as it is connected").isTrue();
        caller.client.hangUp();
        ensemble.pass(GRACE_MILLIS - 50);
        assertThat(isThere()).as("within the grace").isTrue();
        ensemble.pass(150);
        assertThat(isThere()).as("after it").isFalse();
        assertThat(leader.replica.inspect().expiredSessionCount(ExpiryCause.UNBOUND)).isEqualTo(1);
        assertThat(Caller.open(host).exists("/e", false)).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void itEndsSoonAfterItsConnectionToTheLeader() {
        endsSoonAt(leader);
    }

    @Test
    void itEndsSoonAfterItsConnectionToAFollower() {
        endsSoonAt(follower);
    }

    @Test
    void itLivesIfItComesBackInTimeToTheSameServer() {
        for (Host host : new Host[] {leader, follower}) {
            Caller caller = bound(host);
            lastSession = caller.sessionId();
            caller.client.hangUp();
            ensemble.pass(GRACE_MILLIS / 2);
            Caller back = Caller.renew(host, caller);
            assertThat(back.sessionId()).isEqualTo(lastSession);
            ensemble.pass(3 * GRACE_MILLIS);
            assertThat(isThere()).isTrue();
            assertThat(back.getData(ReconnectGrace.PATH)).as("not bound any more").isEqualTo("0");
            back.client.hangUp();
            ensemble.pass(3 * GRACE_MILLIS);
            assertThat(isThere()).isTrue();
            assertThat(Caller.renew(host, back).closeSession()).isZero();
        }
    }

    @Test
    void itLivesIfItComesBackToAnotherServer() {
        Caller caller = bound(follower);
        lastSession = caller.sessionId();
        caller.client.hangUp();
        ensemble.pass(GRACE_MILLIS / 2);
        Caller back = Caller.renew(leader, caller);
        assertThat(back.ping()).isZero();
        ensemble.pass(3 * GRACE_MILLIS);
        assertThat(isThere()).isTrue();
    }

    @Test
    void itLivesIfItsOldConnectionEndsAfterItHasANewOneElsewhere() {
        Caller caller = bound(follower);
        lastSession = caller.sessionId();
        Caller moved = Caller.renew(leader, caller);
        assertThat(moved.ping()).isZero();
        caller.client.hangUp();
        ensemble.pass(3 * GRACE_MILLIS);
        assertThat(isThere()).isTrue();
    }

    @Test
    void aLeaderThatStoodStillGivesTheTimeBack() {
        Caller caller = bound(follower);
        lastSession = caller.sessionId();
        caller.client.hangUp();
        ensemble.pass(50);
        ensemble.pause(leader);
        ensemble.pass(GRACE_MILLIS + 100);
        ensemble.resume(leader);
        ensemble.pass(GRACE_MILLIS / 2);
        assertThat(isThere()).isTrue();
        ensemble.pass(GRACE_MILLIS);
        assertThat(isThere()).isFalse();
    }

    @Test
    void aNewLeaderKnowsNothingOfItAndGivesAFullTimeout() {
        Caller caller = bound(follower);
        lastSession = caller.sessionId();
        caller.client.hangUp();
        ensemble.pass(50);
        ensemble.stop(leader);
        leader = ensemble.awaitLeader();
        ensemble.pass(3 * GRACE_MILLIS);
        assertThat(isThere()).isTrue();
        ensemble.pass(SESSION_MILLIS);
        assertThat(isThere()).isFalse();
    }

    @Test
    void whoIsNotBoundLivesAsLongAsEver() {
        Caller caller = Caller.open(follower, SESSION_MILLIS);
        lastSession = caller.sessionId();
        caller.client.hangUp();
        ensemble.pass(SESSION_MILLIS - 500);
        assertThat(isThere()).isTrue();
    }

    @Test
    void nonsenseIsRefusedAndBindingCanBeUndone() {
        Caller caller = bound(follower);
        for (String bad : new String[] {"", "-1", "1e3", "9999999999", "49", "one second"}) {
            assertThat(caller.setData(ReconnectGrace.PATH, bad))
                    .as(bad)
                    .isEqualTo(ErrorCode.BAD_ARGUMENTS);
        }
        assertThat(caller.getData(ReconnectGrace.PATH)).isEqualTo("500");
        assertThat(bind(caller, 1_000_000)).isZero();
        assertThat(caller.getData(ReconnectGrace.PATH)).isEqualTo("4000");
        assertThat(bind(caller, 0)).isZero();
        lastSession = caller.sessionId();
        caller.client.hangUp();
        ensemble.pass(3 * GRACE_MILLIS);
        assertThat(isThere()).isTrue();
    }

    @Test
    void nobodyElseSeesTheVirtualNode() {
        Caller caller = bound(follower);
        assertThat(caller.exists("/zookeeper/quorate", false)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(caller.exists(ReconnectGrace.PATH, false)).isZero();
        assertThat(caller.create(ReconnectGrace.PATH + "/x", "", 0)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(caller.delete(ReconnectGrace.PATH)).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void underALeaderThatCannotItIsNotOffered() {
        ensemble.close();
        ensemble = new Ensemble(3, UnaryOperator.identity(), BoundSessionsTest::without);
        leader = ensemble.awaitLeader();
        follower = ensemble.follower();
        for (Host host : new Host[] {leader, follower}) {
            Caller caller = Caller.open(host, SESSION_MILLIS);
            assertThat(caller.exists(ReconnectGrace.PATH, false)).isEqualTo(ErrorCode.NO_NODE);
            assertThat(bind(caller, GRACE_MILLIS)).isEqualTo(ErrorCode.NO_NODE);
        }
    }

    private static ZabOptions without(ZabOptions options) {
        return new ZabOptions(
                options.serverId(),
                options.standalone(),
                options.observer(),
                options.tickMillis(),
                options.initLimitTicks(),
                options.syncLimitTicks(),
                options.committedCountMin(),
                options.committedBytesMax(),
                options.historyBytesMax(),
                options.fieldBytesMax(),
                options.counterMax(),
                options.reconfigEnabled(),
                options.standaloneEnabled(),
                options.extras() & ~Capabilities.BOUND_SESSIONS);
    }
}

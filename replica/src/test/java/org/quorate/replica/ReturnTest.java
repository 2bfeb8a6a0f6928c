package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;

/**
 * Sessions that come back to another connection: what they see there is the last word on what they
 * had under way (docs/decisions/0251).
 */
class ReturnTest {
    private static final int SESSION_MILLIS = 4000; // the most that ticks of 200 ms allow

    private final Ensemble ensemble = Ensemble.settled(3);
    private final Host leader = ensemble.awaitLeader();
    private final Host follower = ensemble.follower();
    private final Host other =
            ensemble.hosts.values().stream()
                    .filter(host -> host != leader && host != follower)
                    .findFirst()
                    .orElseThrow();

    @AfterEach
    void close() {
        ensemble.close();
    }

    /** Its create reaches the leader; nobody is left to acknowledge it. */
    private Caller withACreateUnderWay() {
        Caller caller = Caller.open(follower, SESSION_MILLIS);
        ensemble.pass(100);
        ensemble.pause(other);
        caller.send(Caller.createRequest(OpCode.CREATE, "/x", "", 0, AclList.OPEN));
        ensemble.turn();
        ensemble.pause(follower);
        ensemble.turn();
        caller.client.hangUp();
        return caller;
    }

    @Test
    void whoComesBackToTheLeaderIsAnsweredWhenWhatHeHadUnderWayIsDecided() {
        Caller caller = withACreateUnderWay();
        Caller back = Caller.returning(leader, caller);
        ensemble.pass(200);
        assertThat(back.client.frames).as("answers while the create is undecided").isEmpty();

        ensemble.resume(other);
        assertThat(back.welcomed()).isTrue();
        assertThat(back.exists("/x", false)).isZero();
    }

    @Test
    void whoComesBackToAFollowerIsToo() {
        Caller caller = withACreateUnderWay();
        ensemble.resume(other);
        Caller back = Caller.returning(other, caller);
        assertThat(back.welcomed()).isTrue();
        assertThat(back.exists("/x", false)).isZero();
    }

    @Test
    void whoComesBackToALoneServerWithoutRoomMayRead() {
        try (Host alone = new Host(ReplicaOptions.builder(1000).serverId(1).build())) {
            Caller caller = Caller.open(alone);
            assertThat(caller.create("/x", "", 0)).isZero();
            alone.logging = false;
            caller.send(Caller.createRequest(OpCode.CREATE, "/y", "", 0, AclList.OPEN));
            alone.pass(100);
            alone.replica.diskFull(true);
            caller.client.hangUp();

            Caller back = Caller.returning(alone, caller);
            assertThat(back.welcomed()).isTrue();
            assertThat(back.exists("/x", false)).isZero();
        }
    }

    @Test
    void aServerDoesNotTakeBackASessionThatHasGoneToAnother() {
        Caller caller = Caller.open(follower, SESSION_MILLIS);
        ensemble.pass(100);
        Caller moved = Caller.renew(other, caller);
        assertThat(moved.ping()).isZero();

        // It joins anew, with the old connection as it believes still there.
        ensemble.breakLinks(follower);
        ensemble.awaitLeader();
        ensemble.pass(200);
        assertThat(caller.client.closed).as("the old connection is ended").isTrue();
        assertThat(moved.create("/y", "", 0)).as("the session still belongs there").isZero();
        assertThat(moved.client.closed).isFalse();
    }
}

package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.zab.ZabOptions;

/** Three servers, their clients, and what happens to these when servers go (design §6). */
class EnsembleTest {
    private final Ensemble ensemble = new Ensemble(3, UnaryOperator.identity());

    @AfterEach
    void close() {
        ensemble.close();
    }

    @Test
    void aWriteThroughAFollowerIsSeenEverywhere() {
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower);
        assertThat(caller.create("/n", "x", 0)).isZero();
        assertThat(caller.getData("/n")).isEqualTo("x");
        assertThat(caller.create("/n", "", 0)).isEqualTo(ErrorCode.NODE_EXISTS);
        assertThat(caller.create("/n/s", "", CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL)).isZero();
        assertThat(caller.body.readString()).isEqualTo("/n/s0000000000");
        for (Host host : ensemble.hosts.values()) {
            Caller reader = Caller.open(host);
            assertThat(reader.sync("/n")).isZero();
            assertThat(reader.getData("/n")).isEqualTo("x");
        }
        ensemble.pass(100);
        assertThat(ensemble.hosts.values())
                .allSatisfy(host ->
                        assertThat(host.tree.digest())
                                .isEqualTo(ensemble.hosts.get(1L).tree.digest()));
    }

    @Test
    void aSessionAtAFollowerExpiresByTheLeader() {
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower, 1000);
        caller.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        for (int i = 0; i < 10; i++) {
            ensemble.pass(300);
            assertThat(caller.ping()).isZero();
        }
        ensemble.pass(1500);
        assertThat(caller.client.closed).isTrue();
        Host leader = ensemble.awaitLeader();
        assertThat(Caller.open(leader).exists("/e", false)).isEqualTo(ErrorCode.NO_NODE);
        assertThat(leader.replica.inspect().expiredSessionCount(ExpiryCause.ELSEWHERE))
                .isEqualTo(1);
    }

    @Test
    void aSessionMovesAndItsWritesThroughTheOldServerEndThatConnection() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller old = Caller.open(follower);
        assertThat(old.create("/n", "", 0)).isZero();
        Caller moved = Caller.renew(leader, old);
        assertThat(moved.session.sessionId).isEqualTo(old.session.sessionId);
        assertThat(moved.setData("/n", "by the new one")).isZero();
        ensemble.pass(100);
        assertThat(old.getData("/n")).isEqualTo("by the new one");
        old.send(Caller.setDataRequest("/n", "too late", -1));
        ensemble.pass(100);
        assertThat(old.client.closed).isTrue();
        assertThat(moved.getData("/n")).isEqualTo("by the new one");
        Caller back = Caller.renew(follower, moved);
        assertThat(back.setData("/n", "back")).isZero();
    }

    @Test
    void aForeignOrDeadSessionIsRefusedByAFollower() {
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower);
        caller.closeSession();
        assertThat(Caller.renew(follower, caller).session.sessionId).isZero();
    }

    @Test
    void clientsOfAFollowerLiveThroughAnElectionAndTheirWritesAreAnswered() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower, 4000);
        Caller watcher = Caller.open(follower, 4000);
        assertThat(caller.create("/n", "0", 0)).isZero();
        watcher.addWatch("/n", AddWatchRequest.PERSISTENT);
        ensemble.stop(leader);
        ensemble.turn();
        int write = caller.send(Caller.setDataRequest("/n", "1", 0));
        int read = caller.send(Caller.readRequest(OpCode.GET_DATA, "/n", false));
        assertThat(watcher.getData("/n")).isEqualTo("0");
        assertThat(watcher.ping()).isZero();
        assertThat(caller.receive()).isZero();
        assertThat(caller.header.xid).isEqualTo(write);
        assertThat(caller.receive()).isZero();
        assertThat(caller.header.xid).isEqualTo(read);
        assertThat(caller.body.readString()).isEqualTo("1");
        watcher.takeEvents();
        assertThat(watcher.events).containsExactly("3 /n");
        assertThat(caller.client.closed).isFalse();
        assertThat(follower.replica.inspect().heldElectionCount()).isEqualTo(1);
    }

    @Test
    void aWriteForwardedToALeaderThatDiesIsDoneExactlyOnce() {
        for (int turns = 0; turns < 6; turns++) {
            try (Ensemble fresh = new Ensemble(3, UnaryOperator.identity())) {
                Host leader = fresh.awaitLeader();
                Host follower = fresh.follower();
                Caller caller = Caller.open(follower, 4000);
                assertThat(caller.create("/n", "0", 0)).isZero();
                for (int i = 0; i < 5; i++) {
                    caller.send(
                            Caller.createRequest(
                                    OpCode.CREATE,
                                    "/n/s",
                                    "",
                                    CreateRequest.FLAG_SEQUENTIAL,
                                    AclList.OPEN));
                }
                for (int i = 0; i < turns; i++) {
                    fresh.turn();
                }
                fresh.stop(leader);
                for (int i = 0; i < 5; i++) {
                    assertThat(caller.receive()).isZero();
                    assertThat(caller.body.readString()).isEqualTo("/n/s000000000" + i);
                }
                caller.exists("/n", false);
                assertThat(caller.stat.childCount).as("%d turns", turns).isEqualTo(5);
            }
        }
    }

    @Test
    void aServerCutOffAnswersNobodyLongerThanHalfTheTimeout() {
        ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower, 2000);
        caller.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        assertThat(caller.ping()).isZero();
        ensemble.cut(follower);
        long cutAt = follower.nowMillis();
        long lastAnswer = cutAt;
        while (!caller.client.closed && follower.nowMillis() < cutAt + 5000) {
            caller.send(Caller.empty(OpCode.PING));
            ensemble.pass(50);
            if (!caller.client.frames.isEmpty()) {
                caller.client.frames.clear();
                lastAnswer = follower.nowMillis();
            }
        }
        assertThat(caller.client.closed).isTrue();
        assertThat(lastAnswer - cutAt).isLessThanOrEqualTo(1100);
        Host leader = ensemble.awaitLeader();
        Caller other = Caller.open(leader);
        ensemble.pass(3000);
        assertThat(other.exists("/e", false)).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void aLeaderCutOffAnswersNobodyLongerThanHalfTheTimeout() {
        Host leader = ensemble.awaitLeader();
        Caller caller = Caller.open(leader, 2000);
        assertThat(caller.create("/n", "", 0)).isZero();
        ensemble.cut(leader);
        long cutAt = leader.nowMillis();
        int write = caller.send(Caller.setDataRequest("/n", "never", -1));
        assertThat(write).isPositive();
        ensemble.pass(4000);
        assertThat(caller.client.closed).isTrue();
        assertThat(caller.client.frames).isEmpty();
        ensemble.heal();
        Host next = ensemble.awaitLeader();
        assertThat(next).isNotSameAs(leader);
        ensemble.pass(2000);
        assertThat(leader.replica.inspect().isServing()).isTrue();
        Caller again = Caller.open(leader);
        assertThat(again.getData("/n")).isEmpty();
        assertThat(leader.tree.digest()).isEqualTo(next.tree.digest());
        assertThat(cutAt).isPositive();
    }

    /**
     * The leader's packets come in, so the follower does not leave it; what the follower says of
     * its sessions does not go out, so the leader expires them.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noPingIsAnsweredForASessionOfWhoseLifeTheLeaderCannotHear(boolean alsoPauses) {
        try (Ensemble patient =
                new Ensemble(
                        3,
                        options -> options.sessionTimeoutMillis(400, 4000),
                        options ->
                                ZabOptions.of(
                                        options.serverId(),
                                        options.tickMillis(),
                                        options.initLimitTicks(),
                                        30))) {
            Host leader = patient.awaitLeader();
            Host follower = patient.follower();
            Caller caller = Caller.open(follower, 1000);
            caller.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
            patient.pass(500);
            assertThat(caller.ping()).isZero();
            patient.mute(follower, leader);
            int answered = 0;
            for (int i = 0; i < 100 && !caller.client.closed; i++) {
                if (alsoPauses && i == 5) {
                    patient.pause(follower);
                    patient.pass(3000);
                    patient.resume(follower);
                    patient.turn();
                }
                caller.send(Caller.empty(OpCode.PING));
                patient.pass(50);
                if (!caller.client.frames.isEmpty()) {
                    caller.client.frames.clear();
                    answered++;
                    assertThat(leader.tree.hasSession(caller.sessionId()))
                            .as("answer %d", answered)
                            .isTrue();
                }
            }
            assertThat(answered).isPositive();
            assertThat(leader.tree.hasSession(caller.sessionId())).isFalse();
        }
    }

    /** A follower and its leader are cut off together; the leader believes long that it leads. */
    @Test
    void noPingIsAnsweredBehindALeaderThatWasReplacedWithoutKnowing() {
        try (Ensemble five =
                new Ensemble(
                        5,
                        options -> options.sessionTimeoutMillis(400, 4000),
                        options ->
                                ZabOptions.of(
                                        options.serverId(),
                                        options.tickMillis(),
                                        options.initLimitTicks(),
                                        options.serverId() == 5 ? 60 : 2))) {
            Host leader = five.awaitLeader();
            assertThat(five.idOf(leader)).isEqualTo(5);
            Host near = Objects.requireNonNull(five.hosts.get(1L));
            Caller caller = Caller.open(near, 1000);
            five.pass(500);
            assertThat(caller.ping()).isZero();
            List<Host> far = List.copyOf(five.hosts.subMap(2L, 5L).values());
            for (Host each : far) {
                for (Host cutOff : List.of(leader, near)) {
                    five.mute(each, cutOff);
                    five.mute(cutOff, each);
                }
            }
            boolean over = false;
            for (int i = 0; i < 100; i++) {
                if (!caller.client.closed) {
                    caller.send(Caller.empty(OpCode.PING));
                }
                five.pass(50);
                for (Host each : far) {
                    over |= !each.tree.hasSession(caller.sessionId());
                }
                assertThat(over && !caller.client.frames.isEmpty()).isFalse();
                caller.client.frames.clear();
            }
            assertThat(over).isTrue();
        }
    }

    @Test
    void heldRequestsAreBounded() {
        try (Ensemble small = new Ensemble(3, options -> options.hold(3000, 10, 1 << 20))) {
            Host leader = small.awaitLeader();
            Host follower = small.follower();
            Caller greedy = Caller.open(follower, 4000);
            Caller modest = Caller.open(follower, 4000);
            small.stop(leader);
            small.turn();
            small.turn();
            modest.send(Caller.createRequest(1, "/modest", "", 0, AclList.OPEN));
            for (int i = 0; i < 20; i++) {
                greedy.send(Caller.createRequest(1, "/greedy" + i, "", 0, AclList.OPEN));
            }
            assertThat(greedy.client.closed).isTrue();
            assertThat(modest.receive()).isZero();
        }
    }

    @Test
    void theBytesOfHeldRequestsAreBounded() {
        try (Ensemble small = new Ensemble(3, options -> options.hold(3000, 1000, 10_000))) {
            Host leader = small.awaitLeader();
            Host follower = small.follower();
            Caller greedy = Caller.open(follower, 4000);
            Caller modest = Caller.open(follower, 4000);
            small.stop(leader);
            small.turn();
            small.turn();
            modest.send(Caller.createRequest(1, "/modest", "x".repeat(4_000), 0, AclList.OPEN));
            greedy.send(Caller.createRequest(1, "/first", "x".repeat(4_000), 0, AclList.OPEN));
            assertThat(greedy.client.closed).isFalse();
            greedy.send(Caller.createRequest(1, "/past", "x".repeat(4_000), 0, AclList.OPEN));
            assertThat(greedy.client.closed).isTrue();
            assertThat(modest.receive()).isZero();
        }
    }

    @Test
    void withoutALeaderForLongerThanTheHoldConnectionsEnd() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower, 4000);
        for (Host host : ensemble.hosts.values()) {
            if (host != follower) {
                ensemble.stop(host);
            }
        }
        assertThat(leader).isNotNull();
        ensemble.pass(1500);
        assertThat(caller.client.closed).isFalse();
        ensemble.pass(700);
        assertThat(caller.client.closed).isTrue();
        Caller refused = Caller.unconnected(follower);
        assertThat(refused.connect(new ConnectRequest())).isFalse();
    }

    @Test
    void afterAnElectionASilentSessionHasItsWholeTimeoutAgain() {
        Host leader = ensemble.awaitLeader();
        Caller caller = Caller.open(ensemble.follower(), 4000);
        caller.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        ensemble.pass(3500);
        ensemble.stop(leader);
        Host next = ensemble.awaitLeader();
        ensemble.pass(3500);
        assertThat(Caller.open(next).exists("/e", false)).isZero();
        ensemble.pass(1000);
        assertThat(Caller.open(next).exists("/e", false)).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void aHandshakeDuringAnElectionIsAnsweredAfterIt() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller old = Caller.open(leader, 4000);
        old.create("/e", "", CreateRequest.FLAG_EPHEMERAL);
        ensemble.pass(100);
        ensemble.stop(leader);
        ensemble.turn();
        ensemble.turn();
        Caller renewed = Caller.renew(follower, old);
        assertThat(renewed.session.sessionId).isEqualTo(old.session.sessionId);
        assertThat(renewed.exists("/e", false)).isZero();
        assertThat(Caller.open(follower).ping()).isZero();
    }

    @Test
    void aPlannedHandOverInterruptsNobody() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller here = Caller.open(leader, 4000);
        Caller there = Caller.open(follower, 4000);
        here.create("/n", "", 0);
        for (int i = 0; i < 5; i++) {
            here.send(Caller.setDataRequest("/n", "here" + i, -1));
            there.send(Caller.setDataRequest("/n", "there" + i, -1));
        }
        leader.replica.zab().handOver();
        for (int i = 0; i < 5; i++) {
            here.send(Caller.setDataRequest("/n", "later" + i, -1));
        }
        for (int i = 0; i < 5; i++) {
            assertThat(there.receive()).isZero();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(here.receive()).isZero();
        }
        assertThat(ensemble.awaitLeader()).isNotSameAs(leader);
        assertThat(here.exists("/n", false)).isZero();
        assertThat(here.stat.version).isEqualTo(15);
        assertThat(here.client.closed || there.client.closed).isFalse();
    }

    @Test
    void whenOnlyTheLinkBrokeNothingIsGuessedAndOtherClientsGoOn() {
        ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller unlucky = Caller.open(follower, 4000);
        Caller idle = Caller.open(follower, 4000);
        unlucky.create("/n", "", 0);
        unlucky.send(Caller.setDataRequest("/n", "maybe", -1));
        ensemble.breakLinks(follower);
        ensemble.turn();
        idle.send(Caller.createRequest(1, "/held", "", 0, AclList.OPEN));
        ensemble.pass(2000);
        assertThat(follower.replica.inspect().isServing()).isTrue();
        assertThat(unlucky.client.closed).isTrue();
        assertThat(idle.receive()).isZero();
    }

    @Test
    void afterAWholeStateWasTakenInWatchersAreSentAway() {
        try (Ensemble fresh =
                new Ensemble(
                        3,
                        options ->
                                options.hold(20_000, 1000, 1 << 20)
                                        .sessionTimeoutMillis(400, 60_000),
                        options -> ofCommitted(options, 5))) {
            Host leader = fresh.awaitLeader();
            Host follower = fresh.follower();
            Caller watcher = Caller.open(follower, 60_000);
            Caller plain = Caller.open(follower, 60_000);
            Caller writer = Caller.open(leader, 60_000);
            writer.create("/n", "", 0);
            watcher.addWatch("/n", AddWatchRequest.PERSISTENT);
            fresh.cut(follower);
            fresh.pass(1500);
            for (int i = 0; i < 50; i++) {
                assertThat(writer.setData("/n", "" + i)).isZero();
            }
            int held = plain.send(Caller.createRequest(1, "/held", "", 0, AclList.OPEN));
            assertThat(held).isPositive();
            fresh.heal();
            fresh.pass(3000);
            assertThat(watcher.client.closed).isTrue();
            assertThat(watcher.client.frames).isEmpty();
            assertThat(plain.receive()).isZero();
            assertThat(plain.getData("/n")).isEqualTo("49");
            assertThat(follower.tree.digest()).isEqualTo(leader.tree.digest());
        }
    }

    private static ZabOptions ofCommitted(ZabOptions options, int committedCountMin) {
        return new ZabOptions(
                options.serverId(),
                false,
                false,
                options.tickMillis(),
                options.initLimitTicks(),
                options.syncLimitTicks(),
                committedCountMin,
                0,
                0,
                options.fieldBytesMax(),
                options.counterMax(),
                options.reconfigEnabled(),
                options.standaloneEnabled(),
                options.extras());
    }

    @Test
    void aLeaderThatStoodStillAnswersNothingFromItsOldEpoch() {
        try (Ensemble patient =
                new Ensemble(
                        3,
                        options ->
                                options.hold(20_000, 1000, 1 << 20)
                                        .sessionTimeoutMillis(400, 60_000))) {
            Host old = patient.awaitLeader();
            Caller sleeper = Caller.open(old, 60_000);
            assertThat(sleeper.create("/n", "old", 0)).isZero();
            patient.pause(old);
            patient.pass(3000);
            Host next = patient.awaitLeader();
            assertThat(next).isNotSameAs(old);
            Caller writer = Caller.open(next);
            assertThat(writer.setData("/n", "new")).isZero();
            patient.resume(old);
            patient.turn();
            assertThat(sleeper.sync("/n")).isZero();
            assertThat(sleeper.getData("/n")).isEqualTo("new");
        }
    }

    @Test
    void aSyncSeesWhatAnyServerAcknowledgedBefore() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller writer = Caller.open(leader);
        Caller reader = Caller.open(follower);
        writer.create("/n", "", 0);
        for (int i = 0; i < 10; i++) {
            assertThat(writer.setData("/n", "" + i)).isZero();
            assertThat(reader.sync("/n")).isZero();
            assertThat(reader.getData("/n")).isEqualTo("" + i);
        }
    }

    @Test
    void aLocalSessionLivesAtItsServerAlone() {
        try (Ensemble local = new Ensemble(3, options -> options.localSessions(true, false))) {
            Host leader = local.awaitLeader();
            Host follower = local.follower();
            long before = leader.tree.lastZxid();
            Caller caller = Caller.open(follower, 1000);
            assertThat(leader.tree.lastZxid()).isEqualTo(before);
            assertThat(caller.create("/n", "", 0)).isZero();
            assertThat(caller.create("/n/e", "", CreateRequest.FLAG_EPHEMERAL))
                    .isEqualTo(ErrorCode.EPHEMERAL_ON_LOCAL_SESSION);
            assertThat(caller.setData("/n", "x")).isZero();
            assertThat(follower.replica.inspect().localSessionCount()).isEqualTo(1);
            assertThat(leader.replica.inspect().globalSessionCount()).isZero();
            assertThat(Caller.renew(leader, caller).session.sessionId).isZero();
            assertThat(caller.ping()).isZero();
            local.pass(1500);
            assertThat(caller.client.closed).isTrue();
            assertThat(follower.replica.inspect().localSessionCount()).isZero();
        }
    }

    @Test
    void aLocalSessionBecomesGlobalWithItsFirstEphemeral() {
        try (Ensemble local = new Ensemble(3, options -> options.localSessions(true, true))) {
            Host leader = local.awaitLeader();
            Host follower = local.follower();
            Caller caller = Caller.open(follower, 2000);
            caller.create("/n", "", 0);
            LimitsTest.multi(
                    caller,
                    Caller.createRequest(1, "/n/p", "", 0, AclList.OPEN),
                    Caller.createRequest(1, "/n/e", "", 1, AclList.OPEN));
            assertThat(caller.exists("/n/e", false)).isZero();
            assertThat(caller.stat.ephemeralOwner).isEqualTo(caller.session.sessionId);
            assertThat(leader.replica.inspect().globalSessionCount()).isEqualTo(1);
            assertThat(follower.replica.inspect().localSessionCount()).isZero();
            Caller moved = Caller.renew(leader, caller);
            assertThat(moved.session.sessionId).isEqualTo(caller.session.sessionId);
            moved.client.hangUp();
            local.pass(3000);
            assertThat(leader.replica.inspect().globalSessionCount()).isZero();
            assertThat(leader.replica.inspect().expiredSessionCount(ExpiryCause.LOST)).isEqualTo(1);
        }
    }

    /** The close came while there was no leader, behind the create that made the session global. */
    @Test
    void aLocalSessionThatBecomesGlobalWhileItIsClosedIsClosedEverywhere() {
        try (Ensemble local = new Ensemble(3, options -> options.localSessions(true, true))) {
            Host leader = local.awaitLeader();
            Host follower = local.follower();
            Caller caller = Caller.open(follower, 4000);
            caller.create("/n", "", 0);
            local.stop(leader);
            local.pass(20);
            assertThat(follower.replica.inspect().isServing()).isFalse();
            caller.send(
                    Caller.createRequest(
                            OpCode.CREATE, "/n/e", "", CreateRequest.FLAG_EPHEMERAL, AclList.OPEN));
            caller.send(Caller.empty(OpCode.CLOSE_SESSION));
            local.awaitLeader();
            assertThat(caller.receive()).isZero();
            assertThat(caller.receive()).isZero();
            local.pass(100);
            assertThat(local.hosts.values())
                    .filteredOn(host -> host != leader)
                    .allSatisfy(host -> {
                        assertThat(host.tree.hasSession(caller.sessionId())).isFalse();
                        assertThat(host.tree.ephemeralCount()).isZero();
                    });
        }
    }

    @Test
    void aFollowerAnswersNoSessionThatALeaderOfAFasterClockHasExpired() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower, 4000);
        assertThat(caller.ping()).isZero();
        ensemble.gain(leader, 200);
        ensemble.pass(3000);
        ensemble.mute(leader, follower);
        ensemble.pass(870);
        assertThat(leader.tree.hasSession(caller.sessionId())).isFalse();
        assertThat(follower.tree.hasSession(caller.sessionId())).isTrue();
        caller.send(Caller.empty(OpCode.PING));
        ensemble.pass(50);
        assertThat(caller.client.frames).isEmpty();
    }

    @Test
    void whatNoFollowerMayForwardBecomesOneErrorTransactionEach() {
        Host leader = ensemble.awaitLeader();
        Host follower = ensemble.follower();
        Caller caller = Caller.open(follower);
        assertThat(caller.create("/n", "", 0)).isZero();
        long session = caller.session.sessionId;
        long server = ensemble.idOf(follower);
        long before = leader.tree.lastZxid();
        int sent = 0;
        for (int type :
                new int[] {OpCode.CHECK, OpCode.DELETE_CONTAINER, 4711, 0, -1, OpCode.PING}) {
            forward(leader, server, session, 900 + sent++, type, pathBody("/n"));
        }
        for (int type :
                new int[] {
                    OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI,
                    OpCode.RECONFIG,
                    OpCode.CREATE_SESSION
                }) {
            forward(leader, server, session, 900 + sent++, type, new byte[] {1, 2});
        }
        forward(
                leader,
                server,
                session,
                900 + sent++,
                OpCode.DELETE,
                new byte[] {-1, -1, -1, -1, 0, 0, 0, 0});
        forward(leader, server, 0x77L, 900 + sent++, OpCode.SET_DATA, setDataBody());
        forward(leader, 99, session, 900 + sent++, OpCode.SET_DATA, setDataBody());
        ensemble.pass(200);
        assertThat(leader.tree.lastZxid()).isEqualTo(before + sent);
        assertThat(follower.tree.lastZxid()).isEqualTo(before + sent);
        List<Integer> errs = new ArrayList<>();
        leader.log
                .records
                .tailMap(before, false)
                .values()
                .forEach(record -> {
                    TxnRecord txn = new TxnRecord().read(new JuteIn().wrap(record));
                    errs.add(txn.txn() instanceof ErrorTxn error ? error.err : 0);
                });
        List<Integer> expected = new ArrayList<>(Collections.nCopies(6, ErrorCode.UNIMPLEMENTED));
        expected.addAll(Collections.nCopies(9, ErrorCode.MARSHALLING_ERROR));
        expected.add(ErrorCode.SESSION_EXPIRED);
        expected.add(ErrorCode.SESSION_MOVED);
        assertThat(errs).isEqualTo(expected);
        assertThat(caller.setData("/n", "still there")).isZero();
    }

    private static byte[] pathBody(String path) {
        return new JuteOut().writeString(path).writeInt(-1).copy();
    }

    private static byte[] setDataBody() {
        JuteOut out = new JuteOut();
        Caller.setDataRequest("/n", "x", -1).write(out);
        return out.copy();
    }

    private static void forward(
            Host leader, long server, long session, int cxid, int type, byte[] body) {
        QuorumPacket packet = new QuorumPacket();
        packet.type = PacketType.REQUEST;
        packet.data.set(
                Slice.of(
                        new JuteOut()
                                .writeLong(session)
                                .writeInt(cxid)
                                .writeInt(type)
                                .writeRaw(body, 0, body.length)
                                .copy()));
        packet.authInfo.set(List.of());
        Objects.requireNonNull(leader.log.state).forwarded(server, packet);
    }

    @Test
    void anEpochThatIsUsedUpIsFollowedByTheNextWithoutAPause() {
        try (Ensemble small =
                new Ensemble(3, UnaryOperator.identity(), options -> ofCounter(options, 40))) {
            Host leader = small.awaitLeader();
            Host follower = small.follower();
            Caller here = Caller.open(leader, 4000);
            Caller there = Caller.open(follower, 4000);
            here.create("/n", "", 0);
            for (int i = 0; i < 100; i++) {
                assertThat(here.setData("/n", "" + i)).isZero();
                assertThat(there.setData("/n", "" + i)).isZero();
            }
            assertThat(small.awaitLeader()).isSameAs(leader);
            assertThat(leader.replica.zab().role().epoch()).isGreaterThan(3);
        }
    }

    private static ZabOptions ofCounter(ZabOptions options, long counterMax) {
        return new ZabOptions(
                options.serverId(),
                false,
                false,
                options.tickMillis(),
                options.initLimitTicks(),
                options.syncLimitTicks(),
                options.committedCountMin(),
                options.committedBytesMax(),
                options.historyBytesMax(),
                options.fieldBytesMax(),
                counterMax,
                options.reconfigEnabled(),
                options.standaloneEnabled(),
                options.extras());
    }
}

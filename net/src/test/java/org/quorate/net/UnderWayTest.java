package org.quorate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnderWayTest {
    private static final int MAX = 1_000;

    private final UnderWay underWay =
            new UnderWay(new ClientEdgeOptions.Requests(MAX, MAX, Long.MAX_VALUE, -1, 0), 1);
    private long nowNanos = System.nanoTime();

    @Test
    void whoIsAloneMayHaveAll() {
        assertThat(room(underWay.open("a"))).isEqualTo(MAX);
    }

    @Test
    void whoHasAskedLatelyHasAShareKeptForIt() {
        UnderWay.Account greedy = underWay.open("a");
        UnderWay.Account other = underWay.open("b");
        ask(other, 1);
        underWay.add(other, -1); // answered
        assertThat(room(greedy)).isEqualTo(MAX / 2);
        nowNanos += 3 * Lately.WINDOW_NANOS;
        assertThat(room(greedy)).isEqualTo(MAX);
    }

    @Test
    void whoWaitsForAnAnswerHasAShareKeptForIt() {
        UnderWay.Account greedy = underWay.open("a");
        ask(underWay.open("b"), 1);
        nowNanos += 3 * Lately.WINDOW_NANOS;
        assertThat(room(greedy)).isEqualTo(MAX / 2);
    }

    @Test
    void nobodyGetsMoreByConnectingMoreOften() {
        UnderWay.Account[] many = new UnderWay.Account[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = underWay.open("many");
            room(many[i]);
        }
        UnderWay.Account other = underWay.open("other");
        assertThat(room(other)).isEqualTo(MAX / 2);
        int taken = 0;
        for (UnderWay.Account one : many) {
            int room = room(one);
            assertThat(room).isEqualTo(MAX / 2 / many.length);
            ask(one, room);
            taken += room;
        }
        assertThat(taken).isEqualTo(MAX / 2);
        assertThat(room(underWay.open("many"))).as("its party's share is used up").isZero();
        assertThat(room(other)).isEqualTo(MAX / 2);
    }

    @Test
    void aShareIsNeverTooSmallToBeOfUse() {
        for (int i = 0; i < 10 * MAX; i++) {
            room(underWay.open("party " + i));
        }
        assertThat(room(underWay.open("another"))).isEqualTo(UnderWay.SHARE_MIN);
    }

    @Test
    void aLinkTakesWhatItHasUnderWayIntoAnotherParty() {
        UnderWay.Account moving = underWay.open("a");
        UnderWay.Account staying = underWay.open("a");
        ask(moving, 300);
        underWay.move(moving, "b");
        nowNanos += 3 * Lately.WINDOW_NANOS;
        assertThat(room(staying)).isEqualTo(MAX / 2);
        assertThat(room(moving)).isEqualTo(MAX / 2 - 300);
        assertThat(underWay.requests()).isEqualTo(300);
        underWay.close(moving);
        assertThat(underWay.requests()).isZero();
    }

    @Test
    void aLinkIsHeardInItsNewPartyThoughItWasHeardInTheOneBefore() {
        UnderWay.Account moving = underWay.open("a");
        UnderWay.Account staying = underWay.open("a");
        assertThat(underWay.isHeardAmongOthers(moving, nowNanos)).isFalse();
        underWay.move(moving, "b");
        underWay.isHeardAmongOthers(moving, nowNanos);
        assertThat(underWay.isHeardAmongOthers(staying, nowNanos)).isTrue();
    }

    private int room(UnderWay.Account account) {
        return underWay.requestRoom(account, nowNanos);
    }

    private void ask(UnderWay.Account account, int count) {
        assertThat(room(account)).isGreaterThanOrEqualTo(count);
        underWay.add(account, count);
    }
}

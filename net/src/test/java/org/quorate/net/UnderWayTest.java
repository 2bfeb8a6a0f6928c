package org.quorate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
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
    void besideThoseWhoHaveAskedLatelyFewAreUnderWay() {
        UnderWay.Account greedy = underWay.open("a");
        UnderWay.Account other = underWay.open("b");
        ask(other, 1);
        underWay.add(other, -1); // answered
        assertThat(room(greedy)).isEqualTo(UnderWay.BESIDE_OTHERS_MIN);
        nowNanos += 3 * Lately.WINDOW_NANOS;
        assertThat(room(greedy)).isEqualTo(MAX);
    }

    @Test
    void besideThoseWhoWaitForAnAnswerFewAreUnderWay() {
        UnderWay.Account greedy = underWay.open("a");
        ask(underWay.open("b"), 1);
        nowNanos += 3 * Lately.WINDOW_NANOS;
        assertThat(room(greedy)).isEqualTo(UnderWay.BESIDE_OTHERS_MIN);
    }

    @Test
    void amongTheLinksOfOnePartyItIsTheSame() {
        UnderWay.Account greedy = underWay.open("a");
        UnderWay.Account other = underWay.open("a");
        ask(other, 1);
        assertThat(room(greedy)).isEqualTo(UnderWay.BESIDE_OTHERS_MIN);
        ask(other, 5);
        assertThat(room(greedy)).as("twice what the other has").isEqualTo(12);
    }

    @Test
    void whoeverAsksForAsMuchAsTheOthersGetsToItsShare() {
        UnderWay.Account one = underWay.open("a");
        UnderWay.Account other = underWay.open("b");
        room(one);
        room(other);
        for (int i = 0; i < 10; i++) {
            ask(one, room(one));
            ask(other, room(other));
        }
        assertThat(one.requests()).isEqualTo(MAX / 2);
        assertThat(other.requests()).isEqualTo(MAX / 2);
    }

    @Test
    void nobodyGetsMoreByConnectingMoreOften() {
        UnderWay.Account[] many = new UnderWay.Account[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = underWay.open("many");
            room(many[i]);
        }
        UnderWay.Account other = underWay.open("other");
        ask(other, 1);
        for (UnderWay.Account one : many) {
            underWay.add(one, room(one));
        }
        assertThat(Arrays.stream(many).mapToInt(UnderWay.Account::requests).sum())
                .isEqualTo(UnderWay.BESIDE_OTHERS_MIN);
        while (room(other) > 0) {
            ask(other, room(other));
            for (UnderWay.Account one : many) {
                underWay.add(one, room(one));
                assertThat(one.requests()).isLessThanOrEqualTo(MAX / 2 / many.length);
            }
        }
        assertThat(Arrays.stream(many).mapToInt(UnderWay.Account::requests).sum())
                .isEqualTo(MAX / 2);
        assertThat(room(underWay.open("many"))).as("its party's share is used up").isZero();
        assertThat(other.requests()).isEqualTo(MAX / 2);
    }

    @Test
    void aShareIsNeverTooSmallToBeOfUse() {
        for (int i = 0; i < 10 * MAX; i++) {
            ask(underWay.open("party " + i), i < MAX / 2 ? 1 : 0);
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
        ask(staying, 250);
        assertThat(room(moving)).isEqualTo(MAX / 2 - 300);
        assertThat(underWay.requests()).isEqualTo(550);
        underWay.close(moving);
        assertThat(underWay.requests()).isEqualTo(250);
    }

    private int room(UnderWay.Account account) {
        return underWay.requestRoom(account, nowNanos);
    }

    private void ask(UnderWay.Account account, int count) {
        assertThat(room(account)).isGreaterThanOrEqualTo(count);
        underWay.add(account, count);
    }
}

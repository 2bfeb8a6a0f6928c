package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

/** Whose promises make a quorum. This is server 5 of five; server n comes on link n. */
class PromisesTest {
    private static final long LAST = 0x100000005L;

    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    Town.options(5, 500, Long.MAX_VALUE, 0),
                    Town.members(5, 0),
                    1,
                    1,
                    LAST,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());

    @Test
    void aServerThatIsGoneHasPromisedNothingForItMayComeAgainWithoutWhatItHad() {
        elect();
        promise(1);
        zab.linkClosed(1);
        promise(2);
        assertThat(story.take()).doesNotContain("currentEpoch 2");

        promise(3);
        assertThat(story.take()).contains("currentEpoch 2");
    }

    @Test
    void epochsThatAreSkippedAreUnledAndTheirNeighboursAreNot() {
        UnledEpochs unled = new UnledEpochs();
        unled.skip(3, 4);
        unled.skip(5, 9);
        for (long epoch = 0; epoch <= 10; epoch++) {
            assertThat(unled.contains(epoch)).as("%d", epoch).isEqualTo(epoch > 5 && epoch < 9);
        }
        for (long from = 10; from < 10 + 2 * UnledEpochs.STRETCHES_MAX; from += 2) {
            unled.skip(from, from + 2);
        }
        assertThat(unled.contains(6)).as("the oldest are forgotten").isFalse();
        assertThat(unled.contains(9 + 2 * UnledEpochs.STRETCHES_MAX)).isTrue();
    }

    private void elect() {
        zab.start(1);
        for (long voter = 1; voter <= 4; voter++) {
            zab.vote(voter, new Notification(PeerState.LOOKING, 5, LAST, 1, 1, 2, null));
        }
        for (long voter = 1; voter <= 4; voter++) {
            zab.learnerConnected(voter, "server " + voter);
        }
        for (long voter = 1; voter <= 3; voter++) {
            receive(voter, Packets.followerInfo(voter, 1));
        }
        zab.journaled(story.newMark());
        zab.endTurn();
        story.take();
    }

    private void promise(long voter) {
        receive(voter, Packets.ackEpoch(1, LAST));
    }

    private void receive(long link, byte[] packet) {
        zab.received(link, packet, 0, packet.length);
        zab.endTurn();
    }
}

package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final Wire.End NOBODY =
            new Wire.End() {
                @Override
                public void received(Wire wire, byte[] bytes) {}

                @Override
                public void closed(Wire wire) {}
            };

    private final Timeline time = new Timeline(new Trace(0));
    private final Network network = new Network(time, new Chance(1));

    @Test
    void whoIsNotToldThatAnotherHasGoneWaitsForItUntilItCloses() {
        Wire wire = network.connect(1, NOBODY, 2, NOBODY);
        time.runTo(Timeline.SECOND);
        network.abandon(2, false);
        time.runTo(3 * Timeline.SECOND);
        assertThat(network.nobodyGoneSinceNanos(1)).isEqualTo(3 * Timeline.SECOND);
        assertThat(network.nobodyGoneSinceNanos(2)).isZero();
        network.close(wire, 1);
        time.runTo(4 * Timeline.SECOND);
        assertThat(network.nobodyGoneSinceNanos(1)).isEqualTo(3 * Timeline.SECOND);
    }

    @Test
    void whoIsToldWaitsForNobodyAndWhoGoesItselfNeither() {
        network.connect(1, NOBODY, 2, NOBODY);
        network.connect(1, NOBODY, 3, NOBODY);
        time.runTo(Timeline.SECOND);
        network.abandon(2, true);
        assertThat(network.nobodyGoneSinceNanos(1)).isZero();
        network.abandon(3, false);
        network.abandon(1, true);
        assertThat(network.nobodyGoneSinceNanos(1)).isZero();
    }
}

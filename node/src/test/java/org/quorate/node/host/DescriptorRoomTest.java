package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.node.metrics.Jvm;

class DescriptorRoomTest {
    @Test
    void clientsLeaveDescriptorsForTheServersOwnFiles() {
        Jvm.Descriptors thousand = new Jvm.Descriptors(72, 1_000);
        assertThat(DescriptorRoom.connectionsMax(0, thousand)).isEqualTo(800);
        assertThat(DescriptorRoom.connectionsMax(5_000, thousand)).isEqualTo(800);
        assertThat(DescriptorRoom.connectionsMax(100, thousand)).isEqualTo(100);
    }

    @Test
    void somebodyMayLookEvenWhereNoneAreToBeHad() {
        assertThat(DescriptorRoom.connectionsMax(0, new Jvm.Descriptors(72, 100)))
                .isEqualTo(DescriptorRoom.CONNECTIONS_MIN);
    }

    @Test
    void theConfigurationAloneSaysWhereDescriptorsAreNotKnown() {
        Jvm.Descriptors unknown = new Jvm.Descriptors(-1, -1);
        assertThat(DescriptorRoom.connectionsMax(0, unknown)).isZero();
        assertThat(DescriptorRoom.connectionsMax(7, unknown)).isEqualTo(7);
    }
}

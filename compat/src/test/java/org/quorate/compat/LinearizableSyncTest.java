package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.WireClient;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * The two ways in which a read behind a {@code sync} was seen to be stale on real ZooKeeper:
 * neither may happen where Quorate leads, over Quorate and over real followers.
 */
@Tag("mixed")
class LinearizableSyncTest {
    @ParameterizedTest
    @ValueSource(strings = {"ZZQ"})
    void aReadBehindASyncIsNeverStale(String servers) throws Exception {
        List<String> config = List.of("maxSessionTimeout=60000");
        try (EnsembleProcesses ensemble = Mixed.start(servers, config, 0)) {
            ServerProcess leader = ensemble.servers().getLast();
            Mixed.makeLead(ensemble, leader);
            theLeadersOwnClientsSeeWhatAFollowersClientSaw(leader, ensemble.servers().getFirst());
            aLeaderThatWakesAnswersNothingOld(leader, ensemble.servers().getFirst());
        }
    }

    private static void theLeadersOwnClientsSeeWhatAFollowersClientSaw(
            ServerProcess leader, ServerProcess follower) throws Exception {
        try (ZooKeeper far = Mixed.connect(follower);
                ZooKeeper near = Mixed.connect(leader)) {
            Mixed.create(far, "/n", CreateMode.PERSISTENT);
            for (int i = 0; i < 500; i++) {
                far.setData("/n", ("" + i).getBytes(), -1);
                near.sync("/n", (rc, path, context) -> {}, null);
                assertThat(new String(near.getData("/n", false, null))).isEqualTo("" + i);
            }
        }
    }

    /**
     * The request waits in the socket of the leader that stands still, and is read when it wakes.
     */
    private static void aLeaderThatWakesAnswersNothingOld(
            ServerProcess leader, ServerProcess follower) throws Exception {
        try (WireClient client = new WireClient(leader.clientPort())) {
            assertThat(client.connect(0, new byte[16], 40_000, 0)).isNotNull();
            leader.freeze(true);
            follower.awaitServing(); // by another leader, after syncLimit
            try (ZooKeeper other = Mixed.connect(follower)) {
                other.setData("/n", "new".getBytes(), -1);
            }
            client.put(1, OpCode.SYNC, new JuteOut().writeString("/n").copy());
            client.put(2, OpCode.GET_DATA, new JuteOut().writeString("/n").writeBool(false).copy());
            client.flush();
            leader.freeze(false);
            byte[] synced = client.readFrame();
            byte[] read = synced == null ? null : client.readFrame();
            if (read != null) {
                JuteIn in = new JuteIn().wrap(read);
                assertThat(in.readInt()).isEqualTo(2);
                in.readLong();
                assertThat(in.readInt()).isZero();
                byte[] data = new byte[in.readInt()];
                System.arraycopy(read, in.position(), data, 0, data.length);
                assertThat(new String(data)).isEqualTo("new");
            }
        } finally {
            leader.freeze(false);
        }
    }
}

package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;

/** The window against a list. */
class TxnWindowTest {
    private record Entry(long zxid, byte[] txn) {}

    @Test
    void itHoldsWhatAListWouldHold() {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            TxnWindow window = new TxnWindow(new Chunks());
            List<Entry> model = new ArrayList<>();
            long zxid = 0;
            for (int step = 0; step < 2000; step++) {
                int what = random.nextInt(100);
                if (what < 60) {
                    zxid += 1 + random.nextInt(3);
                    byte[] txn = new byte[random.nextInt(50) == 0 ? 300_000 : random.nextInt(3000)];
                    random.nextBytes(txn);
                    window.append(zxid, txn, 0, txn.length);
                    model.add(new Entry(zxid, txn));
                } else if (what < 95 && !model.isEmpty()) {
                    window.removeFirst();
                    model.removeFirst();
                } else if (what < 99) {
                    int keep = random.nextInt(model.size() + 1);
                    window.removeFrom(window.first() + keep);
                    model = new ArrayList<>(model.subList(0, keep));
                } else if (random.nextInt(10) == 0) {
                    window.clear();
                    model.clear();
                }
                if (step % 50 == 0) {
                    check(window, model, random, seed);
                }
            }
        }
    }

    private static void check(TxnWindow window, List<Entry> model, Random random, long seed) {
        assertThat(window.end() - window.first()).as("seed %d", seed).isEqualTo(model.size());
        JuteOut packets = new JuteOut();
        window.packets(window.first(), window.end(), packets::writeRaw);
        assertThat(window.bytes()).isEqualTo(packets.size());
        JuteIn in = new JuteIn().wrap(packets.array(), 0, packets.size());
        QuorumPacket packet = new QuorumPacket();
        Slice txn = new Slice();
        for (int i = 0; i < model.size(); i++) {
            Entry entry = model.get(i);
            packet.read(in);
            window.txn(window.first() + i, txn);
            assertThat(packet.type).isEqualTo(PacketType.PROPOSAL);
            assertThat(packet.zxid).isEqualTo(entry.zxid());
            assertThat(window.zxid(window.first() + i)).isEqualTo(entry.zxid());
            assertThat(packet.data.sameBytes(entry.txn())).as("seed %d", seed).isTrue();
            assertThat(txn.sameBytes(entry.txn())).isTrue();
            assertThat(packet.authInfo.isNull()).isTrue();
        }
        if (!model.isEmpty()) {
            long zxid = model.get(random.nextInt(model.size())).zxid() - random.nextInt(2);
            long place = window.first();
            for (Entry entry : model) {
                place += entry.zxid() <= zxid ? 1 : 0;
            }
            assertThat(window.placeBehind(zxid)).isEqualTo(place);
        }
    }

    @Test
    void aPlaceThatIsNotThereIsAnError() {
        TxnWindow window = new TxnWindow(new Chunks());
        window.append(5, new byte[40], 0, 40);
        window.removeFirst();

        assertThatThrownBy(() -> window.zxid(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> window.zxid(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> window.removeFrom(3)).isInstanceOf(IllegalStateException.class);
    }
}

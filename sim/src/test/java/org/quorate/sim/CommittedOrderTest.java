package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.TxnHeader;

class CommittedOrderTest {
    private static final long COUNTER_MAX = 100;

    private final CommittedOrder order =
            new CommittedOrder(new Trace(0), new Znodes(), COUNTER_MAX);

    private static CommittedOrder.Entry entry(long zxid, int cxid) {
        TxnHeader header = new TxnHeader();
        header.sessionId = 1;
        header.cxid = cxid;
        header.zxid = zxid;
        header.type = OpCode.ERROR;
        JuteOut out = new JuteOut();
        header.write(out);
        out.writeInt(-101);
        return CommittedOrder.Entry.begin(zxid, Slice.of(out.copy())).applied(7);
    }

    @Test
    void whatNobodyWasSeenToApplyMayYetComeOutOfALog() {
        CommittedOrder.Entry first = entry(Zxid.of(1, 1), 1);
        CommittedOrder.Entry second = entry(Zxid.of(1, 2), 2);
        CommittedOrder.Entry third = entry(Zxid.of(1, 3), 3);
        CommittedOrder.Entry later = entry(Zxid.of(3, 1), 4);
        order.confirm(1, 0, first);
        // It had the two between in a state that somebody sent it.
        order.confirm(2, third.zxid(), later);
        assertThat(order.isWhole()).isFalse();
        order.confirm(3, second.zxid(), third);
        order.confirm(3, first.zxid(), second);
        order.confirm(4, first.zxid(), second);
        order.confirm(4, second.zxid(), third);
        order.confirm(4, third.zxid(), later);
        assertThat(order.size()).isEqualTo(4);
        CommittedOrder.Entry other = entry(Zxid.of(1, 3), 9);
        assertThatThrownBy(() -> order.confirm(5, second.zxid(), other))
                .isInstanceOf(SimulationFailure.class);
    }

    @Test
    void whereNothingIsMissingNothingComesBetween() {
        order.confirm(1, 0, entry(Zxid.of(1, 1), 1));
        order.confirm(1, Zxid.of(1, 1), entry(Zxid.of(3, 1), 2));
        CommittedOrder.Entry between = entry(Zxid.of(2, 1), 3);
        assertThatThrownBy(() -> order.confirm(2, Zxid.of(1, 1), between))
                .isInstanceOf(SimulationFailure.class);
    }

    @Test
    void noEpochGoesOnBeyondItsLastZxid() {
        order.confirm(1, 0, entry(Zxid.of(1, COUNTER_MAX), 1));
        CommittedOrder.Entry beyond = entry(Zxid.of(1, COUNTER_MAX + 1), 2);
        assertThatThrownBy(() -> order.confirm(1, Zxid.of(1, COUNTER_MAX), beyond))
                .isInstanceOf(SimulationFailure.class);
    }
}

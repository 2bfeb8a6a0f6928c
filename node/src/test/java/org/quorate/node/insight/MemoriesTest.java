package org.quorate.node.insight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoriesTest {
    private static SlowLog.SlowOperation operation(int xid) {
        return new SlowLog.SlowOperation(
                1, "create", "/a", 7, "1.2.3.4:5", "ip:1.2.3.4", xid, 9, 0, 200_000_000, Map.of());
    }

    @Test
    void theLastSlowOperationsAreKeptAndAllAreCounted() {
        SlowLog slow = new SlowLog(100);
        assertThat(slow.thresholdNanos()).isEqualTo(100_000_000);
        for (int i = 0; i < SlowLog.OPERATIONS_MAX + 10; i++) {
            assertThat(slow.wants(i * 1000L)).isTrue();
            slow.add(operation(i));
        }
        assertThat(slow.count()).isEqualTo(SlowLog.OPERATIONS_MAX + 10);
        assertThat(slow.last()).hasSize(SlowLog.OPERATIONS_MAX);
        assertThat(slow.last().getFirst().xid()).isEqualTo(SlowLog.OPERATIONS_MAX + 9);
    }

    @Test
    void aStormOfSlowOperationsIsOnlyCounted() {
        SlowLog slow = new SlowLog(1);
        int wanted = 0;
        for (int i = 0; i < 10_000; i++) {
            wanted += slow.wants(5_999) ? 1 : 0;
        }
        assertThat(wanted).isEqualTo(SlowLog.PER_SECOND_MAX);
        assertThat(slow.count()).isEqualTo(10_000);
        assertThat(slow.wants(6_000)).isTrue();
    }

    @Test
    void noThresholdRemembersNothing() {
        assertThat(new SlowLog(0).thresholdNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRolesReasonIsWhatWasSaidJustBefore() {
        RoleLog roles = new RoleLog();
        roles.change("looking", -1, -1, 1_000);
        roles.change("leading", 1, 5, 2_000);
        roles.notice("stops leading epoch 5: no quorum", 9_000);
        roles.change("looking", -1, -1, 9_001);
        roles.notice("too long ago", 20_000);
        roles.change("following", 2, 6, 30_000);
        assertThat(roles.changes())
                .extracting(RoleLog.Change::role, RoleLog.Change::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("following", ""),
                        org.assertj.core.groups.Tuple.tuple(
                                "looking", "stops leading epoch 5: no quorum"),
                        org.assertj.core.groups.Tuple.tuple("leading", ""),
                        org.assertj.core.groups.Tuple.tuple("looking", ""));
        assertThat(roles.lostSince(0)).isEqualTo(1);
        assertThat(roles.lostSince(9_002)).isZero();
    }

    @Test
    void onlyTheLastChangesOfTheRoleAreKept() {
        RoleLog roles = new RoleLog();
        for (int i = 0; i < RoleLog.CHANGES_MAX + 5; i++) {
            roles.change("following", i, i, i);
        }
        assertThat(roles.changes()).hasSize(RoleLog.CHANGES_MAX);
        assertThat(roles.changes().getLast().epoch()).isEqualTo(5);
    }

    @Test
    void onlyTheLastHoursAreKept() {
        History history = new History();
        for (int i = 0; i < History.POINTS_MAX + 5; i++) {
            history.add(
                    new History.Point(
                            i,
                            "standalone",
                            i,
                            History.Load.NONE,
                            History.Load.NONE,
                            History.Load.NONE,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0));
        }
        assertThat(history.since(0)).hasSize(History.POINTS_MAX);
        assertThat(history.since(History.POINTS_MAX)).hasSize(5);
    }
}

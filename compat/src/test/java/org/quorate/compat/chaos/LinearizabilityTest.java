package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checker lets what is right pass, and finds each kind of wrong. */
class LinearizabilityTest {
    private static boolean isLinearizable(Operation... history) {
        return Linearizability.violation(List.of(history)) == null;
    }

    @Test
    void aReadSeesTheWriteBeforeIt() {
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.read(7, 1, 20, 30)))
                .isTrue();
    }

    @Test
    void aStaleReadIsFound() {
        Operation stale = Operation.read(0, 0, 20, 30);
        assertThat(Linearizability.violation(List.of(Operation.write(7, 1, 0, 10), stale)))
                .isEqualTo(stale);
    }

    @Test
    void aReadMaySeeAWriteThatIsUnderWayOrNot() {
        Operation write = Operation.write(7, 1, 0, 100);
        assertThat(isLinearizable(write, Operation.read(0, 0, 20, 30))).isTrue();
        assertThat(isLinearizable(write, Operation.read(7, 1, 20, 30))).isTrue();
    }

    @Test
    void twoReadsThatGoBackInTimeAreFound() {
        Operation write = Operation.write(7, 1, 0, 100);
        Operation back = Operation.read(0, 0, 40, 50);
        assertThat(Linearizability.violation(List.of(write, Operation.read(7, 1, 20, 30), back)))
                .isNotNull();
    }

    @Test
    void anAcknowledgedWriteThatIsLostIsFound() {
        assertThat(
                        isLinearizable(
                                Operation.write(7, 1, 0, 10),
                                Operation.write(8, 2, 20, 30),
                                Operation.read(7, 1, 40, 50)))
                .isFalse();
    }

    @Test
    void aWriteThatTookTheVersionOfAnotherIsFound() {
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.write(8, 1, 20, 30)))
                .isFalse();
    }

    @Test
    void aWriteThatTookEffectTwiceIsFound() {
        assertThat(
                        isLinearizable(
                                Operation.write(7, 1, 0, 10),
                                Operation.write(8, 2, 20, 30),
                                Operation.read(7, 3, 40, 50)))
                .isFalse();
    }

    @Test
    void aLostWriteMayTakeEffectNeverNowOrLate() {
        Operation lost = Operation.lost(7, -1, 0);
        assertThat(isLinearizable(lost, Operation.read(0, 0, 20, 30))).isTrue();
        assertThat(isLinearizable(lost, Operation.read(7, 1, 20, 30))).isTrue();
        assertThat(
                        isLinearizable(
                                lost,
                                Operation.read(0, 0, 20, 30),
                                Operation.write(8, 1, 40, 50),
                                Operation.read(7, 2, 60, 70)))
                .isTrue();
        assertThat(
                        isLinearizable(
                                lost,
                                Operation.read(7, 1, 20, 30),
                                Operation.write(8, 2, 40, 50),
                                Operation.read(7, 3, 60, 70)))
                .as("once at most")
                .isFalse();
    }

    @Test
    void aValueThatNobodyWroteIsFound() {
        assertThat(isLinearizable(Operation.read(9, 1, 0, 10))).isFalse();
    }

    @Test
    void aConditionalWriteNeedsItsVersion() {
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.writeIf(8, 1, 20, 30)))
                .isTrue();
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.writeIf(8, 0, 20, 30)))
                .isFalse();
    }

    @Test
    void aRefusalMustHaveHadAReason() {
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.refused(0, 20, 30)))
                .isTrue();
        assertThat(isLinearizable(Operation.write(7, 1, 0, 10), Operation.refused(1, 20, 30)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aHistoryOfARealRegisterPassesAndASpoiltOneDoesNot(long seed) {
        Random random = new Random(seed);
        List<Operation> history = history(random, 400, 8);
        assertThat(Linearizability.violation(history)).as("seed %d", seed).isNull();
        int at = lastAnsweredRead(history);
        Operation read = history.get(at);
        history.set(
                at,
                Operation.read(
                        read.value() + 1_000_000,
                        read.version(),
                        read.callNanos(),
                        read.returnNanos()));
        assertThat(Linearizability.violation(history)).as("seed %d, spoilt", seed).isNotNull();
    }

    private static int lastAnsweredRead(List<Operation> history) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).kind() == Operation.Kind.READ) {
                return i;
            }
        }
        throw new IllegalStateException("no read");
    }

    /** What clients would see of a register that does each operation at one moment of its time. */
    private static List<Operation> history(Random random, int operations, int clients) {
        long[] freeAt = new long[clients];
        record Planned(int client, long call, long effect, long answer) {}
        List<Planned> plan = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            int client = random.nextInt(clients);
            long call = freeAt[client] + random.nextInt(50);
            long effect = call + 1 + random.nextInt(100);
            long answer = effect + 1 + random.nextInt(100);
            freeAt[client] = answer + 1;
            plan.add(new Planned(client, call, effect, answer));
        }
        plan.sort(java.util.Comparator.comparingLong(Planned::effect));
        List<Operation> history = new ArrayList<>();
        long value = 0;
        int version = 0;
        for (int i = 0; i < plan.size(); i++) {
            Planned each = plan.get(i);
            int choice = random.nextInt(20);
            long next = i + 1;
            if (choice < 8) {
                history.add(Operation.read(value, version, each.call, each.answer));
            } else if (choice < 15) {
                value = next;
                version++;
                history.add(Operation.write(next, version, each.call, each.answer));
            } else if (choice < 16) {
                history.add(Operation.refused(version + 5, each.call, each.answer));
            } else if (choice < 19) {
                history.add(Operation.writeIf(next, version, each.call, each.answer));
                value = next;
                version++;
            } else if (random.nextBoolean()) {
                value = next;
                version++;
                history.add(Operation.lost(next, -1, each.call));
            } else {
                history.add(Operation.lost(next, version, each.call));
            }
        }
        return history;
    }
}

package org.quorate.compat.chaos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether what clients saw of one register can be explained by an order of the operations
 * in which each takes effect at one moment between its call and its answer.
 *
 * <p>The search of Wing and Gong with Lowe's refinement: events are taken by time, and all the
 * states that the register may be in are kept, each with the set of open operations that have taken
 * effect in it; equal ones are kept once. An operation must have taken effect, in whatever is kept,
 * when its answer arrives. Linearizability is local, so registers are checked one by one.
 */
final class Linearizability {
    /** States kept at a time; past it the history is too entangled to be judged. */
    static final int STATES_MAX = 1 << 20;

    /** A state that is possible now; {@code done} are slots of open operations. */
    private record State(long value, int version, BitSet done) {}

    private record Event(long nanos, boolean isAnswer, Operation operation) {}

    private final Map<Operation, Integer> slots = new HashMap<>();
    private final List<@Nullable Operation> open = new ArrayList<>();
    private Set<State> states = new HashSet<>(Set.of(new State(0, 0, new BitSet())));

    private Linearizability() {}

    /**
     * Checks one register.
     *
     * @return null if the history is linearizable, else the operation that cannot be explained
     * @throws IllegalStateException past {@link #STATES_MAX}
     */
    static @Nullable Operation violation(List<Operation> history) {
        List<Event> events = new ArrayList<>();
        for (Operation operation : history) {
            events.add(new Event(operation.callNanos(), false, operation));
            if (operation.isAnswered()) {
                events.add(new Event(operation.returnNanos(), true, operation));
            }
        }
        // Calls before answers of the same moment: they may overlap.
        events.sort(Comparator.comparingLong(Event::nanos).thenComparing(Event::isAnswer));
        Linearizability check = new Linearizability();
        for (Event event : events) {
            if (!event.isAnswer) {
                check.called(event.operation);
            } else if (!check.answered(event.operation)) {
                return event.operation;
            }
        }
        return null;
    }

    private void called(Operation operation) {
        int slot = open.indexOf(null);
        if (slot < 0) {
            slot = open.size();
            open.add(operation);
        } else {
            open.set(slot, operation);
        }
        if (slots.put(operation, slot) != null) {
            throw new IllegalArgumentException("twice in the history: " + operation);
        }
        if (operation.kind() != Operation.Kind.WRITE) {
            Set<State> now = new HashSet<>();
            states.forEach(state -> now.add(withReads(state.value, state.version, state.done)));
            states = now;
        }
    }

    private boolean answered(Operation operation) {
        int slot = slots.getOrDefault(operation, -1);
        Set<State> behind = new HashSet<>();
        Set<State> seen = new HashSet<>(states);
        Deque<State> next = new ArrayDeque<>(states);
        while (!next.isEmpty()) {
            State state = next.remove();
            if (state.done.get(slot)) {
                BitSet done = (BitSet) state.done.clone();
                done.clear(slot);
                behind.add(new State(state.value, state.version, done));
                continue;
            }
            for (int i = 0; i < open.size(); i++) {
                Operation write = open.get(i);
                if (write != null
                        && write.kind() == Operation.Kind.WRITE
                        && !state.done.get(i)
                        && write.fits(state.value, state.version)) {
                    BitSet done = (BitSet) state.done.clone();
                    done.set(i);
                    State then = withReads(write.value(), state.version + 1, done);
                    if (seen.add(then)) {
                        next.add(then);
                    }
                }
            }
            if (seen.size() > STATES_MAX) {
                throw new IllegalStateException("more than %d states".formatted(STATES_MAX));
            }
        }
        open.set(slot, null);
        states = behind;
        return !behind.isEmpty();
    }

    /** Open reads that fit take effect at once: that forbids nothing that comes later. */
    private State withReads(long value, int version, BitSet before) {
        BitSet done = (BitSet) before.clone();
        for (int i = 0; i < open.size(); i++) {
            Operation read = open.get(i);
            if (read != null && read.kind() != Operation.Kind.WRITE && read.fits(value, version)) {
                done.set(i);
            }
        }
        return new State(value, version, done);
    }
}

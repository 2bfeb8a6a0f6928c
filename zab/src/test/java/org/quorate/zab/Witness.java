package org.quorate.zab;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Sees all of a {@link Town} and checks what must always hold. */
final class Witness {
    private final Town town;

    /** What is committed, in order, as far as anybody has applied it while serving. */
    private final List<FakeState.Entry> committed = new ArrayList<>();

    /** Epoch to the one server that served as its leader. */
    private final TreeMap<Long, Long> leaders = new TreeMap<>();

    private final TreeSet<Long> acknowledged = new TreeSet<>();
    private final TreeMap<Long, Integer> checkedTo = new TreeMap<>();
    private long syncsDone;

    Witness(Town town) {
        this.town = town;
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    long syncsDone() {
        return syncsDone;
    }

    int committedCount() {
        return committed.size();
    }

    int leaderCount() {
        return leaders.size();
    }

    /** After each step. */
    void look() {}

    void installed(Inhabitant where) {
        checkedTo.remove(where.id());
    }

    void applied(Inhabitant where) {
        check(where);
    }

    void serves(Inhabitant who, Role role) {
        checkedTo.remove(who.id());
        check(who);
        if (role.kind() == Role.Kind.LEADING) {
            Long other = leaders.put(role.epoch(), who.id());
            if (other != null && other != who.id()) {
                throw new AssertionError(
                        "epoch %d has leaders %d and %d".formatted(role.epoch(), other, who.id()));
            }
            for (long zxid : acknowledged.headSet(role.epoch() << 32)) {
                if (who.state().entries().stream().noneMatch(e -> e.zxid() == zxid)) {
                    throw new AssertionError(
                            "%s leads without %x, which was acknowledged".formatted(who, zxid));
                }
            }
        }
    }

    void acknowledged(long zxid) {
        acknowledged.add(zxid);
    }

    /** What is to be checked when the sync is done. */
    Runnable syncBegins(Inhabitant where) {
        long newest = acknowledged.isEmpty() ? 0 : acknowledged.last();
        return () -> {
            syncsDone++;
            List<FakeState.Entry> entries = where.state().entries();
            long last = entries.isEmpty() ? 0 : entries.getLast().zxid();
            if (last < newest) {
                throw new AssertionError(
                        "sync at %s shows %x; %x was acknowledged before it began"
                                .formatted(where, last, newest));
            }
        };
    }

    /** All servers have come to the same, and all that was acknowledged is in it. */
    void checkEqual() {
        for (Inhabitant each : town.inhabitants.values()) {
            if (!each.state().entries().equals(committed)) {
                throw new AssertionError(
                        "%s has %d transactions, %d are committed"
                                .formatted(each, each.state().entries().size(), committed.size()));
            }
        }
        TreeSet<Long> zxids = new TreeSet<>();
        committed.forEach(entry -> zxids.add(entry.zxid()));
        if (!zxids.containsAll(acknowledged)) {
            throw new AssertionError("an acknowledged write is lost");
        }
    }

    /** A serving or applying server's state is a prefix of what is committed, or extends it. */
    private void check(Inhabitant where) {
        List<FakeState.Entry> entries = where.state().entries();
        int from = Math.min(checkedTo.getOrDefault(where.id(), 0), entries.size());
        for (int i = from; i < entries.size(); i++) {
            if (i < committed.size()) {
                if (!committed.get(i).equals(entries.get(i))) {
                    throw new AssertionError(
                            "%s has %s at %d, where %s is committed"
                                    .formatted(where, entries.get(i), i, committed.get(i)));
                }
            } else {
                committed.add(entries.get(i));
            }
        }
        checkedTo.put(where.id(), entries.size());
    }
}

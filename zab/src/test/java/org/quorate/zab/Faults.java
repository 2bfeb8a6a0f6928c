package org.quorate.zab;

import java.util.TreeMap;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/** A run of a {@link Town} with writes, syncs and whatever can go wrong, drawn from its seed. */
final class Faults {
    private final Town town;

    private long number;

    Faults(Town town) {
        this.town = town;
    }

    /** Faults for a time, then peace, in which all must come together again. */
    void run(long faultMillis) {
        long until = town.nowNanos() + faultMillis * Town.MILLI;
        while (town.nowNanos() < until) {
            town.runMillis(town.draw(1, 40));
            if (town.random.nextInt(6) == 0) {
                fault();
            }
            work();
        }
        peace();
    }

    private void work() {
        for (Inhabitant each : town.inhabitants.values()) {
            for (long i = town.random.nextInt(3); i > 0; i--) {
                each.write(++number);
            }
            if (town.random.nextInt(4) == 0) {
                each.sync();
            }
        }
    }

    private void fault() {
        Inhabitant victim = victim();
        switch (town.random.nextInt(15)) {
            case 0, 1 -> {
                town.tell("crash %s", victim);
                victim.crash();
            }
            case 2, 3, 4 -> {
                if (!victim.isUp()) {
                    town.tell("start %s", victim);
                    victim.start();
                }
            }
            case 5 -> {
                town.tell("pause %s", victim);
                victim.pause();
            }
            case 6, 7 -> town.inhabitants.values().forEach(Inhabitant::resume);
            case 8 -> {
                Inhabitant other = victim();
                town.tell("cut %s from %s", victim, other);
                if (town.random.nextBoolean()) {
                    town.cut(victim.id(), other.id());
                } else {
                    town.cutOneWay(victim.id(), other.id());
                }
            }
            case 9 -> {
                town.tell("isolate %s", victim);
                town.isolate(victim.id());
            }
            case 10 -> {
                town.tell("heal");
                town.heal();
            }
            case 11, 12 -> {
                Inhabitant leader = town.leader();
                if (leader != null && !leader.isPaused()) {
                    town.tell("hand over from %s", leader);
                    leader.input(() -> leader.zab().handOver());
                }
            }
            case 13 -> reconfigure();
            default -> victim.slowDisk(town.random.nextBoolean());
        }
    }

    /** Makes a voter an observer, or the other way round, or takes it out, or back in. */
    private void reconfigure() {
        Inhabitant leader = town.leader();
        if (leader == null || leader.isPaused()) {
            return;
        }
        EnsembleConfig now = leader.zab().config();
        long id = 1 + town.random.nextInt(town.inhabitants.size());
        TreeMap<Long, Member> members = new TreeMap<>(now.members());
        if (members.containsKey(id) && town.random.nextBoolean()) {
            members.remove(id);
        } else {
            members.put(id, Town.member(id, town.random.nextInt(4) > 0));
        }
        EnsembleConfig next = EnsembleConfig.of(members.values(), 0);
        if (next.voters().size() >= 2) {
            leader.reconfigure(next);
        }
    }

    private Inhabitant victim() {
        Inhabitant leader = town.leader();
        if (leader != null && town.random.nextInt(3) == 0) {
            return leader;
        }
        return town.get(1 + town.random.nextInt(town.inhabitants.size()));
    }

    private void peace() {
        town.tell("peace");
        town.heal();
        for (Inhabitant each : town.inhabitants.values()) {
            each.resume();
            each.slowDisk(false);
            if (!each.isUp()) {
                each.start();
            }
        }
        require(
                town.runUntil(town::everybodyFollowsOneLeader, 150_000) >= 0,
                "not everybody serves");
        int before = town.witness.acknowledgedCount();
        for (int i = 0; i < 400 && town.witness.acknowledgedCount() == before; i++) {
            town.get(1).write(++number);
            town.runMillis(50);
        }
        require(town.witness.acknowledgedCount() > before, "nothing is acknowledged");
        town.runMillis(1000);
        town.witness.checkEqual();
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(
                    what
                            + " at "
                            + town.nowNanos() / Town.MILLI
                            + ": "
                            + town.inhabitants.values());
        }
    }
}

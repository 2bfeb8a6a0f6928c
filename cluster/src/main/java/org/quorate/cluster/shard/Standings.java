package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.plan.Standing;

/**
 * What may be asked of each node, judged by its comings and goings. Only the planner's thread.
 *
 * <p>It begins to count when the planner begins: a node that is missing then counts as lost at that
 * moment. That errs on the side of waiting.
 */
final class Standings {
    /** Losses within this time count together. */
    static final Duration MASS_LOSS_WINDOW = Duration.ofMinutes(1);

    /** So many losses are never a mass loss. */
    static final int MASS_LOSS_MORE_THAN = 3;

    /** For how long a node that failed gets nothing new; doubled each time. */
    static final Duration PENALTY_FIRST = Duration.ofSeconds(30);

    static final Duration PENALTY_MOST = Duration.ofMinutes(30);

    private final Map<String, Long> lostNanos = new HashMap<>();
    private final Map<String, Penalty> penalties = new HashMap<>();
    private boolean massLoss;
    private long acknowledged = -1;
    private long toleratedUntilNanos = Long.MIN_VALUE / 2;
    private long nextChangeNanos;

    private record Penalty(int times, long untilNanos) {}

    /** {@code node} has failed to do what was asked of it. */
    void failed(String node, long nowNanos) {
        Penalty before = penalties.get(node);
        if (before != null && before.untilNanos() - nowNanos > 0) {
            return;
        }
        int times = before == null ? 1 : before.times() + 1;
        long nanos = PENALTY_FIRST.toNanos() << Math.min(10, times - 1);
        long bounded = Math.min(nanos, PENALTY_MOST.toNanos());
        penalties.put(node, new Penalty(times, nowNanos + bounded));
    }

    /** Whether so much was lost at once that a person should look before anything is copied. */
    boolean massLoss() {
        return massLoss;
    }

    /** Nanoseconds from the last {@link #judge} until something changes by itself. */
    long nextChangeNanos() {
        return nextChangeNanos;
    }

    /**
     * Judges all nodes.
     *
     * @param holding whether a node holds something, by number, as far as the map knows
     * @param graceNanos how long a lost node's data is waited for
     */
    Standing[] judge(
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            Control control,
            boolean[] holding,
            long graceNanos,
            long nowNanos,
            long wallMillis) {
        nextChangeNanos = Long.MAX_VALUE;
        noteLosses(dictionary, members, holding, nowNanos);
        judgeMassLoss(dictionary, members, control, holding, nowNanos);
        Standing[] standings = new Standing[dictionary.size()];
        for (int n = 0; n < standings.length; n++) {
            String name = dictionary.name(n);
            Member member = members.get(name);
            if (member != null) {
                standings[n] = present(member, nowNanos, wallMillis);
            } else if (control.removed().contains(name)) {
                standings[n] = Standing.GONE;
            } else {
                standings[n] = absent(name, graceNanos, nowNanos);
            }
        }
        return standings;
    }

    private Standing present(Member member, long nowNanos, long wallMillis) {
        if (member.draining()) {
            return Standing.DRAINING;
        }
        Penalty penalty = penalties.get(member.id());
        if (penalty != null && penalty.untilNanos() - nowNanos > 0) {
            changesIn(penalty.untilNanos() - nowNanos);
            return Standing.SUSPECT;
        }
        if (!member.steady(wallMillis)) {
            changesIn(Duration.ofMillis(member.steadyAtMillis() - wallMillis).toNanos());
            return Standing.UNSTEADY;
        }
        return Standing.ACTIVE;
    }

    private Standing absent(String name, long graceNanos, long nowNanos) {
        long left = lostNanos.getOrDefault(name, nowNanos) + graceNanos - nowNanos;
        if (left > 0) {
            changesIn(left);
        }
        return left > 0 || massLoss ? Standing.AWAY : Standing.LOST;
    }

    private void changesIn(long nanos) {
        nextChangeNanos = Math.min(nextChangeNanos, Math.max(1, nanos));
    }

    private void noteLosses(
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            boolean[] holding,
            long nowNanos) {
        for (int n = 0; n < dictionary.size(); n++) {
            String name = dictionary.name(n);
            if (members.containsKey(name)) {
                lostNanos.remove(name);
            } else if (n < holding.length && holding[n]) {
                lostNanos.putIfAbsent(name, nowNanos);
            }
        }
    }

    private void judgeMassLoss(
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            Control control,
            boolean[] holding,
            long nowNanos) {
        int known = 0;
        int missing = 0;
        int recent = 0;
        Map<String, Integer> there = new TreeMap<>();
        Map<String, Integer> away = new TreeMap<>();
        for (int n = 0; n < holding.length; n++) {
            if (!holding[n]) {
                continue;
            }
            String name = dictionary.name(n);
            String zone = dictionary.entry(n).zone();
            known++;
            if (members.containsKey(name)) {
                there.merge(zone, 1, Integer::sum);
            } else if (!control.removed().contains(name)) {
                missing++;
                long ago = nowNanos - lostNanos.getOrDefault(name, nowNanos);
                if (ago < MASS_LOSS_WINDOW.toNanos()) {
                    recent++;
                    away.merge(zone, 1, Integer::sum);
                }
            }
        }
        Set<String> zonesGone = new HashSet<>();
        away.forEach((zone, count) -> {
            if (count > 1 && !there.containsKey(zone) && !there.isEmpty()) {
                zonesGone.add(zone);
            }
        });
        int most = Math.max(MASS_LOSS_MORE_THAN, known / 10);
        boolean masses = recent > most || !zonesGone.isEmpty();
        if (acknowledged < 0) {
            acknowledged = control.proceed(); // What was said before this planner is old news.
        }
        if (control.proceed() > acknowledged) {
            acknowledged = control.proceed();
            toleratedUntilNanos = nowNanos + MASS_LOSS_WINDOW.toNanos();
            massLoss = false;
        } else if (missing == 0) {
            massLoss = false;
        } else if (masses && toleratedUntilNanos < nowNanos) {
            massLoss = true;
        }
    }
}

package org.quorate.cluster.move;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.Why;
import org.quorate.cluster.move.Facts.Progress;
import org.quorate.cluster.plan.Placement;
import org.quorate.cluster.plan.TableRules;

/**
 * One round of steps over all tables: first {@link #count} every table's map, then ask for each
 * table's {@link #next}. Leaders that are lost come first, copies that are complete count at once,
 * missing replicas go before balance, nothing is given up before what replaces it is there, and a
 * leader's replica moves only after its leadership has. For one thread and one round.
 */
public final class Steps {
    private static final int HEIR_ROUNDS_MAX = 8;

    private final MoveLimits limits;
    private Facts facts;
    private final int[] toNode;
    private final int[] fromNode;
    private final int[] handOvers;
    private final int[] leads; // shards that a node leads now
    private final int[] leadsPlanned; // shards that it should lead, as far as that is known
    private int[] toZone = new int[16];
    private int copies;
    private long bytesLeft;

    /**
     * A round.
     *
     * @param nodes how many there are
     * @param bytesLeft how many bytes of copies may be begun; a last copy may go beyond it
     */
    public Steps(int nodes, MoveLimits limits, Facts facts, long bytesLeft) {
        this.limits = limits;
        this.facts = facts;
        this.toNode = new int[nodes];
        this.fromNode = new int[nodes];
        this.handOvers = new int[nodes];
        this.leads = new int[nodes];
        this.leadsPlanned = new int[nodes];
        this.bytesLeft = bytesLeft;
    }

    /** From now on facts are those of another table, about the same nodes. */
    public void about(Facts ofTable) {
        facts = ofTable;
    }

    /** How many bytes may still be begun. */
    public long bytesLeft() {
        return bytesLeft;
    }

    /** How many copies are under way or begun in this round. */
    public int copies() {
        return copies;
    }

    /** Counts what is under way in one table. */
    public void count(MapImage image) {
        for (int s = 0; s < image.shards(); s++) {
            Assignment now = image.get(s);
            for (int i = 0; i < now.count(); i++) {
                if (now.role(i) == Role.LEARNER) {
                    book(now, now.node(i));
                } else if (now.role(i) == Role.LEADER) {
                    leads[now.node(i)]++;
                }
            }
            if (now.successor() != Assignment.NONE && now.leader() != Assignment.NONE) {
                handOvers[now.leader()]++;
            }
        }
    }

    /**
     * How many shards each node is planned to lead; who inherits a leader's shards goes by that.
     */
    public void expect(Placement target) {
        for (int row = 0; row < target.shards(); row++) {
            if (target.leader(row) >= 0) {
                leadsPlanned[target.leader(row)]++;
            }
        }
    }

    /**
     * Which leaders to replace in one table now: those that are lost. Needs no plan of today; an
     * older one will do. Heirs are chosen so that no node leads much more than it should, which
     * saves hand-overs afterwards. The same, shard by shard, is part of {@link #next}.
     */
    public List<Decision.Change> lostLeaders(
            MapImage image, Placement target, int first, TableRules rules) {
        List<Shard> lost = new ArrayList<>();
        for (int s = 0; s < image.shards() && rules.led(); s++) {
            int leader = image.get(s).leader();
            if (leader != Assignment.NONE
                    && (facts.incarnation(leader) == 0
                            || facts.incarnation(leader) != image.incarnation(leader))) {
                Shard shard = new Shard(image, s, target, first + s, rules);
                shard.replaceLostLeader();
                if (shard.changed()) {
                    lost.add(shard);
                }
            }
        }
        boolean better = true;
        for (int round = 0; round < HEIR_ROUNDS_MAX && better; round++) {
            better = false;
            for (Shard shard : lost) {
                better |= shard.betterHeir();
            }
        }
        List<Decision.Change> changes = new ArrayList<>();
        lost.forEach(shard -> changes.add(shard.change()));
        return changes;
    }

    /**
     * What to change in one table now.
     *
     * @param first number of the table's first shard in {@code target}
     * @param rules of the table
     * @param held shards that are being split or merged: nothing else is done to them
     */
    public List<Decision.Change> next(
            MapImage image, Placement target, int first, TableRules rules, BitSet held) {
        List<Decision.Change> changes = new ArrayList<>();
        int[] later = new int[image.shards()];
        int waiting = 0;
        for (int s = 0; s < image.shards(); s++) {
            if (held.get(s) || !image.keys().live(s)) {
                continue;
            }
            Shard shard = new Shard(image, s, target, first + s, rules);
            if (shard.settled()) {
                continue;
            }
            shard.decide(false);
            if (shard.changed()) {
                changes.add(shard.change());
            } else {
                later[waiting++] = s;
            }
        }
        // What is missing has had its turn everywhere; now balance may have what is left.
        for (int i = 0; i < waiting; i++) {
            Shard shard = new Shard(image, later[i], target, first + later[i], rules);
            shard.decide(true);
            if (shard.changed()) {
                changes.add(shard.change());
            }
        }
        return changes;
    }

    private void book(Assignment now, int to) {
        copies++;
        toNode[to]++;
        fromNode[source(now, to)]++;
        int zone = facts.zone(to);
        if (zone >= toZone.length) {
            toZone = Arrays.copyOf(toZone, 2 * zone + 1);
        }
        toZone[zone]++;
    }

    /** Where a copy comes from as far as limits go: the leader, or another that has the data. */
    private static int source(Assignment now, int to) {
        if (now.leader() != Assignment.NONE) {
            return now.leader();
        }
        for (int i = 0; i < now.count(); i++) {
            if (now.role(i) != Role.LEARNER) {
                return now.node(i);
            }
        }
        return to;
    }

    private boolean mayCopy(Assignment now, int to, boolean recovery) {
        int from = source(now, to);
        if (bytesLeft <= 0) {
            return false;
        }
        if (recovery) {
            return copies < limits.recoveriesPerCluster()
                    && toNode[to] < limits.recoveriesPerNode()
                    && fromNode[from] < limits.recoveriesPerNode();
        }
        int zone = facts.zone(to);
        return copies < limits.perCluster()
                && toNode[to] < limits.perNode()
                && fromNode[from] < limits.perNode()
                && (zone >= toZone.length || toZone[zone] < limits.perZone());
    }

    /** One shard in this round. */
    private final class Shard {
        private final MapImage image;
        private final int index;
        private final Placement target;
        private final int row;
        private final boolean led;
        private final int replicas;
        private final Assignment before;
        private Assignment now;
        private Why why = Why.CAUGHT_UP;
        private Bytes handoff = Bytes.NONE;

        Shard(MapImage image, int index, Placement target, int row, TableRules rules) {
            this.image = image;
            this.index = index;
            this.target = target;
            this.row = row;
            this.led = rules.led();
            this.replicas = rules.replicas();
            this.before = image.get(index);
            this.now = before;
        }

        /** Whether there is nothing to do and nothing under way. */
        boolean settled() {
            int wantedLeader = led ? target.leader(row) : Assignment.NONE;
            if (now.leader() != wantedLeader || now.count() != target.replicas(row)) {
                return false;
            }
            if (wantedLeader != Assignment.NONE && !known(wantedLeader)) {
                return false;
            }
            for (int i = 0; i < now.count(); i++) {
                boolean plain = now.role(i) != Role.LEARNER && !now.leaving(i);
                if (!plain || !wanted(now.node(i)) || failed(now.node(i))) {
                    return false;
                }
            }
            return now.successor() == Assignment.NONE;
        }

        boolean changed() {
            return !now.equals(before);
        }

        Decision.Change change() {
            return new Decision.Change(index, now, why, handoff);
        }

        void decide(boolean balance) {
            if (now.count() == 0 && now.epoch().value() == 0) {
                placeFirst();
                return;
            }
            if (led) {
                replaceLostLeader();
                if (now.successor() != Assignment.NONE) {
                    finishHandOver();
                    return; // One thing at a time: nothing else moves under a hand-over.
                }
            }
            settleLearners();
            giveUp();
            begin(balance);
            stay();
            if (led && !changed()) {
                handOver();
            }
        }

        private void placeFirst() {
            for (int slot = 0; slot < target.slots(); slot++) {
                int n = target.node(row, slot);
                if (n >= 0 && present(n)) {
                    now = now.plusFollower(n);
                }
            }
            int leader = target.leader(row);
            if (now.count() == 0) {
                return;
            }
            boolean leads = led && leader >= 0 && now.holds(leader);
            now = now.ledBy(leads ? leader : Assignment.NONE);
            why = Why.FIRST;
        }

        /** Only after its session has ended (it is not there, or anew), or it has given up. */
        private void replaceLostLeader() {
            int leader = now.leader();
            boolean known = leader != Assignment.NONE && known(leader);
            boolean gaveUp =
                    known && facts.progress(index, leader, now.since(leader)) == Progress.FAILED;
            if (known && !gaveUp) {
                return;
            }
            int heir = heir(Assignment.NONE);
            if (heir == Assignment.NONE && gaveUp) {
                heir = leader; // Nobody else can: it may try once more, under a new epoch.
            }
            if (heir != Assignment.NONE) {
                leads[heir]++;
                now = now.ledBy(heir);
                why = Why.LEADER_LOST;
            } else if (leader != Assignment.NONE && present(leader)) {
                // It is back, and must not take up again what it held before.
                now = now.ledBy(Assignment.NONE);
                why = Why.LEADER_LOST;
            }
        }

        private void finishHandOver() {
            int leader = now.leader();
            if (leader == Assignment.NONE
                    || facts.progress(index, leader, now.since(leader)) != Progress.DONE) {
                return;
            }
            int heir = heir(now.successor());
            handoff = facts.handoff(index, leader);
            now = now.ledBy(heir == Assignment.NONE ? leader : heir);
            why = Why.HANDED_OVER;
        }

        /** Who may lead: the one preferred, or the one planned, or whoever has the data. */
        private int heir(int preferred) {
            if (preferred != Assignment.NONE && mayLead(preferred, true)) {
                return preferred;
            }
            int planned = target.leader(row);
            if (planned >= 0 && mayLead(planned, true)) {
                return planned;
            }
            int heir = leastLeading(true);
            return heir == Assignment.NONE ? leastLeading(false) : heir;
        }

        /** Who of those with the data leads least, measured by what it should lead. */
        private int leastLeading(boolean strict) {
            int least = Assignment.NONE;
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                if (!mayLead(n, strict) || strict && now.leaving(i)) {
                    continue;
                }
                if (least == Assignment.NONE || fuller(least) > fuller(n)) {
                    least = n;
                }
            }
            return least;
        }

        /** How full of leaders {@code n} would be with one more. */
        private double fuller(int n) {
            return (leads[n] + 1.0) / Math.max(1, leadsPlanned[n]);
        }

        /** Lets another lead in the lost leader's place if that one has less to lead. */
        boolean betterHeir() {
            int heir = now.leader();
            int other = heir == Assignment.NONE ? Assignment.NONE : leastLeading(true);
            if (other == Assignment.NONE || other == heir) {
                return false;
            }
            double kept = (double) leads[heir] / Math.max(1, leadsPlanned[heir]);
            if (fuller(other) >= kept) {
                return false;
            }
            leads[heir]--;
            leads[other]++;
            now = before.ledBy(other);
            return true;
        }

        private boolean mayLead(int n, boolean strict) {
            if (!now.counts(n) || !present(n)) {
                return false;
            }
            Progress progress = facts.progress(index, n, now.since(n));
            return progress == Progress.DONE || !strict && progress == Progress.UNKNOWN && known(n);
        }

        private void settleLearners() {
            for (int i = now.count() - 1; i >= 0; i--) {
                int n = now.node(i);
                if (now.role(i) != Role.LEARNER) {
                    continue;
                }
                Progress progress =
                        present(n) && known(n)
                                ? facts.progress(index, n, now.since(n))
                                : Progress.FAILED;
                if (progress == Progress.DONE) {
                    now = now.caughtUp(n); // Also when it is not wanted any more: it is a copy.
                    why = Why.CAUGHT_UP;
                } else if (progress == Progress.FAILED || !wanted(n)) {
                    now = now.minus(n);
                    why = Why.CALLED_OFF;
                }
            }
        }

        /** Lets go what is not wanted, once as many others as there should be have the data. */
        private void giveUp() {
            int sound = 0;
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                sound += wanted(n) && now.role(i) != Role.LEARNER && sound(n) ? 1 : 0;
            }
            for (int i = now.count() - 1; i >= 0 && sound >= replicas; i--) {
                int n = now.node(i);
                if (!wanted(n) && n != now.leader()) {
                    boolean first = !changed();
                    now = now.minus(n);
                    why = first ? Why.REMOVED : why;
                }
            }
        }

        /** Whether its data is there. A leader that has not spoken yet has what made it leader. */
        private boolean sound(int n) {
            if (!present(n) || !known(n)) {
                return false;
            }
            Progress progress = facts.progress(index, n, before.since(n));
            return progress == Progress.DONE
                    || progress == Progress.UNKNOWN && n == before.leader();
        }

        /** Begins copies to where the shard should be and is not. */
        private void begin(boolean balance) {
            int alive = 0;
            int learners = 0;
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                boolean learner = now.role(i) == Role.LEARNER;
                learners += learner ? 1 : 0;
                alive += !learner && present(n) && !failed(n) ? 1 : 0;
            }
            for (int slot = 0; slot < target.slots(); slot++) {
                int n = target.node(row, slot);
                if (n < 0 || now.holds(n) || !present(n) || alive == 0) {
                    continue;
                }
                boolean recovery = alive + learners < replicas;
                if (!recovery && (!balance || learners >= limits.maxAway())) {
                    continue;
                }
                if (!mayCopy(now, n, recovery)) {
                    continue;
                }
                book(now, n);
                bytesLeft -= facts.copyBytes(index);
                now = now.plusLearner(n);
                learners++;
                boolean first = !changed() || why == Why.CAUGHT_UP;
                markLeaving();
                why = first || recovery ? reason(recovery) : why;
            }
        }

        private Why reason(boolean recovery) {
            if (why == Why.LEADER_LOST) {
                return why;
            }
            if (recovery) {
                return Why.RECOVERY;
            }
            for (int i = 0; i < now.count(); i++) {
                if (facts.draining(now.node(i))) {
                    return Why.DRAIN;
                }
            }
            return Why.BALANCE;
        }

        private void markLeaving() {
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                if (now.leaving(i) == wanted(n)) {
                    now = now.leaving(n, !wanted(n));
                }
            }
        }

        /** What was to go and is wanted again stays. */
        private void stay() {
            for (int i = 0; i < now.count(); i++) {
                int n = now.node(i);
                if (now.leaving(i) && wanted(n)) {
                    boolean first = !changed();
                    now = now.leaving(n, false);
                    why = first ? Why.CALLED_OFF : why;
                }
            }
        }

        private void handOver() {
            int leader = now.leader();
            int planned = target.leader(row);
            if (leader == Assignment.NONE
                    || planned < 0
                    || planned == leader
                    || !mayLead(planned, true)
                    || facts.progress(index, leader, now.since(leader)) != Progress.DONE
                    || handOvers[leader] >= limits.handOversPerNode()) {
                return;
            }
            handOvers[leader]++;
            now = now.succeededBy(planned);
            why = Why.HAND_OVER;
        }

        private boolean failed(int n) {
            return facts.progress(index, n, before.since(n)) == Progress.FAILED;
        }

        private boolean wanted(int n) {
            return target.slotOf(row, n) >= 0;
        }

        private boolean present(int n) {
            return facts.incarnation(n) != 0;
        }

        /** Whether it is there as the incarnation that the map knows. */
        private boolean known(int n) {
            return present(n) && facts.incarnation(n) == image.incarnation(n);
        }
    }
}

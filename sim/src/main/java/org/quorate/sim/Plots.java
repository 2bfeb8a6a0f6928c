package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Faults of many steps, each of which waits for the one before: what by mere chance comes together
 * too seldom. Times, and which way a story turns, are drawn.
 */
final class Plots {
    private static final long LOOK_EVERY_NANOS = Timeline.MILLI / 2;
    private static final long WAIT_NANOS_MAX = 3 * Timeline.SECOND;

    /** Whether it is time for the next step. */
    private interface Condition {
        boolean holds();
    }

    private final World world;
    private final Chance chance;

    /** Whose state, when somebody sends it to them, is not to arrive. */
    private final TreeSet<Long> notToArrive = new TreeSet<>();

    private boolean over;
    private long aloneUntilNanos;

    Plots(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
        world.onSnapshot(this::snapshotSent);
    }

    /** No step follows any more. */
    void end() {
        over = true;
    }

    /** Is there a story under way that another would spoil? */
    boolean wantsToBeAlone() {
        return world.time.nowNanos() < aloneUntilNanos;
    }

    // ---- steps

    private long millis(int from, int to) {
        return chance.between(from * Timeline.MILLI, to * Timeline.MILLI);
    }

    private void in(long nanos, Runnable step) {
        world.time.after(
                nanos,
                () -> {
                    if (!over) {
                        world.calm.disturbed();
                        step.run();
                    }
                });
    }

    /** Goes on as soon as it is so; ends the story if it does not come to that. */
    private void when(Condition condition, Runnable step) {
        when(condition, world.time.nowNanos() + WAIT_NANOS_MAX, step);
    }

    private void when(Condition condition, long untilNanos, Runnable step) {
        in(
                LOOK_EVERY_NANOS,
                () -> {
                    if (condition.holds()) {
                        step.run();
                    } else if (world.time.nowNanos() < untilNanos) {
                        when(condition, untilNanos, step);
                    }
                });
    }

    private List<ServerHost> allBut(ServerHost... some) {
        List<ServerHost> others = new ArrayList<>(world.allServers());
        others.removeAll(List.of(some));
        return others;
    }

    private void losePower(ServerHost server) {
        if (server.isUp()) {
            server.losePower("in a plot");
        }
    }

    private void startIn(long nanos, ServerHost server) {
        in(nanos, server::start);
    }

    private void cutFrom(ServerHost server) {
        allBut(server).forEach(other -> world.network.cut(server.id, other.id));
    }

    private void cutTo(ServerHost server) {
        allBut(server).forEach(other -> world.network.cut(other.id, server.id));
    }

    private void rejoin(ServerHost server) {
        for (ServerHost other : allBut(server)) {
            world.network.heal(server.id, other.id);
            world.network.heal(other.id, server.id);
        }
    }

    private boolean otherLeads(ServerHost than) {
        ServerHost leader = world.leader();
        return leader != null && leader != than;
    }

    // ---- stories

    /** What a leader proposes reaches nobody; then it is lost. */
    boolean loneTail() {
        ServerHost leader = world.leader();
        if (leader == null || world.servers.size() < 3) {
            return false;
        }
        cutFrom(leader);
        if (chance.oneIn(2)) {
            in(millis(5, 80), () -> backFirst(leader));
        } else {
            in(millis(5, 80), () -> backLast(leader));
        }
        return true;
    }

    /** It leads again, with the help of one; and both are gone when they have just begun. */
    private void backFirst(ServerHost leader) {
        world.allServers().forEach(this::losePower);
        rejoin(leader);
        ServerHost helper = chance.of(allBut(leader));
        boolean slow = chance.oneIn(2);
        helper.slowDisk(slow);
        startIn(millis(0, 20), leader);
        startIn(millis(0, 20), helper);
        when(
                leader::leads,
                () -> in(chance.oneIn(2) ? 0 : millis(0, 30), () -> loseBoth(leader, helper)));
    }

    private void loseBoth(ServerHost leader, ServerHost helper) {
        losePower(leader);
        losePower(helper);
        helper.slowDisk(false);
        allBut(leader).forEach(other -> startIn(millis(0, 50), other));
        startIn(millis(0, 2_000), leader);
    }

    /** It comes back to another leader, which may not have proposed anything yet. */
    private void backLast(ServerHost leader) {
        if (chance.oneIn(4)) {
            leader.hangDisk(millis(200, 1_200));
            cutTo(leader);
        } else if (chance.oneIn(2)) {
            losePower(leader);
        } else {
            leader.kill("in a plot");
        }
        world.lull(millis(200, 2_000));
        when(() -> otherLeads(leader), () -> in(millis(0, 60), () -> comeBack(leader)));
    }

    private void comeBack(ServerHost leader) {
        rejoin(leader);
        leader.start();
        if (chance.oneIn(3)) {
            // Whatever it has to do on its disk comes before what it is sent.
            world.allServers().forEach(each -> world.network.slow(each.id));
            in(millis(100, 600), world.network::heal);
        }
        if (chance.oneIn(2)) {
            in(millis(50, 800), () -> restart(leader));
        }
    }

    private void restart(ServerHost server) {
        server.kill("in a plot");
        startIn(millis(0, 100), server);
    }

    /** As soon as it is back it may be time for a snapshot; what it is sent comes later. */
    boolean tailSnapshot() {
        ServerHost leader = world.leader();
        if (leader == null || world.servers.size() < 3) {
            return false;
        }
        aloneUntilNanos = world.time.nowNanos() + 2 * Timeline.SECOND;
        cutFrom(leader);
        in(
                millis(20, 100),
                () -> {
                    leader.kill("in a plot");
                    world.lull(2 * Timeline.SECOND);
                    when(() -> otherLeads(leader), () -> comeBackSlowly(leader));
                });
        return true;
    }

    private void comeBackSlowly(ServerHost leader) {
        allBut(leader).forEach(other -> world.network.slow(other.id));
        rejoin(leader);
        leader.start();
        in(millis(300, 900), world.network::heal);
    }

    /** Its followers acknowledge faster than its own disk, and do not see it go. */
    boolean leaderBlinks() {
        ServerHost leader = world.leader();
        if (leader == null) {
            return false;
        }
        if (chance.oneIn(2)) {
            // Everybody's rounds of election begin anew.
            for (ServerHost server : world.allServers()) {
                losePower(server);
                startIn(millis(0, 30), server);
            }
        }
        when(() -> world.leader() != null, () -> blink(world.leader()));
        return true;
    }

    private void blink(@org.jspecify.annotations.Nullable ServerHost leader) {
        if (leader == null) {
            return;
        }
        leader.hangDisk(millis(50, 300));
        in(
                millis(10, 150),
                () -> {
                    leader.losePower("in a plot", false);
                    leader.hangDisk(0);
                    startIn(millis(0, 100), leader);
                    if (chance.oneIn(2)) {
                        // Who is restarted too knows no more what was committed.
                        restart(chance.of(allBut(leader)));
                    }
                });
    }

    boolean brokenSnapshot(ServerHost victim) {
        victim.kill("in a plot");
        startIn(millis(200, 1_500), victim);
        notToArrive.add(victim.id);
        return true;
    }

    private void snapshotSent(long from, long to) {
        if (over || !notToArrive.remove(to)) {
            return;
        }
        world.marks.add("snapshot broken off");
        ServerHost sender = world.server(from);
        in(
                chance.between(0, 2 * Timeline.MILLI),
                () -> {
                    world.network.breakBetween(from, to);
                    if (chance.oneIn(2)) {
                        sender.kill("in a plot");
                        startIn(millis(100, 1_000), sender);
                    } else {
                        world.network.cut(from, to);
                        in(millis(400, 2_000), () -> rejoin(sender));
                    }
                });
    }

    /** The old leader has clients, and a disk, and for a while it knows of nothing. */
    boolean revolt() {
        ServerHost leader = world.leader();
        if (leader == null || world.servers.size() < 3) {
            return false;
        }
        cutFrom(leader);
        cutTo(leader);
        boolean power = chance.oneIn(2);
        for (ServerHost other : allBut(leader)) {
            if (power) {
                losePower(other);
            } else {
                other.kill("in a plot");
            }
            startIn(millis(0, 20), other);
        }
        in(millis(20, 450), () -> rejoin(leader));
        ServerHost one = chance.of(allBut(leader));
        if (chance.oneIn(3)) {
            in(millis(5, 200), () -> mutiny(leader, one));
        } else {
            betray(leader, leader.role().epoch(), one);
        }
        return true;
    }

    /** It does not know that the others have another leader and write there. */
    boolean staleLeader() {
        ServerHost leader = world.leader();
        if (leader == null || world.servers.size() < 3) {
            return false;
        }
        long untilNothingIsUnderWay = millis(20, 80);
        world.lull(untilNothingIsUnderWay);
        in(
                untilNothingIsUnderWay,
                () -> {
                    world.onlyRead(leader, Timeline.SECOND);
                    cutFrom(leader);
                    cutTo(leader);
                    allBut(leader).forEach(this::restart);
                    in(millis(300, 900), () -> rejoin(leader));
                });
        return true;
    }

    /** Whatever it has promised to the heir of a leader, or as that heir, it knows no more. */
    boolean brokenPromise() {
        ServerHost leader = world.leader();
        Life life = leader == null ? null : leader.life();
        if (leader == null || life == null || world.servers.size() < 3) {
            return false;
        }
        ServerHost one = chance.of(allBut(leader));
        one.hangDisk(millis(100, 400));
        life.input(replica -> replica.zab().handOver());
        when(
                () -> otherLeads(leader),
                () -> in(chance.oneIn(2) ? 0 : millis(0, 40), () -> forget(leader, one)));
        return true;
    }

    /** It and the old leader are left to themselves. */
    private void forget(ServerHost leader, ServerHost one) {
        one.hangDisk(0);
        losePower(one);
        startIn(millis(0, 30), one);
        for (ServerHost other : allBut(leader, one)) {
            for (ServerHost left : List.of(leader, one)) {
                world.network.cut(other.id, left.id);
                world.network.cut(left.id, other.id);
            }
            in(millis(200, 900), () -> rejoin(other));
        }
    }

    /**
     * Some are taken out, and follow without a vote; then they are to have the votes, and most of
     * those who had them are to observe.
     */
    boolean changePlaces() {
        EnsembleConfig config = world.config();
        if (config.isHierarchical() || world.leader() == null) {
            return false;
        }
        List<Long> voters = new ArrayList<>();
        config.voters().forEach(voter -> voters.add(voter.serverId()));
        while (voters.size() > 2 && 2 * voters.size() > world.servers.size()) {
            voters.remove(chance.of(voters));
        }
        if (!world.ask(chance, Ask.newMembers(members(voters, List.of())))) {
            return false;
        }
        aloneUntilNanos = world.time.nowNanos() + 2 * Timeline.SECOND;
        when(
                () -> world.config().version() > config.version(),
                () -> in(millis(20, 300), () -> changePlaces(voters)));
        return true;
    }

    private void changePlaces(List<Long> voters) {
        List<Long> next = new ArrayList<>(world.servers.keySet());
        next.removeAll(voters);
        List<Long> observers = new ArrayList<>(voters);
        while (next.size() < 2 || chance.oneIn(4) && !observers.isEmpty()) {
            Long stays = chance.of(observers);
            observers.remove(stays);
            next.add(stays);
        }
        long version = world.config().version();
        world.ask(chance, Ask.newMembers(members(next, observers)));
        when(
                () ->
                        world.allServers().stream()
                                .anyMatch(each -> each.proposedConfig().version() > version),
                () -> in(millis(0, 4), this::stopAll));
    }

    private void stopAll() {
        boolean power = chance.oneIn(2);
        for (ServerHost server : world.allServers()) {
            if (power) {
                losePower(server);
            } else {
                server.kill("in a plot");
            }
            startIn(chance.oneIn(4) ? millis(0, 2_000) : millis(0, 50), server);
        }
    }

    private static String members(List<Long> voters, List<Long> observers) {
        List<Member> all = new ArrayList<>();
        voters.forEach(id -> all.add(Settings.member(id, true)));
        observers.forEach(id -> all.add(Settings.member(id, false)));
        return EnsembleConfig.of(all, 0).text();
    }

    /** One promises itself to a new leader, and is back with the old one before it has kept it. */
    private void betray(ServerHost leader, long epoch, ServerHost one) {
        boolean forgets = chance.oneIn(2);
        if (forgets) {
            one.hangDisk(millis(100, 400));
        }
        when(
                () -> forgets ? isEntered(epoch, allBut(leader, one)) : hasPromised(epoch, one),
                () -> {
                    one.hangDisk(0);
                    if (forgets) {
                        losePower(one);
                        startIn(0, one);
                    }
                    mutiny(leader, one);
                    allBut(leader, one).forEach(other -> world.network.cut(other.id, one.id));
                    rejoin(leader);
                });
    }

    private static boolean hasPromised(long beyond, ServerHost server) {
        Life life = server.life();
        return life != null && life.store().acceptedEpoch() > beyond;
    }

    private static boolean isEntered(long beyond, List<ServerHost> servers) {
        for (ServerHost server : servers) {
            Life life = server.life();
            if (life != null && life.store().currentEpoch() > beyond) {
                return true;
            }
        }
        return false;
    }

    /** One of those who elect loses its peers, or its memory, on the way. */
    private void mutiny(ServerHost leader, ServerHost one) {
        if (chance.oneIn(2)) {
            losePower(one);
            startIn(millis(0, 30), one);
        } else {
            allBut(leader, one).forEach(other -> world.network.breakBetween(one.id, other.id));
        }
        if (chance.oneIn(2)) {
            rejoin(leader);
        }
    }
}

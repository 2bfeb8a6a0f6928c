package org.quorate.sim;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Puts the world out of order and in order again, by chance, until it is told to heal it for good.
 */
final class Faults {
    private static final long LOOK_EVERY_NANOS = 20 * Timeline.MILLI;

    private final World world;
    private final Chance chance;
    private final List<Fault> kinds;

    /** Whether only so many servers are ever struck that a quorum is well all the time. */
    private final boolean minority;

    private final Plots plots;
    private boolean over;

    Faults(World world) {
        this.world = world;
        this.chance = world.chance.part();
        this.minority = world.settings.minority();
        this.kinds =
                world.settings.faults().stream()
                        .filter(fault -> !minority || fault.isOfOne())
                        .toList();
        this.plots = new Plots(world, chance.part());
    }

    void start() {
        look();
        next();
    }

    /** Notices what is out of order, for those who judge by it. */
    private void look() {
        world.calm.look();
        if (!world.isWell() && world.clients.stream().anyMatch(SimClient::mustLive)) {
            world.marks.add("a session must live although not all servers are well");
        }
        if (!over) {
            world.time.after(LOOK_EVERY_NANOS, this::look);
        }
    }

    private void next() {
        long mean = world.settings.faultEveryNanos();
        world.time.after(
                chance.between(mean / 4, 2 * mean),
                () -> {
                    if (!over) {
                        strike();
                        next();
                    }
                });
    }

    private void strike() {
        if (kinds.isEmpty() || chance.oneIn(3)) {
            mend();
            return;
        }
        Fault fault = chance.of(kinds);
        ServerHost victim = victim();
        if (fault.isPlot() && plots.wantsToBeAlone()) {
            return;
        }
        if (strike(fault, victim)) {
            if (!fault.isOfOne()) {
                world.calm.disturbed();
            }
            world.marks.add("fault " + fault);
            world.tell("fault %s of %s", fault, victim);
        }
    }

    private ServerHost victim() {
        if (minority) {
            return world.server(chance.of(Quorums.expendable(world.settings.members())));
        }
        return chance.oneIn(3) ? leaderOrAny() : any();
    }

    private ServerHost any() {
        return chance.of(world.allServers());
    }

    private ServerHost leaderOrAny() {
        ServerHost leader = world.leader();
        return leader == null ? any() : leader;
    }

    /** Something gets better. */
    private void mend() {
        switch (chance.below(6)) {
            case 0 -> world.network.heal();
            case 1, 2 -> {
                ServerHost server = any();
                server.start();
                server.resume();
                server.slowDisk(false);
                server.disk.full(false);
            }
            case 3 -> world.servers.values().forEach(ServerHost::start);
            case 4 -> world.servers.values().forEach(ServerHost::resume);
            default -> {
                for (ServerHost server : world.servers.values()) {
                    server.disk.full(false);
                    server.disk.failToSync(false);
                    server.slowDisk(false);
                    server.clock.rate(1_000);
                }
            }
        }
    }

    private boolean strike(Fault fault, ServerHost victim) {
        return switch (fault) {
            case KILL -> kill(victim);
            case POWER -> power(victim);
            case POWER_EVERYWHERE -> {
                world.allServers().forEach(this::power);
                yield true;
            }
            case POWER_IN_A_WRITE -> powerInAWrite(victim);
            case STOP_IN_A_TURN -> stopInATurn(victim);
            case PAUSE -> pause(victim);
            case CUT -> cut(victim, any(), true);
            case ONE_WAY -> cut(victim, any(), false);
            case ISOLATE -> isolate(victim);
            case FLAP -> flap(victim, any());
            case DELAY -> {
                world.network.slow(victim.id);
                yield true;
            }
            case BREAK -> {
                world.network.breakBetween(victim.id, any().id);
                yield true;
            }
            case SLOW_DISK -> {
                victim.slowDisk(true);
                yield true;
            }
            case DISK_HANGS -> {
                victim.hangDisk(chance.between(100 * Timeline.MILLI, 1_500 * Timeline.MILLI));
                yield true;
            }
            case DISK_FULL -> {
                victim.disk.full(true);
                world.time.after(
                        chance.between(Timeline.MILLI, Timeline.SECOND),
                        () -> victim.disk.full(false));
                yield true;
            }
            case SYNC_ERROR -> {
                victim.disk.failToSync(victim.isUp());
                yield victim.isUp();
            }
            case FLIP_LOG -> flip(victim, "log.");
            case FLIP_SNAPSHOT -> flip(victim, "snapshot.");
            case FLIP_EPOCH -> flip(victim, chance.oneIn(2) ? "currentEpoch" : "acceptedEpoch");
            case CLOCK_JUMP -> {
                victim.clock.jump(chance.between(-20_000, 20_000));
                yield true;
            }
            case CLOCK_DRIFT -> {
                victim.clock.rate(chance.between(930, 1_070));
                yield true;
            }
            case HAND_OVER -> handOver();
            case RECONFIG -> reconfigure();
            case CLIENT -> client();
            case LULL -> {
                world.lull(chance.between(100 * Timeline.MILLI, 1_500 * Timeline.MILLI));
                yield true;
            }
            case LONE_TAIL -> plots.loneTail();
            case TAIL_SNAPSHOT -> plots.tailSnapshot();
            case LEADER_BLINKS -> plots.leaderBlinks();
            case BROKEN_SNAPSHOT -> plots.brokenSnapshot(victim);
            case REVOLT -> plots.revolt();
            case STALE_LEADER -> plots.staleLeader();
            case BROKEN_PROMISE -> plots.brokenPromise();
            case CHANGE_PLACES -> plots.changePlaces();
        };
    }

    private static boolean kill(ServerHost victim) {
        boolean up = victim.isUp();
        victim.kill("by chance");
        return up;
    }

    private boolean power(ServerHost victim) {
        if (!victim.isUp()) {
            return false;
        }
        victim.losePower("by chance");
        if (chance.oneIn(2)) {
            startLater(victim);
        }
        return true;
    }

    private boolean powerInAWrite(ServerHost victim) {
        if (!victim.isUp() && !chance.oneIn(3)) {
            return false;
        }
        victim.disk.losePowerAfter(chance.below(40));
        victim.start();
        startLater(victim);
        return true;
    }

    private boolean stopInATurn(ServerHost victim) {
        Life life = victim.life();
        if (life == null) {
            return false;
        }
        life.stopAfter(1 + chance.below(60), chance.oneIn(2));
        return true;
    }

    private void startLater(ServerHost victim) {
        world.time.after(chance.between(0, 2 * Timeline.SECOND), victim::start);
    }

    private boolean pause(ServerHost victim) {
        victim.pause();
        world.time.after(chance.between(Timeline.MILLI, 3 * Timeline.SECOND), victim::resume);
        return victim.isUp();
    }

    private boolean cut(ServerHost one, ServerHost other, boolean bothWays) {
        if (one == other) {
            return false;
        }
        world.network.cut(one.id, other.id);
        if (bothWays) {
            world.network.cut(other.id, one.id);
        }
        return true;
    }

    private boolean isolate(ServerHost victim) {
        for (long other : world.servers.keySet()) {
            if (other != victim.id) {
                world.network.cut(victim.id, other);
                world.network.cut(other, victim.id);
            }
        }
        if (chance.oneIn(3)) {
            for (SimClient client : world.clients) {
                world.network.cut(victim.id, client.place);
                world.network.cut(client.place, victim.id);
            }
        }
        return true;
    }

    private boolean flap(ServerHost one, ServerHost other) {
        if (one == other) {
            return false;
        }
        long at = 0;
        for (int i = 0; i < 6; i++) {
            long begin = at + chance.between(0, 200 * Timeline.MILLI);
            long end = begin + chance.between(0, 400 * Timeline.MILLI);
            boolean bothWays = chance.oneIn(2);
            world.time.after(begin, () -> cut(one, other, bothWays && !over));
            world.time.after(
                    end,
                    () -> {
                        world.network.heal(one.id, other.id);
                        world.network.heal(other.id, one.id);
                    });
            at = end;
        }
        return true;
    }

    /**
     * Damages a file, and restarts the process so that it reads it. A quorum of the voters stays
     * without damage: with less, what is lost is lost.
     */
    private boolean flip(ServerHost victim, String prefix) {
        if (!victim.isDamaged() && !mayDamage(victim)) {
            return false;
        }
        Path file = victim.disk.flipBit(prefix);
        if (file == null) {
            return false;
        }
        world.tell("a bit of %s of %s goes bad", file, victim);
        victim.kill("to read what went bad");
        victim.damage(true);
        world.time.after(chance.between(0, Timeline.SECOND), victim::start);
        return true;
    }

    private boolean mayDamage(ServerHost victim) {
        return !world.config().isVoter(victim.id)
                || Quorums.isQuorum(
                        world.config(), id -> id != victim.id && !world.server(id).isDamaged());
    }

    private boolean handOver() {
        ServerHost leader = world.leader();
        Life life = leader == null ? null : leader.life();
        if (life == null) {
            return false;
        }
        life.input(replica -> replica.zab().handOver());
        return true;
    }

    /** Makes a voter an observer, or the other way round, or takes it out, or back in. */
    private boolean reconfigure() {
        EnsembleConfig config = world.config();
        ServerHost subject = any();
        if (config.isHierarchical()) {
            return world.ask(chance, Ask.newMembers(weighted(config, subject.id).text()));
        }
        Member member = config.member(subject.id);
        boolean votes = member != null && member.isVoter();
        if (votes && config.voters().size() <= 3 && !chance.oneIn(8)) {
            return false;
        }
        String joining = null;
        String leaving = null;
        if (member != null && chance.oneIn(2)) {
            leaving = Long.toString(subject.id);
        } else {
            joining = "server.%d=%s".formatted(subject.id, Settings.member(subject.id, !votes));
        }
        return world.ask(chance, Ask.reconfig(joining, leaving));
    }

    /** With groups all members have to be told anew: one of them weighs more, or less. */
    private EnsembleConfig weighted(EnsembleConfig config, long id) {
        TreeMap<Long, Long> weights = new TreeMap<>(config.weights());
        weights.computeIfPresent(id, (_, _) -> (long) chance.below(3));
        return new EnsembleConfig(config.members(), config.groupOf(), weights, config.version());
    }

    private boolean client() {
        SimClient client = chance.of(world.clients);
        if (chance.oneIn(3)) {
            client.hangUp("by chance");
        } else if (chance.oneIn(2)) {
            client.beSilent(chance.between(0, 6 * Timeline.SECOND));
        } else {
            ServerHost server = any();
            world.network.cut(client.place, server.id);
            if (chance.oneIn(2)) {
                world.network.cut(server.id, client.place);
            }
        }
        return true;
    }

    /** Everything works from now on. */
    void end() {
        over = true;
        plots.end();
        world.network.heal();
        for (ServerHost server : world.servers.values()) {
            server.disk.full(false);
            server.disk.failToSync(false);
            server.disk.losePowerAfter(-1);
            server.slowDisk(false);
            server.hangDisk(0);
            server.clock.rate(1_000);
            server.resume();
            if (server.hasOldMembers()) {
                server.kill("its file has other members now");
            }
            server.start();
        }
        world.calm.disturbed();
    }
}

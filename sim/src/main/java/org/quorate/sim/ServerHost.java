package org.quorate.sim;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quorate.log.StoreException;
import org.quorate.log.StoreOptions;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.replica.ReplicaOptions;
import org.quorate.zab.Role;
import org.quorate.zab.ZabOptions;

/**
 * One server's machine: disk, clocks, configuration, and the process that runs on it or does not.
 * What outlives a process is here; what dies with it is in {@link Life}.
 */
final class ServerHost {
    static final Path DIR = Path.of("/data");

    /** Whoever watches over processes starts one that ended at once again. */
    private static final long START_AGAIN_NANOS = 100 * Timeline.MILLI;

    final World world;
    final long id;
    final ZabOptions zabOptions;
    final ReplicaOptions replicaOptions;
    final SimDisk disk;
    final SimClock clock;
    final Chance chance;

    /** Whether plain reads are answered beside the core, as event loops do. */
    final boolean readsBeside;

    private final StoreOptions storeOptions;

    /** As the host's configuration files say. */
    private EnsembleConfig config;

    private EnsembleConfig proposedConfig;

    /** If only a person changes them: the members that the process has read of. */
    private @Nullable EnsembleConfig fixed;

    private @Nullable Life life;
    private int lives;

    /** Damaged, and not serving again since. */
    private boolean damaged;

    private boolean slowDisk;
    private long diskHangsUntilNanos;
    private @Nullable String refusal;

    ServerHost(World world, long id, EnsembleConfig config) {
        Settings settings = world.settings;
        this.world = world;
        this.id = id;
        this.config = config;
        this.proposedConfig = config;
        this.chance = world.chance.part();
        this.zabOptions = settings.zabOptions(id);
        this.replicaOptions = settings.replicaOptions(id);
        this.disk = new SimDisk(chance.part());
        this.clock = new SimClock(world.time);
        this.readsBeside = chance.oneIn(2);
        this.storeOptions = settings.storeOptions(DIR, chance.next());
    }

    EnsembleConfig config() {
        return config;
    }

    EnsembleConfig proposedConfig() {
        return proposedConfig;
    }

    /** The host writes its configuration files. */
    void config(EnsembleConfig committed, EnsembleConfig lastSeen) {
        EnsembleConfig told = fixed;
        if (told != null && !committed.members().equals(told.members())) {
            throw new SimulationFailure(
                    "%s goes by members other than its file says: %s", this, committed.text());
        }
        config = committed;
        proposedConfig = lastSeen;
    }

    /** Reads the file; somebody has changed it since the first start. */
    private void readMembers() {
        if (world.settings.fixedMembers()) {
            EnsembleConfig members =
                    lives > 0 ? world.settings.membersToCome() : world.settings.members();
            fixed = members;
            config = members;
            proposedConfig = members;
        }
    }

    /** Has it to be started again, to read of its members? */
    boolean hasOldMembers() {
        return world.settings.fixedMembers() && lives < 2;
    }

    StoreOptions storeOptions() {
        return storeOptions;
    }

    // ---- questions

    boolean isUp() {
        return life != null;
    }

    @Nullable Life life() {
        return life;
    }

    boolean isPaused() {
        return life != null && life.isPaused();
    }

    Role role() {
        return life == null ? Role.LOOKING : life.replica().zab().role();
    }

    boolean isServing() {
        return life != null && role().isServing();
    }

    /** Whom it learns from: the leader, or a follower that serves it; itself if nobody. */
    long master() {
        long master = life == null ? -1 : life.replica().zab().learnerMaster();
        return master < 0 ? id : master;
    }

    boolean leads() {
        return role().kind() == Role.Kind.LEADING;
    }

    /** Why it does not start any more; null if it does. */
    @Nullable String refusal() {
        return refusal;
    }

    boolean isDamaged() {
        return damaged;
    }

    /** Nothing wrong that a person could see from outside. */
    boolean isWell() {
        boolean diskIsWell =
                !slowDisk && !disk.isFull() && world.time.nowNanos() >= diskHangsUntilNanos;
        return isUp() && !isPaused() && diskIsWell && !damaged && clock.isTrue();
    }

    boolean hasSlowDisk() {
        return slowDisk;
    }

    // ---- life and death

    /** Starts the process. */
    void start() {
        if (life != null || refusal != null) {
            return;
        }
        readMembers();
        lives++;
        world.calm.disturbed(id);
        world.calm.struck();
        world.tell("server %d starts", id);
        try {
            Life born = Life.begin(this, lives);
            if (disk.isPowerless()) {
                born.end();
                losePower("while it started");
                return;
            }
            life = born;
            born.start();
        } catch (StoreException e) {
            if (disk.isPowerless()) {
                losePower("while it recovered");
            } else if (disk.isFull()) {
                world.marks.add("server cannot start on a full disk");
                disk.release();
                world.time.after(START_AGAIN_NANOS, this::start);
            } else {
                refusal = String.valueOf(e.getMessage());
                world.marks.add("server refuses to start");
                world.tell("server %d refuses to start: %s", id, e.getMessage());
            }
        }
    }

    /** The process is killed; the machine runs on. */
    void kill(String why) {
        Life dying = life;
        if (dying != null) {
            world.tell("server %d is killed: %s", id, why);
            life = null;
            dying.end();
            disk.release();
            world.network.abandon(id, true);
        }
    }

    /** The machine loses its power; its peers may hear of it or not. */
    void losePower(String why) {
        losePower(why, chance.oneIn(2));
    }

    void losePower(String why, boolean peersHear) {
        Life dying = life;
        life = null;
        world.tell("server %d loses power %s", id, why);
        if (dying != null) {
            dying.end();
        }
        world.network.abandon(id, peersHear);
        disk.restart();
    }

    /** The process has ended itself. */
    void dies(String why, boolean diskIsUnsure) {
        world.marks.add("server ended itself");
        kill(why);
        if (diskIsUnsure) {
            disk.restart();
        }
    }

    void pause() {
        if (life != null) {
            life.pause();
        }
    }

    void resume() {
        if (life != null) {
            life.resume();
        }
    }

    void slowDisk(boolean slow) {
        slowDisk = slow;
    }

    /** For so long the disk finishes nothing. */
    void hangDisk(long nanos) {
        diskHangsUntilNanos = world.time.nowNanos() + nanos;
    }

    /** How long the disk takes for a sync, or to write a state. */
    long diskNanos() {
        long work =
                slowDisk
                        ? chance.between(5 * Timeline.MILLI, 250 * Timeline.MILLI)
                        : chance.between(60_000, 2 * Timeline.MILLI);
        return Math.max(0, diskHangsUntilNanos - world.time.nowNanos()) + work;
    }

    void damage(boolean isDamaged) {
        damaged = isDamaged;
    }

    /** Anything left to be freed. */
    void close() {
        if (life != null) {
            life.end();
            life = null;
        }
    }

    @Override
    public String toString() {
        return "server " + id;
    }
}

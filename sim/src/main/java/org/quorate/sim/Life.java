package org.quorate.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.replica.Replica;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.StateMachine;
import org.quorate.zab.Zab;

/**
 * One life of a server process: the production store, tree and core, joined as {@code node} joins
 * them, and the loop that feeds them. All of it is gone when the process ends.
 */
final class Life {
    private static final long TICK_NANOS = 10 * Timeline.MILLI;
    private static final int INPUTS_PER_TURN_MAX = 64;
    private static final int NEVER = -1;

    /** One input of the core. */
    interface Input {
        void feed(Replica replica);
    }

    final ServerHost host;
    final World world;
    private final int number;
    private final Store store;
    private final DataTree tree;
    private final LifeJournal journal;
    private final LifePeers peers;
    private final LifeClients clients;
    private final AppliedHere applied;
    private final ArrayDeque<Input> inputs = new ArrayDeque<>();
    private @Nullable Replica replica;
    private boolean over;
    private boolean paused;
    private boolean turnIsComing;
    private long wallMillis;

    /** So many effects still go out before the process stops for good; see {@link #stopAfter}. */
    private int effectsLeft = NEVER;

    private boolean stopsWithItsMachine;

    private Life(ServerHost host, int number, Store store, DataTree tree) {
        this.host = host;
        this.world = host.world;
        this.number = number;
        this.store = store;
        this.tree = tree;
        this.applied = new AppliedHere(world.order, host.id, tree);
        this.journal = new LifeJournal(this, store);
        this.peers = new LifePeers(this);
        this.clients = new LifeClients(this, tree);
    }

    /**
     * Recovers what is on disk and makes the core.
     *
     * @throws StoreException if the process cannot begin with this disk
     */
    static Life begin(ServerHost host, int number) throws StoreException {
        Store store = Store.open(host.disk, host.storeOptions());
        DataTree tree =
                new DataTree(
                        new TreeOptions(Long.MAX_VALUE, host.replicaOptions.extendedTypes(), true));
        Life life = new Life(host, number, store, tree);
        try {
            life.recover();
        } catch (StoreException | RuntimeException e) {
            tree.close();
            throw e;
        }
        return life;
    }

    private void recover() throws StoreException {
        Store.Recovery recovery = new Recovering(host, store, tree, applied).run();
        if (recovery.snapshotZxid() < 0 && recovery.mayVote()) {
            try {
                store.writeSnapshot(tree.freeze());
            } catch (IOException e) {
                throw new StoreException("the first snapshot cannot be written", e);
            }
        }
        replica =
                new Replica(
                        host.replicaOptions,
                        tree,
                        state -> zab(recovery, state),
                        clients,
                        Replica.Gate.NONE,
                        host.chance.next());
    }

    private Zab zab(Store.Recovery recovery, StateMachine state) {
        StateMachine observed = new ObservedState(this, state, applied);
        journal.state(observed);
        Zab zab =
                new Zab(
                        host.zabOptions,
                        host.config(),
                        store.acceptedEpoch(),
                        store.currentEpoch(),
                        recovery.lastZxid(),
                        recovery.mayVote(),
                        host.chance.next(),
                        journal,
                        peers,
                        observed);
        zab.proposedConfig(host.proposedConfig());
        if (!recovery.promiseKnown()) {
            zab.promisesLost();
        }
        return zab;
    }

    void start() {
        tellTime();
        replica().start();
        endTurn();
        world.time.after(host.chance.between(0, TICK_NANOS), this::tick);
    }

    private void tick() {
        if (!over) {
            turnSoon();
            world.time.after(TICK_NANOS, this::tick);
        }
    }

    // ---- who it is

    Replica replica() {
        if (replica == null) {
            throw new IllegalStateException(host + " has no core yet");
        }
        return replica;
    }

    DataTree tree() {
        return tree;
    }

    Store store() {
        return store;
    }

    LifePeers peers() {
        return peers;
    }

    LifeClients clients() {
        return clients;
    }

    LifeJournal journal() {
        return journal;
    }

    AppliedHere applied() {
        return applied;
    }

    boolean isOver() {
        return over;
    }

    boolean isPaused() {
        return paused;
    }

    // ---- the loop

    /** Hands an input over. */
    void input(Input input) {
        if (!over) {
            inputs.add(input);
            turnSoon();
        }
    }

    /** Makes a turn come. */
    void turnSoon() {
        if (!turnIsComing && !paused && !over) {
            turnIsComing = true;
            world.time.after(host.chance.between(1_000, 60_000), this::turn);
        }
    }

    private void turn() {
        turnIsComing = false;
        if (over || paused) {
            return;
        }
        try {
            tellTime();
            journal.beginTurn(replica());
            for (int i = 0; i < INPUTS_PER_TURN_MAX && !inputs.isEmpty(); i++) {
                inputs.remove().feed(replica());
            }
            endTurn();
        } catch (UncheckedIOException e) {
            if (!isStopped()) {
                failed(Objects.requireNonNull(e.getCause()));
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new SimulationFailure(
                    "%s breaks an invariant of its own: %s", host, Failures.words(e));
        }
        if (isStopped() && !over) {
            stop();
        } else if (!inputs.isEmpty()) {
            turnSoon();
        }
    }

    private void tellTime() {
        wallMillis = Math.max(wallMillis, host.clock.wallMillis());
        replica().time(host.clock.nanos(), wallMillis);
    }

    private void endTurn() {
        replica().endTurn();
        journal.endTurn();
    }

    /** The disk has failed: the process ends, or the power has gone. */
    void failed(IOException why) {
        if (over) {
            return;
        }
        if (host.disk.isPowerless()) {
            host.losePower("in the middle of a write");
        } else {
            host.dies(why.toString(), true);
        }
    }

    // ---- stopping between two effects

    /** The process, or its machine, stops in the middle of a turn, so many effects from now. */
    void stopAfter(int effects, boolean machineToo) {
        effectsLeft = effects;
        stopsWithItsMachine = machineToo;
    }

    /**
     * Asked for each effect of the core: whether it still comes about. What the core does behind
     * the one at which the process stopped reaches nobody, and is gone with the process when the
     * turn ends.
     */
    boolean comesAbout() {
        if (effectsLeft > 0) {
            effectsLeft--;
        }
        return !isStopped();
    }

    boolean isStopped() {
        return effectsLeft == 0;
    }

    private void stop() {
        world.marks.add("stopped between two effects");
        if (stopsWithItsMachine) {
            host.losePower("in the middle of a turn");
        } else {
            host.kill("in the middle of a turn");
        }
    }

    // ---- what befalls it

    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            turnIsComing = false;
            turnSoon();
            clients.resumed();
        }
    }

    /** The process is gone. */
    void end() {
        over = true;
        inputs.clear();
        journal.end();
        tree.close();
    }

    @Override
    public String toString() {
        return "life %d of %s".formatted(number, host);
    }
}

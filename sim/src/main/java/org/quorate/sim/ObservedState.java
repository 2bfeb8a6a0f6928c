package org.quorate.sim;

import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.zab.Role;
import org.quorate.zab.StateMachine;

/**
 * The replica as Zab sees it, with somebody who looks on: what is applied, which roles are taken.
 */
final class ObservedState implements StateMachine {
    private static final String NO_QUORUM_IN_TIME = "while HISTORY: no quorum in time";
    private static final long INIT_NANOS =
            Settings.INIT_TICKS * Settings.TICK_MILLIS * Timeline.MILLI + 200 * Timeline.MILLI;

    private final Life life;
    private final StateMachine state;
    private final AppliedHere applied;

    ObservedState(Life life, StateMachine state, AppliedHere applied) {
        this.life = life;
        this.state = state;
        this.applied = applied;
    }

    @Override
    public long lastZxid() {
        return state.lastZxid();
    }

    @Override
    public void apply(long zxid, Slice txn) {
        applied.committing(zxid, txn);
        state.apply(zxid, txn);
        applied.committed(zxid);
    }

    @Override
    public void replay(long zxid, Slice txn) {
        state.replay(zxid, txn);
        applied.replayed(zxid, txn);
    }

    @Override
    public void lastZxid(long zxid) {
        state.lastZxid(zxid);
    }

    @Override
    public SnapshotSource freeze() {
        return state.freeze();
    }

    @Override
    public SnapshotSink install(long lastZxid) {
        life.world.marks.add("state replaced while running");
        applied.installed(lastZxid);
        return state.install(lastZxid);
    }

    @Override
    public void role(Role role) {
        life.world.tell(
                "server %d is %s of %d in epoch %d",
                life.host.id, role.kind(), role.leader(), role.epoch());
        if (role.isServing()) {
            life.host.damage(false);
            applied.serves(role);
            life.world.leaders.serves(life.host.id, role);
        } else {
            life.world.calm.disturbed(life.host.id);
        }
        state.role(role);
    }

    @Override
    public void config(EnsembleConfig config) {
        state.config(config);
    }

    @Override
    public void notice(String message) {
        if (message.startsWith("stops leading") && message.endsWith(NO_QUORUM_IN_TIME)) {
            gaveUp(message);
        }
        state.notice(message);
    }

    /**
     * A quorum has promised it the epoch, and time enough to take over its history. Where another
     * configuration is proposed it needs a quorum of that one too, whose voters have promised
     * nothing and may come too late.
     */
    private void gaveUp(String message) {
        boolean proposed = life.host.proposedConfig().version() > life.host.config().version();
        if (!proposed && life.world.calm.orderNanos() > INIT_NANOS) {
            throw new SimulationFailure(
                    "%s %s, although all have been well all the time", life.host, message);
        }
    }

    @Override
    public void warn(String message) {
        state.warn(message);
    }

    @Override
    public void forwarded(long learner, QuorumPacket packet) {
        state.forwarded(learner, packet);
    }

    @Override
    public void revalidate(long learner, long sessionId, int timeoutMillis, boolean stays) {
        state.revalidate(learner, sessionId, timeoutMillis, stays);
    }

    @Override
    public void touched(long learner, long sessionId, int timeoutMillis) {
        state.touched(learner, sessionId, timeoutMillis);
    }

    @Override
    public void touchTable(JuteOut out) {
        state.touchTable(out);
    }

    @Override
    public void touchesAsked() {
        state.touchesAsked();
    }

    @Override
    public void touchesRead(boolean itself) {
        state.touchesRead(itself);
    }

    @Override
    public boolean isHarmless(QuorumPacket request) {
        return state.isHarmless(request);
    }

    @Override
    public void revalidated(long sessionId, boolean valid) {
        state.revalidated(sessionId, valid);
    }

    @Override
    public void synced() {
        state.synced();
    }
}

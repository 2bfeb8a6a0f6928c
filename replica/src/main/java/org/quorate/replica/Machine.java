package org.quorate.replica;

import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;
import org.quorate.zab.StateMachine;

/**
 * What Zab replicates: hands on to the parts of the replica what Zab tells. Owned by the core
 * thread.
 */
final class Machine implements StateMachine {
    private final Standing standing;
    private final DataTree tree;
    private final Effects effects;
    private final Commits commits;
    private final Terms terms;
    private final Leader leader;
    private final Learner learner;
    private final Forwarded forwarded;
    private final Handshake handshake;
    private final Requests requests;

    /** The digest was found to differ from what was foretold; said once a term. */
    private boolean digestDiffers;

    Machine(
            Standing standing,
            DataTree tree,
            Effects effects,
            Commits commits,
            Terms terms,
            Leader leader,
            Learner learner,
            Forwarded forwarded,
            Handshake handshake,
            Requests requests) {
        this.standing = standing;
        this.tree = tree;
        this.effects = effects;
        this.commits = commits;
        this.terms = terms;
        this.leader = leader;
        this.learner = learner;
        this.forwarded = forwarded;
        this.handshake = handshake;
        this.requests = requests;
    }

    @Override
    public long lastZxid() {
        return tree.lastZxid();
    }

    @Override
    public void apply(long zxid, Slice txn) {
        commits.apply(txn);
        if (standing.isLeading()) {
            leader.applied(zxid);
            if (!digestDiffers && !leader.digestAgrees()) {
                differs(zxid, "its leader, this server,");
            }
        } else if (!commits.digestAgrees()) {
            effects.digestDiffers();
            if (!digestDiffers) {
                differs(zxid, "the leader");
            }
        }
    }

    private void differs(long zxid, String who) {
        digestDiffers = true;
        effects.notice(
                Effects.Level.ERROR,
                "the tree after 0x%x has another digest than %s foretold".formatted(zxid, who));
    }

    @Override
    public void replay(long zxid, Slice txn) {
        commits.replay(txn);
    }

    @Override
    public void lastZxid(long zxid) {
        commits.closeGate();
        tree.lastZxid(zxid);
    }

    @Override
    public SnapshotSource freeze() {
        return tree.freeze();
    }

    /**
     * Readers stay out until this server serves again: what is in the tree meanwhile is no state
     * anybody may see.
     */
    @Override
    public SnapshotSink install(long lastZxid) {
        terms.stateReplaced();
        commits.closeGate();
        standing.contact.treeReadable(false);
        commits.openGate();
        return tree.install(lastZxid);
    }

    @Override
    public void role(Role role) {
        commits.openGate();
        digestDiffers = false;
        terms.role(role);
    }

    /** As in ZooKeeper each server shows it for itself, without a transaction. */
    @Override
    public void config(EnsembleConfig config) {
        commits.closeGate();
        tree.config(Slice.of(config.text()), config.version(), leader.wallMillis());
    }

    @Override
    public void notice(String message) {
        effects.notice(Effects.Level.INFO, message);
    }

    @Override
    public void warn(String message) {
        effects.notice(Effects.Level.WARN, message);
    }

    @Override
    public void forwarded(long server, QuorumPacket packet) {
        commits.openGate();
        terms.takeUp();
        forwarded.request(server, packet);
    }

    @Override
    public void revalidate(long server, long sessionId, int timeoutMillis, boolean stays) {
        terms.takeUp();
        boolean valid =
                timeoutMillis < 0
                        ? leader.disconnected(server, sessionId, -timeoutMillis)
                        : leader.revalidate(server, sessionId, timeoutMillis, stays);
        standing.zab().revalidated(server, sessionId, valid, timeoutMillis > 0 && !stays);
    }

    @Override
    public void touched(long server, long sessionId, int timeoutMillis) {
        terms.takeUp();
        leader.touched(sessionId, timeoutMillis);
    }

    @Override
    public void touchTable(JuteOut out) {
        learner.touchTable(out);
    }

    @Override
    public void touchesAsked() {
        learner.touchesAsked();
    }

    @Override
    public void touchesRead(boolean itself) {
        learner.touchesRead(itself);
    }

    @Override
    public boolean isHarmless(QuorumPacket request) {
        return forwarded.isHarmless(request);
    }

    @Override
    public void revalidated(long sessionId, boolean valid) {
        handshake.revalidated(sessionId, valid);
    }

    @Override
    public void synced() {
        requests.synced();
    }
}

package org.quorate.zab;

import java.util.ArrayDeque;
import java.util.function.LongUnaryOperator;
import org.quorate.protocol.Zxid;

/**
 * The leader's half of broadcast (peer protocol §6): draws zxids, proposes, counts
 * acknowledgements, commits in order, and answers syncs once leadership was proved. The own log
 * acknowledges like any follower, by way of {@link #acked}.
 */
final class Broadcast {
    /** What the leader's connections do for broadcast. */
    interface Learners {
        /** Behind the last place that a voter has acknowledged; 0 if nothing. */
        long ackedTo(long serverId);

        /** The transaction at {@code place} was committed and applied. */
        void committed(long place);

        /** A proof of leadership is wanted: a PING to each voter, answered later. */
        void prove();

        /** Is the proof that was asked for last complete? */
        boolean isProved();

        /** A sync that came in on this link is done. */
        void answerSync(long link);

        /** Answers a question about a session that came in on this link. */
        void answerRevalidation(long link, long sessionId, boolean valid);
    }

    /** From {@code from} on, until the next one's, this is what commits a transaction. */
    private record Rule(long from, QuorumRule quorum) {}

    /**
     * A sync that waits.
     *
     * @param link where it came in; {@link #SELF} for this server's own clients
     * @param to committed up to here must be
     * @param proof number of the proof it waits for
     */
    private record Sync(long link, long to, long proof) {}

    /**
     * A session that comes back to a server. It is answered when all is committed that was proposed
     * before: what the client reads from then on tells it for good which of the writes that it had
     * under way were done.
     *
     * @param link where it came in; {@link #SELF} for this server's own clients
     * @param to committed up to here must be
     */
    private record Return(long link, long to, long sessionId, boolean valid) {}

    /** Instead of a link: this server itself asks. */
    static final long SELF = Long.MIN_VALUE;

    private final Ledger ledger;
    private final StateMachine state;
    private final Learners learners;
    private final LongUnaryOperator ackedTo;
    private final ArrayDeque<Rule> rules = new ArrayDeque<>();
    private final ArrayDeque<Sync> syncs = new ArrayDeque<>();
    private final ArrayDeque<Return> returns = new ArrayDeque<>();

    private long lastDrawn;
    private long lastProposed;
    private long proofsAsked;
    private long proofsDone;
    private boolean proofUnderWay;
    private boolean stopped;

    Broadcast(Server server, Learners learners) {
        this.ledger = server.ledger;
        this.state = server.state;
        this.learners = learners;
        this.ackedTo = learners::ackedTo;
    }

    /** Begins where the history ends. */
    void begin(long lastZxid, QuorumRule quorum) {
        lastDrawn = lastZxid;
        lastProposed = lastZxid;
        rules.add(new Rule(ledger.applied(), quorum));
    }

    /** Goes on in the next epoch. */
    void beginEpoch(long epochZxid) {
        lastDrawn = epochZxid;
        lastProposed = epochZxid;
    }

    /** Answers no sync that is not answered yet: this server is not the one to ask any more. */
    void forgetSyncs() {
        syncs.clear();
    }

    /** Commits nothing more. */
    void stop() {
        stopped = true;
        forgetSyncs();
        returns.clear();
    }

    long lastDrawn() {
        return lastDrawn;
    }

    boolean isProofUnderWay() {
        return proofUnderWay;
    }

    long lastProposed() {
        return lastProposed;
    }

    /** What commits a transaction that is proposed now. */
    QuorumRule quorum() {
        return rules.getLast().quorum();
    }

    /** A reconfig is about to be proposed: from it on, another rule holds. */
    void quorum(QuorumRule quorum) {
        rules.add(new Rule(ledger.end(), quorum));
    }

    /**
     * A reconfig is committed: its rule alone holds for all behind it, also for what was proposed
     * while the old configuration still counted, some of whose voters may acknowledge nothing any
     * more. Whoever leads later has the reconfig in its history and needs this quorum to begin.
     */
    void settled(QuorumRule quorum) {
        rules.clear();
        rules.add(new Rule(ledger.applied(), quorum));
    }

    long nextZxid() {
        return ++lastDrawn;
    }

    void propose(long zxid, byte[] bytes, int from, int length) {
        if (zxid != lastDrawn || zxid <= lastProposed) {
            throw new IllegalStateException(
                    "proposal 0x%s, drawn 0x%s, proposed 0x%s"
                            .formatted(
                                    Zxid.hex(zxid), Zxid.hex(lastDrawn), Zxid.hex(lastProposed)));
        }
        ledger.append(zxid, bytes, from, length);
        lastProposed = zxid;
    }

    /** Somebody has acknowledged more: commits what has its quorum, in order. */
    void acked() {
        while (!stopped && ledger.applied() < ledger.end()) {
            long place = ledger.applied();
            while (rules.size() > 1 && nextRuleFrom() <= place) {
                rules.removeFirst();
            }
            long to = Math.min(rules.getFirst().quorum().reached(ackedTo), nextRuleFrom());
            if (to <= place) {
                break;
            }
            while (!stopped && ledger.applied() < to) {
                long committed = ledger.applied();
                ledger.applyNext();
                learners.committed(committed);
                answerReturns();
            }
        }
        ledger.trim();
        answerSyncs();
    }

    /** For this server's own clients. */
    void sync() {
        syncFor(SELF);
    }

    void syncFor(long link) {
        syncs.add(new Sync(link, ledger.end(), proofsAsked + 1));
    }

    /**
     * Answers in order whether a session lives.
     *
     * @param back whether it comes back: then not before all is committed that was proposed
     */
    void revalidated(long link, long sessionId, boolean valid, boolean back) {
        returns.add(new Return(link, back ? ledger.end() : 0, sessionId, valid));
        answerReturns();
    }

    /** In front of the next commit, which may end the session. */
    private void answerReturns() {
        while (!stopped && !returns.isEmpty() && returns.getFirst().to() <= ledger.applied()) {
            Return back = returns.removeFirst();
            if (back.link() == SELF) {
                state.revalidated(back.sessionId(), back.valid());
            } else {
                learners.answerRevalidation(back.link(), back.sessionId(), back.valid());
            }
        }
    }

    /** The proof that was asked for may be complete now. */
    void proved() {
        if (proofUnderWay && learners.isProved()) {
            proofUnderWay = false;
            proofsDone = proofsAsked;
            answerSyncs();
        }
    }

    int pendingSyncs() {
        return syncs.size();
    }

    /** A turn ends: syncs of this turn get their proof. */
    void endTurn() {
        if (!proofUnderWay && !syncs.isEmpty() && syncs.getLast().proof() > proofsAsked) {
            proofsAsked++;
            proofUnderWay = true;
            learners.prove();
            proved();
        }
    }

    private long nextRuleFrom() {
        if (rules.size() == 1) {
            return Long.MAX_VALUE;
        }
        var each = rules.iterator();
        each.next();
        return each.next().from();
    }

    private void answerSyncs() {
        while (!stopped && !syncs.isEmpty()) {
            Sync sync = syncs.getFirst();
            if (sync.proof() > proofsDone || sync.to() > ledger.applied()) {
                return;
            }
            syncs.removeFirst();
            if (sync.link() == SELF) {
                state.synced();
            } else {
                learners.answerSync(sync.link());
            }
        }
    }
}

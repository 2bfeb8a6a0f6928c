package org.quorate.zab;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

/**
 * This server looks for a leader: Fast Leader Election (peer protocol §3.2).
 *
 * <p>When a quorum agrees, ZooKeeper waits 200 ms for a better vote. Here the wait ends as soon as
 * nobody is left to wait for: each voter but the leader just lost has said the same. This needs no
 * agreement with the others: what an election decides is only whom to try first, and discovery
 * finds out whether that server's history will do (see the decision record on early ends).
 */
final class Looking implements Standing {
    static final long RESEND_NANOS_MIN = 200 * Server.NANOS_PER_MILLI;

    /**
     * ZooKeeper lets the pause grow to a minute. But a server that was cut off for long hears of
     * the leader there is only when it asks, so that it would stay away as long.
     */
    static final long RESEND_NANOS_MAX = 5_000 * Server.NANOS_PER_MILLI;

    static final long FINALIZE_NANOS = 200 * Server.NANOS_PER_MILLI;

    /** How long an observer without a leader waits before it asks around, at most. */
    static final long OBSERVER_DELAY_NANOS_MAX = 200 * Server.NANOS_PER_MILLI;

    /** How far a vote's round may be ahead of this server's; more is a lie, and would overflow. */
    static final long ROUNDS_AHEAD_MAX = 1L << 32;

    private static final long NEVER = Long.MAX_VALUE;

    private final Server server;
    private final Elections elections;
    private final long lostLeader;
    private final long quietNanos;

    /** The newest vote of each voter in this round, this server's own among them. */
    private final TreeMap<Long, Notification> votes = new TreeMap<>();

    /** The newest word of each server that has a leader, of whatever round. */
    private final TreeMap<Long, Notification> outOfElection = new TreeMap<>();

    /** Voters that have said that they have no history to vote with. */
    private final TreeSet<Long> blank = new TreeSet<>();

    /** When a voter that knew no better was told this server's vote last. */
    private final TreeMap<Long, Long> toldNanos = new TreeMap<>();

    private boolean saidWhyNobodyLeads;
    private boolean saidWhatIsWaitedFor;
    private Vote proposed;
    private long beginNanos;
    private long resendAfterNanos = RESEND_NANOS_MIN;
    private long resendAtNanos = NEVER;
    private long finalizeAtNanos = NEVER;

    /**
     * @param lostLeader the server that led until just now and is not waited for; −1 if none
     */
    Looking(Server server, long lostLeader) {
        this(server, lostLeader, 0);
    }

    private Looking(Server server, long lostLeader, long quietNanos) {
        this.server = server;
        this.elections = server.elections;
        this.lostLeader = lostLeader;
        this.quietNanos = quietNanos;
        this.proposed = elections.current;
    }

    /** Lets the others elect before it takes part, as a leader that has resigned does. */
    static Looking quiet(Server server, long quietNanos) {
        return new Looking(server, -1, quietNanos);
    }

    /** Because the leader there is cannot be followed now: asks around a little later. */
    static Looking pausing(Server server) {
        return new Looking(server, -1, RESEND_NANOS_MIN);
    }

    @Override
    public void enter() {
        beginNanos = server.nowNanos + quietNanos;
        if (server.isObserver() && lostLeader >= 0) {
            beginNanos += server.draw(OBSERVER_DELAY_NANOS_MAX);
        }
        time();
    }

    @Override
    public void leave() {}

    @Override
    public PeerState peerState() {
        return PeerState.LOOKING;
    }

    @Override
    public long contactNanos() {
        return 0;
    }

    /** The members have changed: what was counted under the old ones means nothing. */
    void restart() {
        if (begun()) {
            begin();
        }
    }

    @Override
    public void time() {
        if (!begun()) {
            if (server.nowNanos >= beginNanos) {
                begin();
            }
        } else if (server.nowNanos >= finalizeAtNanos) {
            finish(proposed);
        } else if (server.nowNanos >= resendAtNanos) {
            sayWhyNobodyCanLead();
            sayWhatAReconfigWaitsFor();
            broadcast();
            resendAfterNanos = Math.min(2 * resendAfterNanos, RESEND_NANOS_MAX);
            resendAtNanos = server.nowNanos + resendAfterNanos;
        }
    }

    /** A voter's vote came in. */
    void receive(long from, Notification vote) {
        if (!begun() || !server.isVoterSoon(vote.leader()) || !isBelievable(from, vote)) {
            return;
        }
        switch (vote.state()) {
            case LOOKING -> lookingToo(from, vote);
            case FOLLOWING, LEADING -> hasLeader(from, vote);
            case OBSERVING -> {}
        }
    }

    private boolean isBelievable(long from, Notification vote) {
        boolean lie =
                vote.peerEpoch() > server.acceptedEpoch + Server.EPOCHS_AHEAD_MAX
                        || Zxid.epoch(vote.zxid()) > server.acceptedEpoch + Server.EPOCHS_AHEAD_MAX
                        || vote.electionEpoch() > elections.round + ROUNDS_AHEAD_MAX;
        if (lie && elections.liars.add(from)) {
            server.state.warn(
                    "server %d votes for epoch %d, zxid 0x%s, in round %d, which cannot be; its votes do not count"
                            .formatted(
                                    from,
                                    vote.peerEpoch(),
                                    Zxid.hex(vote.zxid()),
                                    vote.electionEpoch()));
        }
        return !lie;
    }

    /**
     * Whoever has lost its history does not vote, for it may have acknowledged what it has not any
     * more. If the others are no quorum, nothing that was committed may be forgotten by electing
     * one of them: a person has to decide.
     */
    private void sayWhyNobodyCanLead() {
        if (!server.mayVote) {
            blank.add(server.id());
        }
        if (!saidWhyNobodyLeads && !server.quorum().isQuorum(voter -> !blank.contains(voter))) {
            saidWhyNobodyLeads = true;
            server.state.warn(
                    "nobody can lead: %s no history to vote with (damaged, or an empty disk), and the other voters are no quorum; nothing committed is given up: restore a majority (docs/findings/damaged.md)"
                            .formatted(
                                    blank.size() == 1
                                            ? "server " + blank.first() + " has"
                                            : "servers " + blank + " have"));
        }
    }

    /**
     * A configuration that was proposed may be in force already among its own quorum, so nobody
     * leads without that. A person who cannot bring its voters back has to withdraw it.
     */
    private void sayWhatAReconfigWaitsFor() {
        EnsembleConfig next = server.lastSeen();
        if (!saidWhatIsWaitedFor
                && resendAfterNanos == RESEND_NANOS_MAX
                && next.version() > server.config().version()
                && QuorumRule.of(server.config()).isQuorum(votes::containsKey)
                && !QuorumRule.of(next).isQuorum(votes::containsKey)) {
            saidWhatIsWaitedFor = true;
            List<Long> silent =
                    next.voters().stream()
                            .map(Member::serverId)
                            .filter(voter -> !votes.containsKey(voter))
                            .toList();
            server.state.warn(
                    "nobody can lead: the configuration 0x%s was proposed and needs a quorum of its own voters, of whom servers %s are not heard (docs/peers.md#a-reconfiguration-that-stands-still)"
                            .formatted(Zxid.hex(next.version()), silent));
        }
    }

    private boolean begun() {
        return resendAtNanos != NEVER;
    }

    /**
     * Who can vote for itself begins a round. Whoever cannot joins that of the others, for it could
     * begin one that none of them is in, where nobody would listen to its vote for nobody, nor it
     * to theirs; and under a configuration that was proposed they may be waiting for its vote.
     */
    private void begin() {
        elections.round = elections.isCandidate() ? elections.round + 1 : 0;
        votes.clear();
        outOfElection.clear();
        resendAfterNanos = RESEND_NANOS_MIN;
        resendAtNanos = server.nowNanos + resendAfterNanos;
        propose(elections.ownVote());
        count();
    }

    private void lookingToo(long from, Notification vote) {
        if (vote.electionEpoch() < elections.round && server.isVoterSoon(server.id())) {
            elections.send(from, PeerState.LOOKING, proposed);
        }
        if (vote.zxid() == Vote.UNKNOWN_ZXID) {
            blank.add(from);
        } else {
            blank.remove(from);
        }
        if (!server.mayVote || vote.zxid() == Vote.UNKNOWN_ZXID) {
            return;
        }
        if (vote.electionEpoch() > elections.round) {
            elections.round = vote.electionEpoch();
            votes.clear();
            Vote own = elections.ownVote();
            Vote told = Vote.of(vote);
            propose(isBetter(told, own) ? told : own);
        } else if (vote.electionEpoch() < elections.round) {
            return;
        } else if (isBetter(Vote.of(vote), proposed)) {
            propose(Vote.of(vote));
        } else if (isBetter(proposed, Vote.of(vote)) && server.isVoterSoon(server.id())) {
            tellBetter(from, vote);
        }
        votes.put(from, vote);
        count();
    }

    /**
     * It may not have heard of it: while it still had a leader it did not listen. But this server
     * may be an outsider to it, whose better vote it does not take and whom it answers with the
     * same every time; so who says the same again is not told again at once.
     */
    private void tellBetter(long voter, Notification worse) {
        Notification last = votes.get(voter);
        Long before = toldNanos.get(voter);
        if (last == null
                || before == null
                || !Vote.of(last).equals(Vote.of(worse))
                || server.nowNanos - before >= RESEND_NANOS_MIN) {
            toldNanos.put(voter, server.nowNanos);
            elections.send(voter, PeerState.LOOKING, proposed);
        }
    }

    private boolean isBetter(Vote vote, Vote than) {
        return server.hasWeight(vote.leader()) && vote.beats(than);
    }

    private void propose(Vote vote) {
        proposed = vote.inRound(elections.round);
        finalizeAtNanos = NEVER;
        broadcast();
    }

    private void broadcast() {
        TreeMap<Long, Member> voters = new TreeMap<>(server.config().members());
        voters.putAll(server.lastSeen().members());
        for (long voter : voters.keySet()) {
            if (!server.isVoterSoon(voter)) {
                continue;
            }
            if (voter != server.id()) {
                elections.send(voter, PeerState.LOOKING, proposed);
            } else if (server.mayVote) {
                votes.put(voter, ownNotification());
            }
        }
    }

    private Notification ownNotification() {
        return new Notification(
                PeerState.LOOKING,
                proposed.leader(),
                proposed.zxid(),
                proposed.electionEpoch(),
                proposed.peerEpoch(),
                Notification.VERSION,
                null);
    }

    /** Is there a quorum for what this server proposes, and is there anybody to wait for? */
    private void count() {
        if (!server.quorum().isQuorum(this::wantsTheSame)) {
            finalizeAtNanos = NEVER;
            return;
        }
        if (server.quorum().isEverybody(voter -> voter == lostLeader || wantsTheSame(voter))) {
            finish(proposed);
        } else if (finalizeAtNanos == NEVER) {
            finalizeAtNanos = server.nowNanos + FINALIZE_NANOS;
        }
    }

    private boolean wantsTheSame(long voter) {
        Notification vote = votes.get(voter);
        return vote != null && Vote.of(vote).equals(proposed);
    }

    private void hasLeader(long from, Notification vote) {
        if (vote.electionEpoch() == elections.round) {
            votes.put(from, vote);
            if (isLedBy(vote, votes)) {
                finish(Vote.of(vote));
                return;
            }
        }
        outOfElection.put(from, vote);
        if (isLedBy(vote, outOfElection)) {
            elections.round = vote.electionEpoch();
            finish(Vote.of(vote));
        }
    }

    /**
     * Does a quorum follow the leader that this vote names, and does it lead by its own word? The
     * committed configuration alone decides: one that was only proposed to this server may be none
     * that those who have a leader ever heard of, and then this server would never find to them.
     */
    private boolean isLedBy(Notification vote, Map<Long, Notification> said) {
        boolean quorum =
                QuorumRule.of(server.config())
                        .isQuorum(voter -> {
                            Notification other = said.get(voter);
                            return other != null && Vote.agree(vote, other);
                        });
        if (!quorum) {
            return false;
        }
        if (vote.leader() == server.id()) {
            // They followed it before it was restarted; what they count on may be lost since.
            return vote.electionEpoch() == elections.round && server.mayVote;
        }
        Notification leader = said.get(vote.leader());
        return leader != null && leader.state() == PeerState.LEADING;
    }

    private void finish(Vote elected) {
        elections.current = elected;
        server.enter(
                elected.leader() == server.id()
                        ? new Leading(server)
                        : new Learning(server, elected.leader()));
    }

    // ---- what an election does not care about

    @Override
    public void journaled() {}

    @Override
    public void endTurn() {}

    @Override
    public void learnerConnected(long link, String remoteAddress) {
        server.peers.close(link);
    }

    @Override
    public void linkOpened(long attempt, long link) {
        server.peers.close(link);
    }

    @Override
    public void dialFailed(long attempt, String why) {}

    @Override
    public void received(long link, byte[] bytes, int from, int to) {}

    @Override
    public void linkClosed(long link) {}
}

package org.quorate.zab;

import java.util.TreeSet;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

/**
 * What outlives a single election: the round, the vote that came out of the last one, and the rules
 * by which votes of others are answered in every state (peer protocol §3.1).
 */
final class Elections {
    private final Server server;

    /**
     * The round: rises with each election, and to that of others who are ahead; 0 while a server
     * that cannot vote for itself knows of none.
     */
    long round;

    /** Voters that have voted for what cannot be; said once of each. */
    final TreeSet<Long> liars = new TreeSet<>();

    /** What the last election came to; what a server that asks is told. */
    Vote current;

    Elections(Server server) {
        this.server = server;
        this.current = new Vote(server.id(), zxid(), 0, server.currentEpoch);
    }

    /** The zxid that this server's vote tells. */
    long zxid() {
        return server.mayVote ? server.ledger.lastZxid() : Vote.UNKNOWN_ZXID;
    }

    /** May this server vote for itself? */
    boolean isCandidate() {
        return server.config().isVoter(server.id());
    }

    /**
     * This server's vote for itself; or for nobody, which every other vote beats, whatever history
     * this server has: the voters decide, and discovery asks a quorum of them.
     */
    Vote ownVote() {
        return isCandidate()
                ? new Vote(server.id(), zxid(), round, server.currentEpoch)
                : new Vote(Vote.NOBODY, Vote.NOBODY, round, Vote.NOBODY);
    }

    /** Another server is to lead without an election. */
    void designate(long leader) {
        current = new Vote(leader, zxid(), current.electionEpoch(), current.peerEpoch());
    }

    /** A vote came in. */
    void receive(long from, Notification vote) {
        String config = vote.config();
        if (config != null && server.standing() instanceof Looking looking) {
            adoptConfig(from, config, looking);
        }
        Standing standing = server.standing();
        if (!server.isVoterSoon(from)) {
            answerOutsider(from, vote, standing);
        } else if (standing instanceof Looking looking) {
            looking.receive(from, vote);
        } else if (vote.state() == PeerState.LOOKING) {
            send(from, standing.peerState(), current);
        }
    }

    /**
     * Tells a server without a vote what this one knows. While this one looks itself and is a round
     * behind, or in the same round without a vote, it knows nothing; ZooKeeper answers all the
     * same, which an asker of a later round, or to whom this one is an outsider too, answers again,
     * without end. Nor is one that has a leader told anything: two servers that both are outsiders
     * to each other, of whom a reconfig has removed one, would answer for ever. While it looks it
     * names itself only if it would lead: the asker may know of a configuration that was proposed,
     * in which this one has a vote, and would have it elected although it does not know of that.
     */
    private void answerOutsider(long from, Notification vote, Standing standing) {
        boolean knows =
                standing.peerState() != PeerState.LOOKING
                        || vote.electionEpoch() < round
                        || vote.electionEpoch() == round && server.isVoterSoon(server.id());
        if (knows && vote.state() == PeerState.LOOKING) {
            boolean looking = standing.peerState() == PeerState.LOOKING;
            send(from, standing.peerState(), looking ? ownVote() : current.inRound(round));
        }
    }

    void send(long to, PeerState state, Vote vote) {
        server.peers.vote(
                to,
                new Notification(
                        state,
                        vote.leader(),
                        vote.zxid(),
                        vote.electionEpoch(),
                        vote.peerEpoch(),
                        Notification.VERSION,
                        server.config().text()));
    }

    /** A server that looks for a leader believes a newer configuration that anybody tells it. */
    private void adoptConfig(long from, String text, Looking looking) {
        if (!server.options.reconfigEnabled() || text.isEmpty()) {
            return;
        }
        EnsembleConfig told = server.parseConfig(text, "server " + from);
        if (told != null && told.version() > server.config().version()) {
            boolean otherMembers = !told.members().equals(server.config().members());
            server.commit(told);
            if (otherMembers) {
                looking.restart();
            }
        }
    }
}

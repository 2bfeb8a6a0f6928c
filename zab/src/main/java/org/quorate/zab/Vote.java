package org.quorate.zab;

import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

/**
 * Whom a server wants to lead, and on what ground (peer protocol §3).
 *
 * @param leader server id; {@link #NOBODY} from a server that has no vote
 * @param zxid where the leader's history ends
 * @param electionEpoch the voter's round
 * @param peerEpoch the leader's epoch
 */
record Vote(long leader, long zxid, long electionEpoch, long peerEpoch) {
    /** Stands for each value that a server without a vote cannot fill in. */
    static final long NOBODY = Long.MIN_VALUE;

    /** The zxid of a server whose disk is suspiciously empty: nobody counts its vote. */
    static final long UNKNOWN_ZXID = -1;

    static Vote of(Notification from) {
        return new Vote(from.leader(), from.zxid(), from.electionEpoch(), from.peerEpoch());
    }

    /** The order of votes: epoch, then zxid, then id. The round does not matter. */
    boolean beats(Vote other) {
        if (peerEpoch != other.peerEpoch) {
            return peerEpoch > other.peerEpoch;
        }
        return zxid != other.zxid ? zxid > other.zxid : leader > other.leader;
    }

    Vote inRound(long round) {
        return new Vote(leader, zxid, round, peerEpoch);
    }

    Vote withPeerEpoch(long epoch) {
        return new Vote(leader, zxid, electionEpoch, epoch);
    }

    /**
     * Do two servers mean the same leader? Votes of one election must be equal; what servers that
     * have a leader say of it is equal in leader and epoch alone, because they elected it at
     * different times.
     */
    static boolean agree(Notification one, Notification other) {
        if (one.state() == PeerState.LOOKING || other.state() == PeerState.LOOKING) {
            return of(one).equals(of(other));
        }
        boolean epochUnknown = one.version() == 0 ^ other.version() == 0;
        return one.leader() == other.leader()
                && (epochUnknown || one.peerEpoch() == other.peerEpoch());
    }
}

package org.quorate.zab;

import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;

/**
 * Who serves learners: a leader all of them, or a follower observers in its place. {@link
 * LearnerLink} calls these as the learner takes its steps.
 */
interface LearnerMaster {
    /** Capabilities to offer. */
    long extras();

    /** Is this learner still to be listened to? */
    boolean has(LearnerLink learner);

    /** Closes a learner's connection and says why. */
    void drop(LearnerLink learner, String why);

    /** A learner may be gone. */
    void lost();

    /** A learner has said who it is. */
    void introduced(LearnerLink learner, LearnerInfo info);

    /** A learner has promised to follow nobody of a lower epoch. */
    void promised(LearnerLink learner);

    /** Where the epoch begins. */
    long epochZxid();

    /** A learner has all that it was sent, up to NEWLEADER, on disk. */
    void synced(LearnerLink learner);

    /** A learner has a transaction, or all up to it, on disk. */
    void acked(LearnerLink learner, long zxid);

    /** A learner has answered a PING. */
    void proved();

    /** A learner's clients gave a sign of life. */
    void touched(LearnerLink learner, long sessionId, int timeoutMillis);

    /** A learner forwards a request. */
    void forwarded(LearnerLink learner, QuorumPacket request);

    /** A learner asks whether a session lives. */
    void revalidate(LearnerLink learner, Revalidation question);
}

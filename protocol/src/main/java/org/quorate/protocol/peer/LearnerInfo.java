package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Data of FOLLOWERINFO and OBSERVERINFO (peer protocol §4). Short forms of old servers are read
 * with the values that ZooKeeper assumes; null data means an anonymous learner.
 *
 * @param serverId {@link #ANONYMOUS} if not told
 * @param protocolVersion {@link LeaderInfo#PROTOCOL_VERSION}; a smaller one gets no LEADERINFO
 * @param configVersion version of the configuration the learner has; 0 if not told
 */
public record LearnerInfo(
        long serverId, int protocolVersion, long configVersion, Capabilities capabilities) {
    /** Server id of a learner that did not tell one; the leader draws a negative one for it. */
    public static final long ANONYMOUS = -1;

    private static final int PROTOCOL_VERSION_OLDEST = 1;

    public static LearnerInfo read(Slice data) {
        JuteIn in = new JuteIn().wrap(data);
        long serverId = in.remaining() >= 8 ? in.readLong() : ANONYMOUS;
        int version = in.remaining() >= 4 ? in.readInt() : PROTOCOL_VERSION_OLDEST;
        long configVersion = in.remaining() >= 8 ? in.readLong() : 0;
        return new LearnerInfo(serverId, version, configVersion, Capabilities.readTail(in));
    }

    public void write(JuteOut out) {
        out.writeLong(serverId).writeInt(protocolVersion).writeLong(configVersion);
        capabilities.writeTail(out);
    }
}

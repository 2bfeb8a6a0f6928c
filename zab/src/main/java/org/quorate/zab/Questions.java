package org.quorate.zab;

import java.util.ArrayDeque;
import java.util.List;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;

/**
 * The syncs that a learner has sent to its leader, its clients', its observers' and its own, in
 * order; SYNC answers them in order and does not say whom. The own ones are questions: a leader
 * answers a sync only after it has read all that came before on the link, and a Quorate leader only
 * after a quorum has confirmed that it still leads. That a leader sends packets proves neither: it
 * does so blindly, and they may have lain in a buffer.
 *
 * <p>At most one own question is under way.
 */
final class Questions {
    /** Who asked: nobody. */
    static final long NOBODY = -1;

    /** Who asked: a client of this server. */
    static final long CLIENT = -2;

    /** Who asked: this server itself. */
    static final long SELF = -3;

    /** The ids of a request that comes from no connection. */
    static final IdVector NO_IDS = new IdVector().set(List.of());

    /** In a tick the leader is asked at least so often. */
    private static final int PER_TICK = 4;

    /** From the beginning of a REQUEST packet to the request's type. */
    private static final int TYPE_AT = 4 + 8 + 4 + 8 + 4;

    private final ArrayDeque<Long> askers = new ArrayDeque<>();
    private boolean underWay;
    private long askedNanos;
    private long contactNanos;

    /** When the last own question was sent that was answered; 0 if none was. */
    long contactNanos() {
        return contactNanos;
    }

    boolean isTimeToAsk(long nowNanos, long tickNanos) {
        return !underWay && nowNanos - askedNanos >= tickNanos / PER_TICK;
    }

    /** An own question is sent now. */
    void asks(long nowNanos) {
        underWay = true;
        askedNanos = nowNanos;
        askers.add(SELF);
    }

    /** A client's request is sent now. */
    void forwards(byte[] packet, int from) {
        int at = from + TYPE_AT;
        int type =
                packet[at] << 24
                        | (packet[at + 1] & 0xff) << 16
                        | (packet[at + 2] & 0xff) << 8
                        | packet[at + 3] & 0xff;
        if (type == OpCode.SYNC) {
            askers.add(CLIENT);
        }
    }

    /** An observer's sync is passed on; {@code link} is where it came in. */
    void passesOn(long link) {
        askers.add(link);
    }

    /** A SYNC has come: whom it answers, a constant here or the link of an observer. */
    long answered() {
        Long asker = askers.poll();
        if (asker == null) {
            return NOBODY;
        }
        if (asker == SELF) {
            underWay = false;
            contactNanos = askedNanos;
        }
        return asker;
    }

    /** Writes an own question: a sync of no session. */
    static void write(JuteOut out) {
        int at = QuorumPacket.begin(out, PacketType.REQUEST, -1);
        out.writeLong(0).writeInt(0).writeInt(OpCode.SYNC).writeString("/");
        QuorumPacket.end(out, at, NO_IDS);
    }
}

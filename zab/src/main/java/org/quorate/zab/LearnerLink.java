package org.quorate.zab;

import java.util.ArrayDeque;
import java.util.List;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;
import org.quorate.protocol.peer.TouchTable;

/**
 * The connection to one learner: how far the learner has come, and which packet may come from it
 * next. What does not fit ends the connection, with the reason in a notice.
 */
final class LearnerLink implements PacketStream.Reader {
    /** How far the learner has come; each step is taken once, in this order. */
    enum Phase {
        /** FOLLOWERINFO or OBSERVERINFO is to come. */
        CONNECTED,
        /** Its turn comes when the epoch is fixed. */
        INTRODUCED,
        /** LEADERINFO was sent, ACKEPOCH is to come. */
        TOLD_EPOCH,
        /** Its turn comes when a quorum has promised. */
        PROMISED,
        /** History and NEWLEADER were sent, the ACK is to come. Proposals and commits go to it. */
        SYNCING,
        /** It has all on disk; UPTODATE follows as soon as this server leads. */
        SYNCED,
        /** It serves clients. */
        ACTIVE
    }

    /** What a learner that has not said who it is may have said of that. */
    static final int INTRODUCTION_BYTES_MAX = 4 << 10;

    /** Data of ROLL_OVER when the epoch has begun; null data asks for the promise. */
    private static final Slice BEGUN = Slice.of("");

    private static final Slice PROMISE = new Slice();

    final Link link;
    final String address;
    Phase phase = Phase.CONNECTED;

    /** Negative for an anonymous learner, and before it has introduced itself. */
    long serverId = LearnerInfo.ANONYMOUS;

    boolean isFollower;
    boolean isOld;
    Capabilities capabilities = Capabilities.NONE;
    long acceptedEpoch;

    /** What ACKEPOCH said. */
    long learnerEpoch;

    /** What ACKEPOCH said. */
    long learnerZxid;

    /**
     * What ACKEPOCH said: it has all of the epoch before, and enters the next without waiting for
     * its disk.
     */
    boolean isBehindAll;

    /** While a leader collects promises: this one's counts. */
    boolean promiseCounts;

    long connectedNanos;

    long lastHeardNanos;

    /** While it is {@link Phase#SYNCING}: it was sent a whole state. */
    boolean takesState;

    /** Behind the last place sent as a proposal. */
    long sentTo;

    /** Behind the last place whose commit was sent. */
    long committedTo;

    /** Behind the last place acknowledged; counts from {@link Phase#SYNCED} on. */
    long ackedTo;

    /** What the proof that is under way waits for: this many PINGs answered; −1 if not asked. */
    long proofAt = -1;

    /** The epoch it was told to be in. */
    long epoch;

    /** When LEADERINFO was sent. */
    long toldNanos;

    /** When what was sent that being in sync proves to have arrived. */
    long syncedNanos;

    private final LearnerMaster master;
    private final PacketStream stream;
    private final JuteIn in = new JuteIn();
    private final TouchTable touches = new TouchTable();
    private final Revalidation revalidation = new Revalidation();

    /** When the PINGs were sent that are not answered yet, the oldest first. */
    private final ArrayDeque<Long> pings = new ArrayDeque<>();

    /** The place that must be acknowledged in time; −1 if there is none. */
    private long ackAwaited = -1;

    private long ackSinceNanos;
    private long pingsSent;
    private long pingsAnswered;
    private long provedNanos;

    LearnerLink(LearnerMaster master, Link link, String address, int fieldBytesMax) {
        this.master = master;
        this.link = link;
        this.address = address;
        this.stream = new PacketStream(fieldBytesMax, this);
        stream.stranger(INTRODUCTION_BYTES_MAX);
    }

    boolean is(Phase least) {
        return phase.compareTo(least) >= 0;
    }

    boolean can(long capability) {
        return capabilities.has(capability);
    }

    Leadership.Follower describe(boolean isVoter) {
        return new Leadership.Follower(
                link.id,
                serverId,
                address,
                connectedNanos,
                !isFollower,
                isVoter,
                phase == Phase.ACTIVE,
                isFollower && is(Phase.SYNCED) ? sentTo - ackedTo : 0);
    }

    /** Does it go to another leader when it is told of one? */
    boolean canBeToldOfHandOver() {
        return phase == Phase.ACTIVE && can(Capabilities.LEADERSHIP_HANDOVER);
    }

    /** May it lead next, or help who does? */
    boolean canHandOver() {
        return isFollower && canBeToldOfHandOver();
    }

    /** When the newest thing was sent that it has answered; 0 if it has answered nothing. */
    long provedNanos() {
        return provedNanos;
    }

    /** It has answered what was sent then. */
    void proved(long sentNanos) {
        provedNanos = sentNanos;
    }

    /** Proposals were sent up to a place. */
    void sent(long to, long nowNanos) {
        sentTo = to;
        if (ackAwaited < 0) {
            ackAwaited = to - 1;
            ackSinceNanos = nowNanos;
        }
    }

    /** More was acknowledged. */
    void ackProgress(long nowNanos) {
        if (ackedTo > ackAwaited) {
            ackAwaited = ackedTo < sentTo ? sentTo - 1 : -1;
            ackSinceNanos = nowNanos;
        }
    }

    /** Has a proposal waited for its acknowledgement longer than is allowed? */
    boolean isSlow(long nowNanos, long limitNanos) {
        return phase == Phase.ACTIVE && ackAwaited >= 0 && nowNanos - ackSinceNanos > limitNanos;
    }

    /** Tells a committed transaction to an observer. */
    void inform(long zxid, Slice txn) {
        link.write(PacketType.INFORM, zxid, txn);
    }

    /**
     * Tells an observer a committed reconfig.
     *
     * @param data room to put it together
     */
    void informAndActivate(long zxid, long designated, Slice txn, JuteOut data) {
        data.clear().writeLong(designated).writeRaw(txn);
        link.write(
                PacketType.INFORM_AND_ACTIVATE,
                zxid,
                new Slice().set(data.array(), 0, data.size()));
    }

    /** Asks it to promise an epoch that its leader wants to go on in. */
    void askPromise(long next) {
        link.write(PacketType.ROLL_OVER, Zxid.of(next, 0), PROMISE);
    }

    /** Tells it that the next epoch has begun, behind all that was sent before. */
    void tellEpoch(long next) {
        epoch = next;
        link.write(PacketType.ROLL_OVER, Zxid.of(next, 0), BEGUN);
    }

    /** Tells it why its connection is about to be closed, if it can be told. */
    void sayWhy(String reason) {
        if (can(Capabilities.REASONS)) {
            link.write(PacketType.SENT_AWAY, -1, Slice.of(reason));
            link.flush();
        }
    }

    long pingsSent() {
        return pingsSent;
    }

    long pingsAnswered() {
        return pingsAnswered;
    }

    /** Sends a PING. One that is sent before UPTODATE is not answered. */
    void ping(long zxid, long nowNanos) {
        link.write(PacketType.PING, zxid);
        if (phase == Phase.ACTIVE) {
            pingsSent++;
            pings.add(nowNanos);
        }
    }

    void received(byte[] bytes, int from, int to) {
        try {
            stream.feed(bytes, from, to);
        } catch (JuteException e) {
            master.drop(this, "what it sends is not the protocol: " + e.getMessage());
        }
    }

    @Override
    public boolean packet(QuorumPacket packet) {
        switch (phase) {
            case CONNECTED -> introduction(packet);
            case TOLD_EPOCH -> promise(packet);
            case SYNCING -> synced(packet);
            case SYNCED -> {
                if (expect(packet, PacketType.ACK)) {
                    master.acked(this, packet.zxid);
                }
            }
            case ACTIVE -> active(packet);
            case INTRODUCED, PROMISED -> refuse(packet);
        }
        return master.has(this);
    }

    @Override
    public boolean snapshot() {
        throw new IllegalStateException("a learner sends no snapshot");
    }

    @Override
    public String toString() {
        return "%s %d at %s".formatted(isFollower ? "follower" : "learner", serverId, address);
    }

    private void introduction(QuorumPacket packet) {
        if (packet.type != PacketType.FOLLOWER_INFO && packet.type != PacketType.OBSERVER_INFO) {
            refuse(packet);
            return;
        }
        LearnerInfo info = LearnerInfo.read(packet.data);
        isFollower = packet.type == PacketType.FOLLOWER_INFO;
        isOld = info.protocolVersion() < LeaderInfo.PROTOCOL_VERSION;
        capabilities = info.capabilities().and(new Capabilities(master.extras()));
        acceptedEpoch = Zxid.epoch(packet.zxid);
        if (isOld) {
            learnerEpoch = acceptedEpoch;
            learnerZxid = packet.zxid;
        }
        phase = Phase.INTRODUCED;
        stream.known();
        master.introduced(this, info);
    }

    private void promise(QuorumPacket packet) {
        if (expect(packet, PacketType.ACK_EPOCH)) {
            learnerEpoch = in.wrap(packet.data).readInt();
            isBehindAll = can(Capabilities.NAMED_HEIR) && in.remaining() > 0 && in.readBool();
            learnerZxid = packet.zxid;
            phase = Phase.PROMISED;
            master.promised(this);
        }
    }

    private void synced(QuorumPacket packet) {
        if (expect(packet, PacketType.ACK)) {
            if (packet.zxid == master.epochZxid()) {
                phase = Phase.SYNCED;
                master.synced(this);
            } else {
                master.acked(this, packet.zxid);
            }
        }
    }

    private void active(QuorumPacket packet) {
        switch (packet.type) {
            case PacketType.ACK -> master.acked(this, packet.zxid);
            case PacketType.PING -> pong(packet);
            case PacketType.REVALIDATE -> {
                revalidation.readQuestion(packet.data);
                master.revalidate(this, revalidation);
            }
            case PacketType.REQUEST -> {
                if (packet.authInfo.isNull()) {
                    packet.authInfo.set(List.of());
                }
                master.forwarded(this, packet);
            }
            default -> refuse(packet);
        }
    }

    private void pong(QuorumPacket packet) {
        Long sentNanos = pings.poll();
        if (sentNanos == null) {
            master.drop(this, "it answers a PING that was not sent");
            return;
        }
        pingsAnswered++;
        proved(sentNanos);
        touches.read(packet.data);
        while (touches.next()) {
            master.touched(this, touches.sessionId, touches.timeoutMillis);
        }
        master.proved();
    }

    private boolean expect(QuorumPacket packet, int type) {
        if (packet.type != type) {
            refuse(packet);
            return false;
        }
        return true;
    }

    private void refuse(QuorumPacket packet) {
        master.drop(this, "it sends %s when it is %s".formatted(packet, phase));
    }
}

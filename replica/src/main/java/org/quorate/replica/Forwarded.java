package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.ForwardedRequest;
import org.quorate.protocol.peer.QuorumPacket;

/**
 * Requests that learners forward to this server as their leader. Real learners do so blindly, so
 * nothing is trusted: a request that is malformed, or that no follower may forward, becomes an
 * error transaction like any other refusal, for the learner waits for exactly one transaction (peer
 * protocol §6.1, §6.2). Owned by the core thread.
 */
final class Forwarded {
    private static final int REMEMBERED = 256;

    /** Ids seen before, so that the same client's requests cost no allocation. */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below, never as a record
    private record Known(byte[] encoded, List<Id> ids) {}

    private final Standing standing;
    private final Leader leader;
    private final ForwardedRequest forwarded = new ForwardedRequest();
    private final RequestDecoder decoder = new RequestDecoder();
    private final JuteIn in;
    private final Author author = new Author();
    private final @Nullable Known[] remembered = new @Nullable Known[REMEMBERED];

    Forwarded(Standing standing, Leader leader) {
        this.standing = standing;
        this.leader = leader;
        this.in = new JuteIn(standing.options.frameBytesMax());
    }

    /**
     * Takes a REQUEST packet. What is too short to say whose it is, is dropped: nobody could be
     * answered.
     */
    void request(long learner, QuorumPacket packet) {
        try {
            forwarded.read(packet.data);
        } catch (JuteException e) {
            return;
        }
        if (forwarded.type == OpCode.SYNC) {
            standing.zab().syncFor(learner);
            return;
        }
        author.set(forwarded.sessionId, forwarded.cxid, learner, ids(packet.authInfo));
        if (!mayBeForwarded(forwarded.type)) {
            leader.refuse(author, ErrorCode.UNIMPLEMENTED);
            return;
        }
        Request request = decode();
        if (request == null) {
            leader.refuse(author, ErrorCode.MARSHALLING_ERROR);
        } else {
            leader.submit(author, request);
        }
    }

    /** Is this a REQUEST that no leader comes to harm by? */
    boolean isHarmless(QuorumPacket packet) {
        try {
            forwarded.read(packet.data);
        } catch (JuteException e) {
            return false;
        }
        return forwarded.type == OpCode.SYNC || mayBeForwarded(forwarded.type) && decode() != null;
    }

    private static boolean mayBeForwarded(int type) {
        return switch (type) {
            case OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI,
                    OpCode.RECONFIG,
                    OpCode.CREATE_SESSION,
                    OpCode.CLOSE_SESSION ->
                    true;
            default -> false; // check outside multi, deleteContainer and the unknown harm a real
                // ensemble
        };
    }

    private @Nullable Request decode() {
        try {
            Request request = decoder.decode(forwarded.type, in.wrap(forwarded.body));
            boolean noPath =
                    request instanceof CreateRequest create && create.path.isNull()
                            || request instanceof DeleteRequest delete && delete.path.isNull();
            return noPath || isForbiddenSession(request) ? null : request;
        } catch (JuteException e) {
            return null;
        }
    }

    private boolean isForbiddenSession(Request request) {
        return request.type() == OpCode.CREATE_SESSION
                && (forwarded.sessionId == 0 || forwarded.sessionId == SessionIds.CONTAINER);
    }

    private List<Id> ids(IdVector vector) {
        Slice encoded = vector.encoded();
        int hash = 1;
        for (int i = encoded.from(); i < encoded.to(); i++) {
            hash = 31 * hash + encoded.array()[i];
        }
        int slot = (hash ^ hash >>> 16) & REMEMBERED - 1;
        Known known = remembered[slot];
        if (known == null || !encoded.sameBytes(known.encoded)) {
            known = new Known(encoded.copy(), List.copyOf(vector.toList()));
            remembered[slot] = known;
        }
        return known.ids;
    }
}

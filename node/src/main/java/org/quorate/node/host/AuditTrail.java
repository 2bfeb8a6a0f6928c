package org.quorate.node.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.node.insight.AuditLog;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.replica.Connection;

/**
 * Words the lines of the audit log as a real ZooKeeper 3.9.5 was seen to: an update is told by the
 * server whose client asked for it, with all operations of a multi that was carried out and none of
 * one that failed; the end of an ephemeral by each server. Owned by the core.
 */
final class AuditTrail {
    private static final String LETTERS = "cdrwa";
    private static final int[] BITS = {
        Perms.CREATE, Perms.DELETE, Perms.READ, Perms.WRITE, Perms.ADMIN
    };

    /** Who does what no client asked for: the user that the process runs as. */
    private static final String SELF = System.getProperty("user.name", "");

    private static final String SUCCESS = "success";
    private static final String FAILURE = "failure";

    private final AuditLog log;

    private final RequestDecoder requests = new RequestDecoder();
    private final RequestHeader header = new RequestHeader();
    private final JuteIn in = new JuteIn();

    // Of the update that is told.
    private long session;

    AuditTrail(AuditLog log) {
        this.log = log;
    }

    /** The server starts or stops. Any thread. */
    void server(String operation, String result) {
        log.add("user=%s\toperation=%s".formatted(SELF, operation), result);
    }

    /** The server could not start. */
    static void startFailed() {
        AuditLog.addAtOnce("user=%s\toperation=serverStart".formatted(SELF), FAILURE);
    }

    void ephemeralEnded(long sessionId, Slice path) {
        log.add(
                "session=0x%x\tuser=%s\toperation=ephemeralZNodeDeletionOnSessionCloseOrExpire\tznode=%s"
                        .formatted(sessionId, SELF, path.text()),
                SUCCESS);
    }

    /** A client's update was carried out or refused. */
    void updated(Connection by, long sessionId, byte[] frame, int length, Txn done) {
        session = sessionId;
        header.read(in.wrap(frame, 0, length));
        boolean failed = done instanceof ErrorTxn || done instanceof MultiTxn all && all.failed();
        Request request = requests.decode(header.type, in);
        switch (request) {
            case MultiRequest multi when failed -> tell(by, "multiOperation", null, null, FAILURE);
            case MultiRequest multi when done instanceof MultiTxn txns -> each(by, multi, txns);
            default -> one(by, request, done, failed ? FAILURE : SUCCESS, false);
        }
    }

    private void each(Connection by, MultiRequest multi, MultiTxn txns) {
        multi.rewind();
        txns.rewind();
        while (multi.next() && txns.next()) {
            one(by, multi.op(), txns.op(), SUCCESS, true);
        }
    }

    private void one(Connection by, Request request, Txn done, String result, boolean inMulti) {
        switch (request) {
            case CreateRequest create -> {
                String asked = create.path.text();
                String path = done instanceof CreateTxn created ? created.path.text() : asked;
                // ZooKeeper finds the kind by the path, which a sequential one of a multi changes.
                boolean known = !inMulti || path.equals(asked);
                tell(by, "create", path, known ? "znode_type=" + kind(create.flags) : null, result);
            }
            case DeleteRequest delete -> tell(by, "delete", delete.path.text(), null, result);
            case SetDataRequest set -> tell(by, "setData", set.path.text(), null, result);
            case SetAclRequest set ->
                    tell(by, "setAcl", set.path.text(), "acl=" + text(set.acl), result);
            default -> {
                if (request.type() == OpCode.RECONFIG) {
                    tell(by, "reconfig", null, null, result);
                }
            }
        }
    }

    private void tell(
            Connection by,
            String operation,
            @Nullable String path,
            @Nullable String detail,
            String result) {
        StringBuilder line = new StringBuilder(128);
        line.append("session=0x").append(Long.toHexString(session));
        line.append("\tuser=").append(users(by.ids()));
        line.append("\tip=").append(by.address());
        line.append("\toperation=").append(operation);
        if (path != null) {
            line.append("\tznode=").append(path);
        }
        if (detail != null) {
            line.append('\t').append(detail);
        }
        log.add(line.toString(), result);
    }

    /** The names, those that were proved last first; of a digest without its hash. */
    private static String users(List<Id> ids) {
        List<String> names = new ArrayList<>();
        for (Id id : ids.reversed()) {
            switch (id.scheme()) {
                case "super" -> {}
                case "digest" -> names.add(id.id().replaceFirst(":.*", ""));
                default -> names.add(id.id());
            }
        }
        return String.join(",", names);
    }

    private static String kind(int flags) {
        return switch (flags) {
            case CreateRequest.FLAG_PERSISTENT -> "persistent";
            case CreateRequest.FLAG_EPHEMERAL -> "ephemeral";
            case CreateRequest.FLAG_SEQUENTIAL -> "persistent_sequential";
            case CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL -> "ephemeral_sequential";
            case CreateRequest.FLAG_CONTAINER -> "container";
            case CreateRequest.FLAG_TTL -> "persistent_with_ttl";
            case CreateRequest.FLAG_TTL_SEQUENTIAL -> "persistent_sequential_with_ttl";
            default -> "unknown";
        };
    }

    /** The entries one behind the other, with nothing between them. */
    private static String text(AclVector acl) {
        StringBuilder text = new StringBuilder();
        acl.rewind();
        while (acl.next()) {
            text.append(acl.scheme.text()).append(':').append(acl.id.text()).append(':');
            for (int i = 0; i < BITS.length; i++) {
                if ((acl.perms & BITS[i]) != 0) {
                    text.append(LETTERS.charAt(i));
                }
            }
        }
        return text.toString();
    }
}

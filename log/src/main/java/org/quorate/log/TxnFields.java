package org.quorate.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CheckTxn;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;

/**
 * The main fields of a transaction by name, for printing: strings, numbers, booleans, lists of
 * strings, and for a multi a list of such maps. Data is not among them, only its length. Stateless.
 */
public final class TxnFields {
    private TxnFields() {}

    /** In the order in which they are worth reading; a copy. */
    public static Map<String, Object> of(Txn txn) {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (txn) {
            case CreateTxn create -> create(create, fields);
            case DeleteTxn delete -> fields.put("path", delete.path.text());
            case SetDataTxn set -> {
                fields.put("path", set.path.text());
                data(set.data, fields);
                fields.put("version", set.version);
            }
            case SetAclTxn set -> {
                fields.put("path", set.path.text());
                fields.put("acl", acl(set.acl));
                fields.put("version", set.version);
            }
            case CheckTxn check -> {
                fields.put("path", check.path.text());
                fields.put("version", check.version);
            }
            case ErrorTxn error -> fields.put("err", error.err);
            case CreateSessionTxn session -> fields.put("timeout", session.timeoutMillis);
            case CloseSessionTxn session -> close(session, fields);
            case MultiTxn multi -> multi(multi, fields);
        }
        return fields;
    }

    /** Name of a transaction's type; {@code type 99} if there is no such. */
    public static String typeName(int type) {
        return switch (type) {
            case OpCode.CREATE_SESSION -> "createSession";
            case OpCode.CLOSE_SESSION -> "closeSession";
            case OpCode.ERROR -> "error";
            case OpCode.CREATE -> "create";
            case OpCode.CREATE2 -> "create2";
            case OpCode.CREATE_CONTAINER -> "createContainer";
            case OpCode.CREATE_TTL -> "createTTL";
            case OpCode.DELETE -> "delete";
            case OpCode.DELETE_CONTAINER -> "deleteContainer";
            case OpCode.SET_DATA -> "setData";
            case OpCode.RECONFIG -> "reconfig";
            case OpCode.SET_ACL -> "setACL";
            case OpCode.MULTI -> "multi";
            case OpCode.CHECK -> "check";
            default -> "type " + type;
        };
    }

    private static void create(CreateTxn create, Map<String, Object> fields) {
        fields.put("path", create.path.text());
        data(create.data, fields);
        fields.put("acl", acl(create.acl));
        if (create.type == OpCode.CREATE || create.type == OpCode.CREATE2) {
            fields.put("ephemeral", create.ephemeral);
        }
        if (create.type == OpCode.CREATE_TTL) {
            fields.put("ttl", create.ttlMillis);
        }
        fields.put("parentCversion", create.parentCversion);
    }

    private static void close(CloseSessionTxn session, Map<String, Object> fields) {
        if (session.hasPaths) {
            List<String> paths = new ArrayList<>();
            session.paths.rewind();
            while (session.paths.next()) {
                paths.add(session.paths.path.text());
            }
            fields.put("deletes", paths);
        }
    }

    private static void multi(MultiTxn multi, Map<String, Object> fields) {
        List<Map<String, Object>> ops = new ArrayList<>();
        multi.rewind();
        while (multi.next()) {
            Map<String, Object> op = new LinkedHashMap<>();
            op.put("type", typeName(multi.op().type()));
            op.putAll(of(multi.op()));
            ops.add(op);
        }
        fields.put("failed", multi.failed());
        fields.put("ops", ops);
    }

    private static void data(Slice data, Map<String, Object> fields) {
        fields.put("dataLength", data.isNull() ? -1 : data.length());
    }

    private static List<String> acl(AclVector acl) {
        List<String> entries = new ArrayList<>();
        acl.rewind();
        while (acl.next()) {
            entries.add(acl.scheme.text() + ":" + acl.id.text() + ":" + perms(acl.perms));
        }
        return entries;
    }

    private static String perms(int bits) {
        StringBuilder letters = new StringBuilder();
        for (int bit = 0; bit < 5; bit++) {
            if ((bits >> bit & 1) != 0) {
                letters.append("rwcda".charAt(bit));
            }
        }
        return letters.toString();
    }
}

package org.quorate.replica;

import java.util.List;
import org.quorate.protocol.acl.Id;

/** Who asks for a transaction. A reusable holder. */
final class Author {
    /** 0 for the server itself. */
    long sessionId;

    /** Comes back in the transaction, so that the server of the client finds its request. */
    int cxid;

    /** The server that the request came in through. */
    long server;

    List<Id> ids = List.of();

    /** The session is known to that server only: it cannot own ephemerals. */
    boolean isLocal;

    Author set(long newSessionId, int newCxid, long newServer, List<Id> newIds) {
        sessionId = newSessionId;
        cxid = newCxid;
        server = newServer;
        ids = newIds;
        isLocal = false;
        return this;
    }

    Author local(boolean local) {
        isLocal = local;
        return this;
    }
}

package org.quorate.node.host;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientLink;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Connection;

/** A client's socket and the core's connection of it, joined. */
final class HostedClient {
    final ClientLink link;

    /** Drawn when the first frame came. */
    final long connectionId;

    /** Who it is by its address and its certificate. */
    final List<Id> ids;

    // Written by the core before the handshake is answered; event loops read it after the answer
    // has come through the outbox.
    @Nullable Connection connection;

    // Of the core: frames that wait until the loop has taken earlier answers; see Backlog.
    @Nullable JuteOut backlog;
    int backlogFrom;

    // Of the core: what it was said in a turn.
    long saidInTurn;
    long saidBytes;

    // Of the core: more was to be sent to it than there was room for, so it is being closed.
    boolean shed;

    // Of the core: it wants no further input.
    boolean closed;

    HostedClient(ClientLink link, long connectionId, List<Id> ids) {
        this.link = link;
        this.connectionId = connectionId;
        this.ids = ids;
    }
}

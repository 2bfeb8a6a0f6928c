package org.quorate.node.host;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientLink;
import org.quorate.net.sasl.SaslAcceptor;
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

    // Of the core: when the requests under way came; null if there are none.
    @Nullable RequestMarks marks;

    // Of the SASL desk, one thread after another: who the client is about to be.
    SaslAcceptor.@Nullable Conversation conversation;

    // Of the event loop: a SASL token is being evaluated, and nothing behind it is taken.
    boolean proving;

    // Auth packets, which are none of the requests under way: those handed to the core, of the
    // event loop; and those that it has looked at, of the core and read by the loop.
    int authsHanded;
    private int authsSeen;
    private volatile int authsDone;

    // Of the event loop, and read by the core: where its requests count, if there are limits per
    // second; whom it has proven to be; bytes handed in and not taken that were counted already.
    volatile @Nullable Usage addressUsage;
    volatile @Nullable Usage userUsage;
    @Nullable Id user;
    int countedBytes;

    // Of the event loop: the user whose shares of the server it was last told to have.
    @Nullable Id sharesAs;

    // Of the core: what it was said in a turn.
    long saidInTurn;
    long saidBytes;

    // Of the core: more was to be sent to it than there was room for, so it is being closed.
    boolean shed;

    // Of the core: it wants no further input.
    boolean closed;

    // Whose name is in `principal`; replaced together, rarely, by whoever asks.
    private volatile @Nullable Named named;

    /** A name made of ids. */
    private record Named(List<Id> ids, String name) {}

    HostedClient(ClientLink link, long connectionId, List<Id> ids) {
        this.link = link;
        this.connectionId = connectionId;
        this.ids = ids;
    }

    /** The core has looked at an auth packet. */
    void authDone() {
        authsDone = ++authsSeen;
    }

    /** Does the core know all that the client has said of who it is? Of the event loop. */
    boolean isKnown() {
        return authsDone == authsHanded;
    }

    /** 0 while there is none. Any thread. */
    long sessionId() {
        Connection known = connection;
        return known == null ? 0 : known.sessionId();
    }

    /** The client's address and port, for people. */
    String address() {
        InetSocketAddress remote = link.remote();
        return remote == null ? "?" : NetUtil.toSocketAddressString(remote);
    }

    /**
     * Who the client is: the last scheme and name it has authenticated by, without what may be a
     * secret of it; else {@code ip:} and its address. Any thread.
     */
    String principal() {
        Connection known = connection;
        if (known == null) {
            return "ip:" + link.address().getHostAddress();
        }
        List<Id> ids = known.ids();
        Named last = named;
        if (last == null || !last.ids.equals(ids)) {
            last = new Named(ids, name(ids));
            named = last;
        }
        return last.name;
    }

    private static String name(List<Id> ids) {
        Id last = ids.isEmpty() ? Id.ANYONE : ids.getLast();
        for (Id id : ids) {
            if (!id.scheme().equals("ip")) {
                last = id;
            }
        }
        int colon = last.id().indexOf(':');
        boolean hashed = last.scheme().equals("digest") && colon >= 0;
        return last.scheme() + ":" + (hashed ? last.id().substring(0, colon) : last.id());
    }
}

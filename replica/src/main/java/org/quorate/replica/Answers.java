package org.quorate.replica;

import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.PathVector;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.RemoveWatchesRequest;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.client.SetWatchesRequest;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.client.WatcherEvent;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.Listing;
import org.quorate.tree.NodeState;
import org.quorate.tree.WatchTable;
import org.quorate.tree.WatchTable.Mode;

/**
 * Answers what this server can answer by itself: reads, watches, pings, and requests that are
 * refused without a transaction. Owned by the core thread.
 */
final class Answers {
    private static final long ZXID_OF_UNKNOWN = -1;
    private static final int OUT_BYTES = 4 << 10;
    private static final int OUT_BYTES_KEPT_MAX = 1 << 20;

    private final DataTree tree;
    private final WatchTable watches;
    private final Connections connections;
    private final Reads reads;
    private final ReadTally tally;
    private final JuteIn in;
    private final RequestHeader header = new RequestHeader();
    private final RequestDecoder decoder = new RequestDecoder();
    private final JuteOut out;
    private final JuteOut event = new JuteOut();
    private final NodeState state = new NodeState();
    private final Slice path = new Slice();

    // A watch of the request under way was not set: it would have been one too many.
    private boolean pastLimit;

    Answers(
            ReplicaOptions options,
            DataTree tree,
            WatchTable watches,
            Connections connections,
            ReadTally tally) {
        this.tally = tally;
        this.tree = tree;
        this.watches = watches;
        this.connections = connections;
        this.reads = new Reads(tree, options, tally);
        this.in = new JuteIn(options.frameBytesMax());
        this.out = new JuteOut(OUT_BYTES, options.replyBytesMax());
    }

    /** Answers a request whose turn has come. The connection may have ended afterwards. */
    void answer(Connection to, byte[] frame, int from, int end) {
        connections.answers(to, frame, from, end - from);
        header.read(in.wrap(frame, from, end));
        out.shrink(OUT_BYTES_KEPT_MAX);
        int reply = ReplyFrame.begin(out, header.xid);
        int err;
        try {
            Request request = decoder.decode(header.type, in);
            switch (request.type()) {
                case OpCode.PING -> err = ErrorCode.OK;
                case OpCode.DELETE_CONTAINER -> {
                    connections.end(to);
                    return;
                }
                case OpCode.CLOSE_SESSION -> {
                    closeLocal(to, reply);
                    return;
                }
                default -> err = execute(request, to);
            }
        } catch (JuteException e) {
            Reads.malformed(header.type, out, reply, tree.lastZxid());
            connections.reply(to, out);
            return;
        }
        if (err == ErrorCode.THROTTLED_OP && setsWatches(header.type)) {
            // Else it would believe that it watches what it does not.
            ReplyFrame.endWithBody(out, reply, tree.lastZxid(), err);
            connections.reply(to, out);
            connections.pastLimit(to, Effects.Held.WATCHES, true);
            return;
        }
        if (err == ErrorCode.UNIMPLEMENTED) {
            ReplyFrame.end(out, reply, ZXID_OF_UNKNOWN, err);
            connections.reply(to, out);
            connections.end(to);
            return;
        }
        ReplyFrame.end(out, reply, tree.lastZxid(), err);
        connections.reply(to, out);
    }

    /** Is this a request to be answered by {@link Listings}? */
    boolean isLong(Connection of, byte[] frame, int from, int end) {
        header.read(in.wrap(frame, from, end));
        if (!Reads.listsChildren(header.type)) {
            return false;
        }
        try {
            return decoder.decode(header.type, in) instanceof ReadRequest read
                    && reads.isLong(read, of)
                    && (!read.watch || connections.holdings().mayWatch(of, read.path));
        } catch (JuteException e) {
            return false;
        }
    }

    /** Writes the beginning of the answer to what {@link #isLong}, and sets its watch. */
    Listing beginLong(Connection to, Pending asked, Stat stat, JuteOut into) {
        in.wrap(asked.frame, RequestHeader.BYTES, asked.length);
        if (!(decoder.decode(asked.type, in) instanceof ReadRequest read)) {
            throw new IllegalStateException(asked + " lists nothing");
        }
        Listing listing = tree.list(load(read.path));
        tree.stat(state, stat);
        int more = Integer.BYTES + (Reads.hasStat(asked.type) ? Stat.BYTES : 0);
        ReplyFrame.beginLong(into.clear(), asked.xid, tree.lastZxid(), listing.bytes() + more);
        into.writeInt(listing.count());
        tally.read(read.path, listing.bytes() - (long) Integer.BYTES * listing.count());
        if (read.watch) {
            watch(to, read.path, Mode.CHILD);
        }
        return listing;
    }

    /** Refuses a request whose turn has come. */
    void refuse(Connection to, int xid, int err) {
        ReplyFrame.write(out.clear(), xid, tree.lastZxid(), err);
        connections.reply(to, out);
    }

    /** A sync has come back: its path is echoed. */
    void synced(Connection to, Pending pending) {
        connections.answers(to, pending.frame, 0, pending.length);
        header.read(in.wrap(pending.frame, 0, pending.length));
        int reply = ReplyFrame.begin(out.clear(), header.xid);
        in.readSlice(path);
        out.writeSlice(path);
        ReplyFrame.end(out, reply, tree.lastZxid(), ErrorCode.OK);
        connections.reply(to, out);
    }

    /** The end of a session that only this server knows needs no transaction. */
    private void closeLocal(Connection to, int reply) {
        ReplyFrame.end(out, reply, tree.lastZxid(), ErrorCode.OK);
        connections.replyLast(to, out);
        connections.endSession(to);
    }

    private static boolean setsWatches(int type) {
        return type == OpCode.SET_WATCHES || type == OpCode.SET_WATCHES2;
    }

    private int execute(Request request, Connection to) {
        return switch (request) {
            case ReadRequest read -> read(read, to);
            case AddWatchRequest addWatch -> addWatch(addWatch, to);
            case RemoveWatchesRequest remove -> removeWatches(remove, to);
            case SetWatchesRequest setWatches -> setWatches(setWatches, to);
            case SetDataRequest bind ->
                    to.mayBind()
                            ? ReconnectGrace.set(bind.data, to, out)
                            : ErrorCode.NO_NODE; // The leader has changed since it was read.
            default ->
                    isRead(request.type()) ? reads.body(request, to, out) : ErrorCode.UNIMPLEMENTED;
        };
    }

    private static boolean isRead(int type) {
        return switch (type) {
            case OpCode.GET_ACL,
                    OpCode.GET_ALL_CHILDREN_NUMBER,
                    OpCode.GET_EPHEMERALS,
                    OpCode.WHO_AM_I,
                    OpCode.MULTI_READ ->
                    true;
            default -> false;
        };
    }

    private int read(ReadRequest request, Connection to) {
        if (request.watch && !mayWatch(to, request.path)) {
            return ErrorCode.THROTTLED_OP;
        }
        int err = reads.body(request, to, out);
        boolean exists = request.type == OpCode.EXISTS;
        if (request.watch && (err == ErrorCode.OK || exists && err == ErrorCode.NO_NODE)) {
            boolean onChildren =
                    request.type == OpCode.GET_CHILDREN || request.type == OpCode.GET_CHILDREN2;
            watch(to, request.path, onChildren ? Mode.CHILD : Mode.DATA);
        }
        return err;
    }

    private int addWatch(AddWatchRequest request, Connection to) {
        Mode mode;
        switch (request.mode) {
            case AddWatchRequest.PERSISTENT -> mode = Mode.PERSISTENT;
            case AddWatchRequest.PERSISTENT_RECURSIVE -> mode = Mode.PERSISTENT_RECURSIVE;
            default -> {
                return ErrorCode.MARSHALLING_ERROR;
            }
        }
        if (request.path.isNull()) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        if (!mayWatch(to, request.path)) {
            return ErrorCode.THROTTLED_OP;
        }
        watch(to, request.path, mode);
        out.writeInt(ErrorCode.OK);
        return ErrorCode.OK;
    }

    private int removeWatches(RemoveWatchesRequest request, Connection to) {
        if (request.path.isNull()
                || request.watcherType < RemoveWatchesRequest.CHILDREN
                || request.watcherType > RemoveWatchesRequest.PERSISTENT_RECURSIVE) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        if (to.watcher == Connection.NO_WATCHER) {
            return ErrorCode.NO_WATCHER;
        }
        boolean found =
                request.type == OpCode.CHECK_WATCHES
                        ? watches.has(to.watcher, request.path, request.watcherType)
                        : watches.remove(to.watcher, request.path, request.watcherType);
        return found ? ErrorCode.OK : ErrorCode.NO_WATCHER;
    }

    /**
     * Catches up after a reconnect: what has changed meanwhile fires at once, the rest is armed.
     */
    private int setWatches(SetWatchesRequest request, Connection to) {
        pastLimit = false;
        for (PathVector data = request.data; data.next(); ) {
            int node = load(data.path);
            if (node == DataTree.NONE) {
                fire(to, WatcherEvent.NODE_DELETED, data.path);
            } else if (state.mzxid > request.relativeZxid) {
                fire(to, WatcherEvent.NODE_DATA_CHANGED, data.path);
            } else {
                watch(to, data.path, Mode.DATA);
            }
        }
        for (PathVector exist = request.exist; exist.next(); ) {
            if (load(exist.path) != DataTree.NONE) {
                fire(to, WatcherEvent.NODE_CREATED, exist.path);
            } else {
                watch(to, exist.path, Mode.DATA);
            }
        }
        for (PathVector child = request.child; child.next(); ) {
            int node = load(child.path);
            if (node == DataTree.NONE) {
                fire(to, WatcherEvent.NODE_DELETED, child.path);
            } else if (state.pzxid > request.relativeZxid) {
                fire(to, WatcherEvent.NODE_CHILDREN_CHANGED, child.path);
            } else {
                watch(to, child.path, Mode.CHILD);
            }
        }
        for (PathVector persistent = request.persistent; persistent.next(); ) {
            watch(to, persistent.path, Mode.PERSISTENT);
        }
        for (PathVector recursive = request.persistentRecursive; recursive.next(); ) {
            watch(to, recursive.path, Mode.PERSISTENT_RECURSIVE);
        }
        return pastLimit ? ErrorCode.THROTTLED_OP : ErrorCode.OK;
    }

    private int load(Slice where) {
        int node = tree.find(where);
        if (node != DataTree.NONE) {
            tree.load(node, state);
        }
        return node;
    }

    private boolean mayWatch(Connection by, Slice where) {
        boolean may = connections.holdings().mayWatch(by, where);
        if (!may) {
            connections.pastLimit(by, Effects.Held.WATCHES, false);
        }
        return may;
    }

    private void watch(Connection by, Slice where, Mode mode) {
        if (!connections.holdings().mayWatch(by, where)) {
            pastLimit = true;
        } else if (!where.isNull()) {
            watches.add(connections.watcherOf(by), where, mode);
        }
    }

    private void fire(Connection to, int type, Slice where) {
        WatcherEvent.writeFrame(event.clear(), WatcherEvent.ZXID_UNKNOWN, type, where);
        connections.push(to, event);
    }
}

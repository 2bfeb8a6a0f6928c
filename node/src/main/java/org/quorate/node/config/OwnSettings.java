package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.bytes;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.longInteger;

import java.util.List;
import org.quorate.node.config.Setting.Group;
import org.quorate.protocol.Zxid;

/** The keys of {@link Settings} that tell what only Quorate has. Immutable. */
final class OwnSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.OWN);

    static final Setting<Integer> CONNECTION_IDS =
            TABLE.both(
                    "connection.ids.limit",
                    integer(1, 10_000),
                    "100",
                    "Ids that one connection may prove to be; a further one fails to authenticate.",
                    "replica");
    static final Setting<Integer> ACL_ENTRIES =
            TABLE.both(
                    "acl.entries.limit",
                    integer(0, 1_000_000),
                    "0",
                    "Entries of an access list that a client may set; a longer one is answered with"
                            + " InvalidACL. 0 for as many as fit into jute.maxbuffer, as in"
                            + " ZooKeeper.",
                    "replica");
    static final Setting<Long> TREE_MEMORY_LIMIT =
            TABLE.both(
                    "tree.memory.limit",
                    bytes(),
                    "0",
                    "Memory for the tree; past it writes that grow it are refused. 0 for no limit.",
                    "tree");
    static final Setting<Boolean> SNAPSHOT_IMAGE =
            TABLE.both(
                    "snapshot.image",
                    bool(),
                    "true",
                    "Keep an image of a large tree's memory beside its newest snapshot: starts are"
                            + " quicker by it. Not if snapshots are compressed.",
                    "log");
    static final Setting<Long> REPLY_LIMIT =
            TABLE.both(
                    "reply.limit",
                    bytes(),
                    "64m",
                    "Longest reply, 1m to 1g; a longer one (a huge list of children, a multiRead)"
                            + " is answered with MarshallingError.",
                    "replica, net");
    static final Setting<Long> CONNECTION_UNSENT_LIMIT =
            TABLE.both(
                    "connection.unsent.limit",
                    bytes(),
                    "64m",
                    "Bytes that wait for one client to read, its longest reply left out; past it"
                            + " the connection is closed.",
                    "net");
    static final Setting<Long> UNSENT_LIMIT =
            TABLE.both(
                    "unsent.limit",
                    bytes(),
                    "256m",
                    "Bytes that wait for all clients to read; past it the connections with more"
                            + " than their share are closed.",
                    "net");
    static final Setting<Integer> HOLD_MILLIS =
            TABLE.both(
                    "hold.limitMs",
                    integer(0, 600_000),
                    "3000",
                    "How long clients are held without a leader before they are dropped, ms;"
                            + " never longer than is safe for their sessions.",
                    "replica");
    static final Setting<Integer> HOLD_REQUESTS =
            TABLE.both(
                    "hold.maxRequests",
                    integer(0, 10_000_000),
                    "10000",
                    "Requests held without a leader, in all.",
                    "replica");
    static final Setting<Long> HOLD_BYTES =
            TABLE.both(
                    "hold.maxBytes",
                    bytes(),
                    "64m",
                    "Bytes of requests held without a leader, in all.",
                    "replica");
    static final Setting<Integer> SLOW_OPERATION =
            TABLE.both(
                    "slowOperation.thresholdMs",
                    integer(0, ANY),
                    "100",
                    "From so many ms on an operation is told by the admin command slow_operations"
                            + " and in the log; 0 for never.",
                    "metrics");
    static final Setting<Integer> TRACE_EVERY =
            TABLE.both(
                    "tracing.every",
                    integer(0, ANY),
                    "0",
                    "One of so many operations, and every slow one, is told to OpenTelemetry, as its"
                            + " OTEL_… variables configure it; 0 for no tracing.",
                    "metrics");
    static final Setting<Boolean> PEER_EXTRAS =
            TABLE.both(
                    "peer.extras",
                    bool(),
                    "true",
                    "Offer other Quorate servers what goes beyond ZooKeeper's peer protocol.",
                    "ensemble");

    static final Setting<Integer> UNIDENTIFIED =
            TABLE.both(
                    "peer.unidentified.limit",
                    integer(1, 10_000),
                    "250",
                    "Connections at once to each port between servers that have not said who they"
                            + " are; for a further one the oldest of them is closed.",
                    "net");

    static final Setting<Long> ZXID_COUNTER_MAX =
            TABLE.both(
                    "zxid.counter.max",
                    longInteger(1_000, Zxid.COUNTER_MAX - 1),
                    Long.toString(Zxid.COUNTER_MAX - 1),
                    "Transactions in one epoch, the same on all servers; before the last the leader goes on"
                            + " in the next epoch. Less than the default is for trying that out.",
                    "ensemble");

    private OwnSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}

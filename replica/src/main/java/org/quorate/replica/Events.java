package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Paths;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.WatcherEvent;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;
import org.quorate.tree.WatchTable;

/**
 * Tells those who watch what a transaction changes (client protocol §12): an event is encoded once
 * and the same bytes go to everybody who may read the znode. Owned by the core thread.
 */
final class Events implements WatchTable.Visitor {
    private final DataTree tree;
    private final WatchTable watches;
    private final AccessRules rules;
    private final Connections connections;
    private final Effects effects;

    private final JuteOut frame = new JuteOut();
    private final Slice parentPath = new Slice();
    private final NodeState state = new NodeState();

    private long zxid;

    /** The znode whose access control list decides who may hear of the event. */
    private int aclNode;

    private @Nullable AclList acl;
    private boolean encoded;
    private int firedType;
    private int fired;

    Events(
            DataTree tree,
            WatchTable watches,
            AccessRules rules,
            Connections connections,
            Effects effects) {
        this.tree = tree;
        this.watches = watches;
        this.rules = rules;
        this.connections = connections;
        this.effects = effects;
    }

    /** Starts a transaction, whose zxid stands in its events. */
    void begin(long newZxid) {
        zxid = newZxid;
    }

    void created(Slice path, int node, int parent) {
        step(node);
        watches.created(path, this);
        tell();
        childrenChanged(path, parent);
    }

    /** The node can still be read. */
    void deleted(Slice path, int node, int parent) {
        step(node);
        watches.deleted(path, this);
        tell();
        childrenChanged(path, parent);
    }

    void dataChanged(Slice path, int node) {
        step(node);
        watches.dataChanged(path, this);
        tell();
    }

    private void childrenChanged(Slice path, int parent) {
        step(parent);
        Paths.parent(path, parentPath);
        watches.childrenChanged(parentPath, this);
        tell();
    }

    private void tell() {
        if (fired > 0) {
            effects.fired(firedType, fired);
            fired = 0;
        }
    }

    private void step(int node) {
        aclNode = node;
        acl = null;
        encoded = false;
    }

    @Override
    public void fire(int watcher, int eventType, Slice path) {
        firedType = eventType;
        fired++;
        Connection connection = connections.watcher(watcher);
        if (!rules.allows(acl(), Perms.READ, connection.ids())) {
            return;
        }
        if (!encoded) {
            WatcherEvent.writeFrame(frame.clear(), zxid, eventType, path);
            encoded = true;
        }
        connections.push(connection, frame);
    }

    private AclList acl() {
        AclList known = acl;
        if (known == null) {
            tree.load(aclNode, state);
            known = tree.acls().list(state.aclRef);
            acl = known;
        }
        return known;
    }
}

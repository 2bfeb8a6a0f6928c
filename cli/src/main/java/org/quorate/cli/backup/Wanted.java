package org.quorate.cli.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;

/** A znode as a backup has it and a live ensemble shall have it. Immutable. */
final class Wanted {
    // As the raw field of a znode's owner tells its kind (client protocol §8).
    private static final long CONTAINER = Long.MIN_VALUE;
    private static final long TTL_MARK = 0xff00000000000000L;
    private static final long TTL_MASK = (1L << 40) - 1;

    final String path;
    final byte @Nullable [] data;
    final List<ACL> acl;
    private final long owner;

    private Wanted(String path, byte @Nullable [] data, List<ACL> acl, long owner) {
        this.path = path;
        this.data = data;
        this.acl = acl;
        this.owner = owner;
    }

    static Wanted of(DataTree tree, int node) {
        NodeState state = new NodeState();
        tree.load(node, state);
        JuteOut path = new JuteOut(64);
        tree.writePath(node, path);
        return new Wanted(
                new String(path.copy(), java.nio.charset.StandardCharsets.UTF_8),
                data(tree, node),
                acl(tree.acls().list(state.aclRef)),
                state.ephemeralOwner);
    }

    private static byte @Nullable [] data(DataTree tree, int node) {
        JuteOut out = new JuteOut(64);
        tree.writeData(node, out);
        byte[] field = out.copy(); // its length, and that many bytes; −1 for null
        return field[0] < 0 ? null : Arrays.copyOfRange(field, 4, field.length);
    }

    private static List<ACL> acl(AclList list) {
        List<ACL> acl = new ArrayList<>();
        for (Acl entry : list.entries()) {
            acl.add(new ACL(entry.perms(), new Id(entry.id().scheme(), entry.id().id())));
        }
        return acl;
    }

    private boolean isTtl() {
        return (owner & TTL_MARK) == TTL_MARK;
    }

    /** Is it a session's? Then it is not restored: its session is not there any more. */
    boolean isEphemeral() {
        return owner != 0 && owner != CONTAINER && !isTtl();
    }

    /** Creates it somewhere. */
    Op creation(String at) {
        if (owner == CONTAINER) {
            return Op.create(at, data, acl, CreateMode.CONTAINER);
        }
        return isTtl()
                ? Op.create(at, data, acl, CreateMode.PERSISTENT_WITH_TTL, owner & TTL_MASK)
                : Op.create(at, data, acl, CreateMode.PERSISTENT);
    }

    boolean hasData(byte @Nullable [] other) {
        return Arrays.equals(data, other);
    }

    int bytes() {
        return path.length() + (data == null ? 0 : data.length);
    }
}

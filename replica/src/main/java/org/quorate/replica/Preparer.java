package org.quorate.replica;

import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Paths;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;

/**
 * Makes the records of transactions from single operations: checks them in exactly the order of
 * client protocol §7 against the outstanding changes and the tree, notes what they will change,
 * writes the record. Each method returns {@link ErrorCode#OK} and has written the record, or
 * returns the error and has neither written nor noted anything. Owned by the core thread.
 */
final class Preparer {
    /**
     * What a full tree answers to whatever would make it grow: the one code of ZooKeeper's that
     * says "there is no room for this".
     */
    static final int TREE_FULL = ErrorCode.QUOTA_EXCEEDED;

    private final boolean extendedTypes;
    private final DataTree tree;
    private final Changes changes;
    private final AccessRules rules;
    private final AclFixer fixer;
    private final Quotas quotas;

    private final Change nodeScratch = new Change();
    private final Change parentScratch = new Change();
    private final Slice parentPath = new Slice();
    private final Slice path = new Slice();
    private final JuteOut sequential = new JuteOut();

    private Author author = new Author();
    private long zxid;
    private long timeMillis;

    Preparer(
            ReplicaOptions options,
            DataTree tree,
            Changes changes,
            AccessRules rules,
            AclFixer fixer,
            Quotas quotas) {
        this.extendedTypes = options.extendedTypes();
        this.tree = tree;
        this.changes = changes;
        this.rules = rules;
        this.fixer = fixer;
        this.quotas = quotas;
    }

    /** What the next operations have in common. */
    void begin(Author newAuthor, long newZxid, long newTimeMillis) {
        author = newAuthor;
        zxid = newZxid;
        timeMillis = newTimeMillis;
    }

    /** create in its four kinds. */
    int create(CreateRequest request, JuteOut out) {
        if (request.path.isNull()) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        if (!CreateRequest.flagsAreKnown(request.flags)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        if (request.isTtl() && !extendedTypes) {
            return ErrorCode.UNIMPLEMENTED;
        }
        boolean ttlWithoutFlag = request.type == OpCode.CREATE_TTL && !request.isTtl();
        if (!request.ttlIsValid() || ttlWithoutFlag) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        if (author.isLocal && request.isEphemeral()) {
            return ErrorCode.EPHEMERAL_ON_LOCAL_SESSION;
        }
        if (!Paths.isCreatable(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        AclFixer.Fixed acl = fixer.fix(request.acl, author.ids);
        if (acl == null) {
            return ErrorCode.INVALID_ACL;
        }
        Paths.parent(request.path, parentPath);
        Change parent = changes.look(parentPath, parentScratch);
        if (parent == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(parent.acl, Perms.CREATE, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        nameOf(request, parent.state.cversion);
        if (!Paths.isValid(path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        if (changes.look(path, nodeScratch) != null) {
            return ErrorCode.NODE_EXISTS;
        }
        if (NodeKinds.isEphemeral(parent.state.ephemeralOwner, extendedTypes)) {
            return ErrorCode.NO_CHILDREN_FOR_EPHEMERALS;
        }
        if (!quotas.allows(path, 1, request.data.length())) {
            return ErrorCode.QUOTA_EXCEEDED;
        }
        if (tree.isFull()) {
            return TREE_FULL;
        }
        int parentCversion = parent.state.cversion + 1;
        noteCreate(request, acl, parent, parentCversion);
        writeCreate(request, acl, parentCversion, out);
        return ErrorCode.OK;
    }

    /** Points {@link #path} at the path with its sequence number, if it asks for one. */
    private void nameOf(CreateRequest request, int parentCversion) {
        path.set(request.path);
        if (request.isSequential()) {
            sequential.clear().writeRaw(request.path);
            Paths.appendSequence(sequential, parentCversion);
            path.set(sequential.array(), 0, sequential.size());
        }
    }

    private void noteCreate(
            CreateRequest request, AclFixer.Fixed acl, Change parent, int parentCversion) {
        Change above = changes.edit(parent, parentPath);
        if (parentCversion > above.state.cversion) {
            above.state.cversion = parentCversion;
            above.state.pzxid = zxid;
        }
        above.state.childCount++;
        changes.done(above);

        Change node = changes.make(path);
        NodeState state = node.state;
        state.czxid = zxid;
        state.mzxid = zxid;
        state.pzxid = zxid;
        state.ctimeMillis = timeMillis;
        state.mtimeMillis = timeMillis;
        state.ephemeralOwner = ownerOf(request);
        state.dataLength = request.data.length();
        node.acl = acl.list;
        changes.done(node, path, request.data);
        quotas.note(path, 1, request.data.length());
    }

    private long ownerOf(CreateRequest request) {
        return switch (request.type) {
            case OpCode.CREATE_CONTAINER -> NodeKinds.CONTAINER;
            case OpCode.CREATE_TTL -> NodeKinds.ttlOwner(request.ttlMillis);
            default -> request.isEphemeral() ? author.sessionId : NodeKinds.PERSISTENT;
        };
    }

    private void writeCreate(
            CreateRequest request, AclFixer.Fixed acl, int parentCversion, JuteOut out) {
        out.writeSlice(path).writeSlice(request.data).writeRaw(acl.encoded);
        if (request.type == OpCode.CREATE || request.type == OpCode.CREATE2) {
            out.writeBool(request.isEphemeral());
        }
        out.writeInt(parentCversion);
        if (request.type == OpCode.CREATE_TTL) {
            out.writeLong(request.ttlMillis);
        }
    }

    /** delete. */
    int delete(DeleteRequest request, JuteOut out) {
        if (request.path.isNull()) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        if (!Paths.isDeletable(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        Paths.parent(request.path, parentPath);
        Change parent = changes.look(parentPath, parentScratch);
        if (parent == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(parent.acl, Perms.DELETE, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        Change node = changes.look(request.path, nodeScratch);
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (request.version != -1 && request.version != node.state.version) {
            return ErrorCode.BAD_VERSION;
        }
        if (node.state.childCount > 0) {
            return ErrorCode.NOT_EMPTY;
        }
        noteDelete(request.path, parent, node);
        out.writeSlice(request.path);
        return ErrorCode.OK;
    }

    /** Is this a container or TTL node without children? Whoever its parent belongs to. */
    boolean isSweepable(Slice victim) {
        Change node = changes.look(victim, nodeScratch);
        if (node == null || node.state.childCount > 0) {
            return false;
        }
        long owner = node.state.ephemeralOwner;
        return owner == NodeKinds.CONTAINER || NodeKinds.isTtl(owner, extendedTypes);
    }

    /** The delete of what {@link #isSweepable}. */
    int deleteContainer(Slice victim, JuteOut out) {
        Paths.parent(victim, parentPath);
        Change parent = changes.look(parentPath, parentScratch);
        Change node = changes.look(victim, nodeScratch);
        if (parent == null || node == null) {
            return ErrorCode.NO_NODE;
        }
        noteDelete(victim, parent, node);
        out.writeSlice(victim);
        return ErrorCode.OK;
    }

    /**
     * The delete of an ephemeral because its session ends: of nothing else.
     *
     * @return whether it was noted: no if it is gone or somebody else's by now
     */
    boolean deleteEphemeral(Slice victim, long sessionId) {
        Paths.parent(victim, parentPath);
        Change parent = changes.look(parentPath, parentScratch);
        Change node = changes.look(victim, nodeScratch);
        if (parent == null || node == null || node.state.ephemeralOwner != sessionId) {
            return false;
        }
        noteDelete(victim, parent, node);
        return true;
    }

    private void noteDelete(Slice victim, Change parent, Change node) {
        quotas.note(victim, -1, -node.state.dataLength);
        Change above = changes.edit(parent, parentPath);
        above.state.childCount--;
        above.state.pzxid = zxid;
        changes.done(above);
        Change gone = changes.edit(node, victim);
        gone.exists = false;
        changes.done(gone);
    }

    /** setData. */
    int setData(SetDataRequest request, JuteOut out) {
        if (!Paths.isValid(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        Change node = changes.look(request.path, nodeScratch);
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(node.acl, Perms.WRITE, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        int growth = request.data.length() - node.state.dataLength;
        if (!quotas.allows(request.path, 0, growth)) {
            return ErrorCode.QUOTA_EXCEEDED;
        }
        if (request.version != -1 && request.version != node.state.version) {
            return ErrorCode.BAD_VERSION;
        }
        if (growth > 0 && tree.isFull()) {
            return TREE_FULL;
        }
        Change changed = changes.edit(node, request.path);
        changed.state.version++;
        noteData(changed, request.path, request.data);
        quotas.note(request.path, 0, growth);
        out.writeSlice(request.path).writeSlice(request.data).writeInt(changed.state.version);
        return ErrorCode.OK;
    }

    private void noteData(Change changed, Slice where, Slice data) {
        changed.state.mzxid = zxid;
        changed.state.mtimeMillis = timeMillis;
        changed.state.dataLength = data.length();
        changes.done(changed, where, data);
    }

    /** setACL. */
    int setAcl(SetAclRequest request, JuteOut out) {
        if (!Paths.isValid(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        AclFixer.Fixed acl = fixer.fix(request.acl, author.ids);
        if (acl == null) {
            return ErrorCode.INVALID_ACL;
        }
        Change node = changes.look(request.path, nodeScratch);
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(node.acl, Perms.ADMIN, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        if (request.version != -1 && request.version != node.state.aversion) {
            return ErrorCode.BAD_VERSION;
        }
        Change changed = changes.edit(node, request.path);
        changed.state.aversion++;
        changed.acl = acl.list;
        changes.done(changed);
        out.writeSlice(request.path).writeRaw(acl.encoded).writeInt(changed.state.aversion);
        return ErrorCode.OK;
    }

    /** check, inside a multi. */
    int check(CheckRequest request, JuteOut out) {
        if (!Paths.isValid(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        Change node = changes.look(request.path, nodeScratch);
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(node.acl, Perms.READ, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        if (request.version != -1 && request.version != node.state.version) {
            return ErrorCode.BAD_VERSION;
        }
        out.writeSlice(request.path).writeInt(node.state.version + 1);
        return ErrorCode.OK;
    }

    /** The new content of the configuration's znode. */
    int reconfig(Slice configPath, Slice text, JuteOut out) {
        Change node = changes.look(configPath, nodeScratch);
        if (node == null) {
            return ErrorCode.NO_NODE;
        }
        if (!rules.allows(node.acl, Perms.WRITE, author.ids)) {
            return ErrorCode.NO_AUTH;
        }
        Change changed = changes.edit(node, configPath);
        changed.state.version = -1;
        noteData(changed, configPath, text);
        out.writeSlice(configPath).writeSlice(text).writeInt(-1);
        return ErrorCode.OK;
    }
}

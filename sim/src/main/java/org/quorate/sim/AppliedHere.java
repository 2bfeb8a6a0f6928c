package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;

/**
 * What one life of a server has in its tree, compared with {@link CommittedOrder}. What was
 * replayed from its log counts as committed only when it serves with it, or applies something
 * behind it.
 */
final class AppliedHere {
    private final CommittedOrder order;
    private final long server;
    private final DataTree tree;

    /** Replayed, and not known to be committed. */
    private final List<CommittedOrder.Entry> tail = new ArrayList<>();

    /** The last transaction in the tree that is not in the tail; or the start of an epoch. */
    private long last;

    /** The tree came from a snapshot of several times, and is right from here on. */
    private long fuzzyTo;

    private CommittedOrder.Entry.Begun begun = CommittedOrder.Entry.NOTHING;

    AppliedHere(CommittedOrder order, long server, DataTree tree) {
        this.order = order;
        this.server = server;
        this.tree = tree;
    }

    /** The tree was replaced by one at this zxid. */
    void installed(long zxid) {
        tail.clear();
        last = zxid;
        fuzzyTo = 0;
    }

    /** The snapshot that the tree was replaced by was walked until this one had been applied. */
    void fuzzyTo(long zxid) {
        fuzzyTo = zxid;
    }

    /** A transaction was applied that may not be committed. */
    void replayed(long zxid, Slice txn) {
        CommittedOrder.Entry entry = CommittedOrder.Entry.begin(zxid, txn).applied(tree.digest());
        if (zxid < fuzzyTo) {
            entry = order.withItsDigest(entry);
        }
        if (tail.isEmpty() && order.agrees(last, entry)) {
            last = zxid;
        } else {
            tail.add(entry);
        }
    }

    /** A committed transaction is about to be applied. */
    void committing(long zxid, Slice txn) {
        begun = CommittedOrder.Entry.begin(zxid, txn);
    }

    /** It has been. */
    void committed(long zxid) {
        confirmTail();
        confirm(begun.applied(tree.digest()));
    }

    /** From now on clients see this tree. */
    void serves(Role role) {
        confirmTail();
        order.checkDigest(server, last, tree.digest());
        if (role.kind() == Role.Kind.LEADING) {
            order.checkComplete(server, role.epoch(), last);
        }
    }

    long last() {
        return last;
    }

    private void confirmTail() {
        tail.forEach(this::confirm);
        tail.clear();
    }

    private void confirm(CommittedOrder.Entry entry) {
        order.confirm(server, last, entry);
        last = entry.zxid();
    }
}

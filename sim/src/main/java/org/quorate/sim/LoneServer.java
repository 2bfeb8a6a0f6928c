package org.quorate.sim;

import java.io.IOException;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/**
 * A server that served alone before there was an ensemble, whose directory every member begins
 * with. It led nobody, so its transactions are of epoch 0, and some znodes were written so often
 * that their versions are about to be −1, or to go on from the greatest number at the smallest.
 */
final class LoneServer {
    /** Of the first znodes; clients make the others. */
    private static final int[] VERSIONS = {-3, Integer.MAX_VALUE - 1, -2, -4};

    private final World world;
    private final AclVector open = new AclVector().set(AclList.OPEN);

    LoneServer(World world) {
        this.world = world;
    }

    /** Puts its directory on each disk, and its transactions in front of all others. */
    void leaveDirectory() {
        boolean first = true;
        for (ServerHost server : world.servers.values()) {
            try (Store store = Store.open(server.disk, server.storeOptions());
                    DataTree tree = new DataTree(new TreeOptions(Long.MAX_VALUE, true, true))) {
                store.recover(tree::install, (_, _) -> {}, null);
                store.writeSnapshot(tree.freeze());
                write(store, tree, first);
                store.sync();
            } catch (StoreException | IOException e) {
                throw new IllegalStateException("a disk without faults fails", e);
            }
            first = false;
        }
        world.marks.add("run with a lone server's directory");
    }

    private void write(Store store, DataTree tree, boolean first) {
        long zxid = 0;
        for (int i = 0; i < VERSIONS.length; i++) {
            Slice path = Slice.of("/n" + i);
            JuteOut create = begin(++zxid, OpCode.CREATE);
            create.writeSlice(path).writeSlice(Slice.of("first"));
            open.write(create);
            create.writeBool(false).writeInt(i + 1);
            commit(store, tree, zxid, create, first);
            JuteOut setData = begin(++zxid, OpCode.SET_DATA);
            setData.writeSlice(path).writeSlice(Slice.of("last")).writeInt(VERSIONS[i]);
            commit(store, tree, zxid, setData, first);
        }
    }

    private JuteOut begin(long zxid, int type) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(0, 0, zxid, world.time.nowNanos() / Timeline.MILLI, type).write(out);
        return out;
    }

    private void commit(Store store, DataTree tree, long zxid, JuteOut txn, boolean first) {
        byte[] bytes = txn.copy();
        store.append(zxid, bytes, 0, bytes.length);
        tree.apply(new TxnRecord().read(new JuteIn().wrap(bytes, 0, bytes.length)), null);
        if (first) {
            CommittedOrder.Entry.Begun begun = CommittedOrder.Entry.begin(zxid, Slice.of(bytes));
            world.order.confirm(0, zxid - 1, begun.applied(tree.digest()));
        }
    }
}
